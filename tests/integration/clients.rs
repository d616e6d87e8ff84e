//! The official TypeScript clients go through the `notes` server: see `node/clients/scenario.mjs`.

use std::path::Path;

use tokio::process::Command;

use crate::notes;

#[tokio::test]
async fn sdk1_over_stdio() {
    over_stdio(&["sdk1.mjs"]).await;
}

#[tokio::test]
async fn sdk1_over_http() {
    over_http(&["sdk1.mjs"]).await;
}

#[tokio::test]
async fn client2_in_2025_11_25_over_stdio() {
    over_stdio(&["client2.mjs", "--era", "legacy"]).await;
}

#[tokio::test]
async fn client2_in_2025_11_25_over_http() {
    over_http(&["client2.mjs", "--era", "legacy"]).await;
}

#[tokio::test]
async fn client2_in_2026_07_28_over_stdio() {
    over_stdio(&["client2.mjs", "--era", "modern"]).await;
}

#[tokio::test]
async fn client2_in_2026_07_28_over_http() {
    over_http(&["client2.mjs", "--era", "modern"]).await;
}

async fn over_stdio(client: &[&str]) {
    run(client, &["--stdio", &notes::program().to_string_lossy()]).await;
}

async fn over_http(client: &[&str]) {
    let server = notes::OverHttp::start().await;
    run(client, &["--http", &server.url]).await;
}

async fn run(client: &[&str], server: &[&str]) {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    notes::run(Command::new(tests.join("setup.sh"))).await;
    let mut node = Command::new(tests.join("node/node22"));
    node.current_dir(tests.join("node/clients")).args(client).args(server);
    notes::run(node).await;
}
