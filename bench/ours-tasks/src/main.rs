//! Tools that run as tasks with this framework.
//!
//! `ours-tasks --http 127.0.0.1:8000`, with the tasks in memory, or in the Redis of `BENCH_REDIS`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mcp_runtime::{Limits, prelude::*};
use tokio::net::TcpListener;

/// Return the given text.
#[mcp_tool(task = true, ttl = "1h")]
async fn echo(
    /// What to return.
    text: String,
) -> String {
    text
}

/// Return the time, in nanoseconds since 1970, after a while.
#[mcp_tool(task = true)]
async fn time() -> Result<String> {
    tokio::time::sleep(Duration::from_millis(5)).await;
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos().to_string())
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    let mut limits = Limits::default();
    limits.tasks = 1_000_000;
    let server = Server::new("ours", env!("CARGO_PKG_VERSION")).limits(limits);
    let server = server.tools(tools![echo, time]);
    let server = match std::env::var("BENCH_REDIS") {
        Ok(url) => server.backend(url),
        Err(_) => server,
    };
    let server = server.build()?;
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--http"), Some(address)) => {
            let listener = TcpListener::bind(address).await?;
            server.serve(listener, server.router("/mcp")).await
        }
        _ => Err(Error::new("expected --http ADDRESS")),
    }
}
