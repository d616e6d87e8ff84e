//! The client of the official Rust SDK goes through the `notes` server: see `rmcp-client`.

use std::{
    env,
    path::{Path, PathBuf},
};

use tokio::process::Command;

use crate::notes;

#[tokio::test]
async fn in_2025_11_25_over_stdio() {
    over_stdio("legacy").await;
}

#[tokio::test]
async fn in_2025_11_25_over_http() {
    over_http("legacy").await;
}

#[tokio::test]
async fn in_2026_07_28_over_stdio() {
    over_stdio("modern").await;
}

#[tokio::test]
async fn in_2026_07_28_over_http() {
    over_http("modern").await;
}

async fn over_stdio(era: &str) {
    run(era, &["--stdio", &notes::program().to_string_lossy()]).await;
}

async fn over_http(era: &str) {
    let server = notes::OverHttp::start().await;
    run(era, &["--http", &server.url]).await;
}

async fn run(era: &str, server: &[&str]) {
    let mut client = Command::new(built_client().await);
    client.arg(era).args(server);
    notes::run(client).await;
}

/// Builds the client if it is not built yet, beside the servers under test.
async fn built_client() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("rmcp-client");
    let target = notes::program().with_file_name("rmcp-client");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--locked", "--manifest-path"]).arg(package.join("Cargo.toml"));
    cargo.arg("--target-dir").arg(&target);
    notes::run(cargo).await;
    target.join("debug/rmcp-client").with_extension(env::consts::EXE_EXTENSION)
}
