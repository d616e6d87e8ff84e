//! One tool over stdio.

use mcp_runtime::prelude::*;

/// Add two numbers.
#[mcp_tool]
async fn add(
    /// First addend.
    a: f64,
    /// Second addend.
    b: f64,
) -> f64 {
    a + b
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    Server::new("hello", env!("CARGO_PKG_VERSION")).tools(tools![add]).run().await
}
