//! The server of the conformance suite, as a program.

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    conformance::server().run().await
}
