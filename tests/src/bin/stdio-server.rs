//! A server for the tests of the process: it prints, blocks, fails and hangs.

use std::{io::Read, time::Duration};

use mcp_runtime::{Limits, ToolResult, prelude::*};

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

/// Fail with this message, for the client or for the log.
#[mcp_tool]
async fn fail(message: String, #[arg(default = false)] internal: bool) -> Result<()> {
    Err(if internal { Error::internal(message) } else { Error::new(message) })
}

/// Return JSON that is laid out in lines.
#[mcp_tool]
async fn pretty(text: String) -> Result<ToolResult> {
    let json = format!("{{\r\n  \"text\":\r{}\n}}", serde_json::to_string(&text)?);
    ToolResult::structured(&serde_json::value::RawValue::from_string(json)?)
}

/// Take an argument that a header repeats, and some that have rules.
#[mcp_tool]
async fn route(
    #[arg(header = "Region")] region: String,
    #[arg(length = ..=3)] tags: Option<Vec<String>>,
) -> String {
    format!("{region} {tags:?}")
}

/// Greet someone.
#[mcp_prompt]
async fn greeting(#[arg(complete = ["Alice", "Bob"])] name: String) -> String {
    format!("Greet {name}.")
}

/// A page.
#[mcp_resource("pages://{name}")]
async fn page(name: String) -> String {
    name
}

/// Write to the log, and tell of it.
#[mcp_tool]
async fn log(text: String, progress: Progress) {
    progress.report(1.0, text.clone()).await;
    tracing::info!("{text}");
    tracing::debug!("{text} in detail");
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut limits = Limits::default();
    if let Ok(millis) = std::env::var("DRAIN_MILLIS") {
        limits.drain_stdio = Duration::from_millis(millis.parse()?);
    }
    if let Ok(bytes) = std::env::var("BODY_BYTES") {
        limits.body_bytes = bytes.parse()?;
        limits.body_bytes_in_flight = 16 * limits.body_bytes;
    }
    Server::new("stdio-server", "1.2.3")
        .limits(limits)
        .tools(tools![echo, large, sleep, print, read_input, block, fail, pretty, route, log])
        .resources(resources![page])
        .prompts(prompts![greeting])
        .run()
        .await
}
