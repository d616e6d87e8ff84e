//! A server for the tests of the process: it prints, blocks and hangs.

use std::{io::Read, time::Duration};

use mcp_runtime::{Limits, prelude::*};

/// Return the text.
#[mcp_tool]
async fn echo(text: String) -> String {
    text
}

/// Return a text of this many bytes.
#[mcp_tool]
async fn large(bytes: usize) -> String {
    "x".repeat(bytes)
}

/// Return after a while.
#[mcp_tool]
async fn sleep(millis: u64) -> &'static str {
    tokio::time::sleep(Duration::from_millis(millis)).await;
    "slept"
}

/// Print where nothing may be printed, in two ways.
#[mcp_tool]
async fn print() -> Result<&'static str> {
    println!("printed by println");
    rustix::io::write(rustix::stdio::stdout(), b"written to descriptor 1\n")?;
    Ok("printed")
}

/// Read what is left of the standard input.
#[mcp_tool]
fn read_input() -> Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

/// Keep a thread for good.
#[mcp_tool]
fn block() {
    loop {
        std::thread::park();
    }
}

/// Write to the log.
#[mcp_tool]
async fn log(text: String) {
    tracing::info!("{text}");
    tracing::debug!("{text} in detail");
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut limits = Limits::default();
    if let Ok(millis) = std::env::var("DRAIN_MILLIS") {
        limits.drain_stdio = Duration::from_millis(millis.parse()?);
    }
    Server::new("stdio-server", "1.2.3")
        .limits(limits)
        .tools(tools![echo, large, sleep, print, read_input, block, log])
        .run()
        .await
}
