//! The official TypeScript clients go through the examples `notes` and `booking`: see
//! `node/clients/scenario.mjs` and `node/clients/booking.mjs`.

use std::path::Path;

use tokio::process::Command;

use crate::example::{self, OverHttp};

const NOTES: &str = "notes";
const BOOKING: &str = "booking";

#[tokio::test]
async fn sdk1_over_stdio() {
    over_stdio(NOTES, &["sdk1.mjs"]).await;
}

#[tokio::test]
async fn sdk1_over_http() {
    over_http(NOTES, &["sdk1.mjs"]).await;
}

#[tokio::test]
async fn client2_in_2025_11_25_over_stdio() {
    over_stdio(NOTES, &["client2.mjs", "--era", "legacy"]).await;
}

#[tokio::test]
async fn client2_in_2025_11_25_over_http() {
    over_http(NOTES, &["client2.mjs", "--era", "legacy"]).await;
}

#[tokio::test]
async fn client2_in_2026_07_28_over_stdio() {
    over_stdio(NOTES, &["client2.mjs", "--era", "modern"]).await;
}

#[tokio::test]
async fn client2_in_2026_07_28_over_http() {
    over_http(NOTES, &["client2.mjs", "--era", "modern"]).await;
}

#[tokio::test]
async fn sdk1_books_over_stdio() {
    over_stdio(BOOKING, &["booking-sdk1.mjs"]).await;
}

#[tokio::test]
async fn sdk1_books_over_http() {
    over_http(BOOKING, &["booking-sdk1.mjs"]).await;
}

#[tokio::test]
async fn client2_books_in_2025_11_25_over_http() {
    over_http(BOOKING, &["booking-client2.mjs", "--era", "legacy"]).await;
}

#[tokio::test]
async fn client2_books_in_2026_07_28_over_stdio() {
    over_stdio(BOOKING, &["booking-client2.mjs", "--era", "modern"]).await;
}

#[tokio::test]
async fn client2_books_in_2026_07_28_at_two_processes_in_turn() {
    let keys = Some("QmVoaW5kIGEgbG9hZCBiYWxhbmNlciwgb25lIGtleSE=");
    let one = OverHttp::with_keys(BOOKING, keys).await;
    let other = OverHttp::with_keys(BOOKING, keys).await;
    let client = ["booking-client2.mjs", "--era", "modern", "--other", &other.url];
    run(&client, &["--http", &one.url]).await;
}

async fn over_stdio(server: &str, client: &[&str]) {
    run(client, &["--stdio", &example::program(server).to_string_lossy()]).await;
}

async fn over_http(server: &str, client: &[&str]) {
    let server = OverHttp::start(server).await;
    run(client, &["--http", &server.url]).await;
}

async fn run(client: &[&str], server: &[&str]) {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    example::run(Command::new(tests.join("setup.sh"))).await;
    let mut node = Command::new(tests.join("node/node22"));
    node.current_dir(tests.join("node/clients")).args(client).args(server);
    example::run(node).await;
}
