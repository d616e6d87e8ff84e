//! The client of the official Rust SDK goes through the examples `notes` and `booking`: see
//! `rmcp-client`.

use std::{
    env,
    path::{Path, PathBuf},
};

use tokio::process::Command;

use crate::example::{self, OverHttp};

#[tokio::test]
async fn in_2025_11_25_over_stdio() {
    over_stdio("notes", "legacy").await;
}

#[tokio::test]
async fn in_2025_11_25_over_http() {
    over_http("notes", "legacy").await;
}

#[tokio::test]
async fn in_2026_07_28_over_stdio() {
    over_stdio("notes", "modern").await;
}

#[tokio::test]
async fn in_2026_07_28_over_http() {
    over_http("notes", "modern").await;
}

#[tokio::test]
async fn books_in_2025_11_25_over_stdio() {
    over_stdio("booking", "legacy").await;
}

#[tokio::test]
async fn books_in_2025_11_25_over_http() {
    over_http("booking", "legacy").await;
}

#[tokio::test]
async fn books_in_2026_07_28_over_http() {
    over_http("booking", "modern").await;
}

async fn over_stdio(server: &str, era: &str) {
    let program = example::program(server);
    run(server, era, &["--stdio", &program.to_string_lossy()]).await;
}

async fn over_http(server: &str, era: &str) {
    let running = OverHttp::start(server).await;
    run(server, era, &["--http", &running.url]).await;
}

async fn run(scenario: &str, era: &str, server: &[&str]) {
    let mut client = Command::new(built_client().await);
    client.args([scenario, era]).args(server);
    example::run(client).await;
}

/// Builds the client if it is not built yet, beside the servers under test.
async fn built_client() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("rmcp-client");
    let target = example::program("notes").with_file_name("rmcp-client");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--locked", "--manifest-path"]).arg(package.join("Cargo.toml"));
    cargo.arg("--target-dir").arg(&target);
    example::run(cargo).await;
    target.join("debug/rmcp-client").with_extension(env::consts::EXE_EXTENSION)
}
