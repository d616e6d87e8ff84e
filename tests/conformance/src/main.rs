//! Serves over HTTP: `conformance-server --http 127.0.0.1:8000`, at `/mcp`.

use mcp_runtime::prelude::*;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some("--http"), Some(address)) = (arguments.next().as_deref(), arguments.next()) else {
        return Err(Error::new("usage: conformance-server --http ADDR"));
    };
    let server = conformance::server().build()?;
    let listener = TcpListener::bind(address).await?;
    server.serve(listener, server.router("/mcp")).await
}
