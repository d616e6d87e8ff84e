//! A server over Streamable HTTP at `/mcp`, with a health check beside it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{Router, routing::get};
use mcp_runtime::{ServerHandle, prelude::*};
use tokio::net::TcpListener;

/// What all calls share.
#[derive(Clone, Default)]
struct Visits(Arc<AtomicU64>);

/// Count a visit, and tell how many there were.
#[mcp_tool(destructive = false)]
async fn visit(State(visits): State<Visits>) -> u64 {
    visits.0.fetch_add(1, Ordering::Relaxed) + 1
}

fn server() -> Server {
    Server::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
        .description(env!("CARGO_PKG_DESCRIPTION"))
        .instructions("Count each visit with `visit`.")
        .state(Visits::default())
        .tools(tools![visit])
}

fn app(server: &ServerHandle) -> Router {
    server.router("/mcp").route("/health", get(async || "ok"))
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    let server = server().build()?;
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    server.serve(listener, app(&server)).await
}

#[cfg(test)]
mod tests;
