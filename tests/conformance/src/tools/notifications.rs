//! What a client hears of a call before its answer.

use std::time::Duration;

use mcp_runtime::prelude::*;
use tokio::time::sleep;

const STEP: Duration = Duration::from_millis(50);

/// Log three messages.
#[mcp_tool(read_only)]
pub(crate) async fn test_tool_with_logging(ctx: Context) -> &'static str {
    ctx.log(LogLevel::Info, "Tool execution started");
    sleep(STEP).await;
    ctx.log(LogLevel::Info, "Tool processing data");
    sleep(STEP).await;
    ctx.log(LogLevel::Info, "Tool execution completed");
    "Tool with logging executed successfully"
}

/// Report progress three times.
#[mcp_tool(read_only)]
pub(crate) async fn test_tool_with_progress(progress: Progress) -> &'static str {
    progress.set_total(100.0);
    for percent in [0.0, 50.0, 100.0] {
        progress.report(percent, format!("Completed step {percent} of 100")).await;
        sleep(STEP).await;
    }
    "Tool with progress executed successfully"
}

/// Log a message, which a client of 2026-07-28 sees only if it has asked for messages.
#[mcp_tool(read_only)]
pub(crate) async fn test_logging_tool(ctx: Context) -> &'static str {
    ctx.log(LogLevel::Info, "A message for clients that want messages");
    "Logged"
}

/// Send the client away and answer when it comes back.
#[mcp_tool(read_only)]
pub(crate) async fn test_reconnection(ctx: Context) -> &'static str {
    ctx.release_connection(Duration::from_millis(500));
    sleep(Duration::from_millis(100)).await;
    "Reconnection test completed successfully"
}
