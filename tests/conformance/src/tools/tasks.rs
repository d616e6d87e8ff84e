//! Tools that run as tasks.

use std::time::Duration;

use mcp_runtime::{
    prelude::*,
    protocol::{ErrorCode, RpcError},
};

use super::rounds::Name;

/// Greet someone.
#[mcp_tool]
pub(crate) async fn greet(name: String) -> String {
    format!("Hello, {name}!")
}

/// Compute for some seconds.
#[mcp_tool(task = true)]
pub(crate) async fn slow_compute(
    seconds: u64,
    label: Option<String>,
    progress: Progress,
) -> String {
    let label = label.unwrap_or_else(|| "slow_compute".into());
    progress.report(0.0, format!("{label} is running")).await;
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    format!("{label} finished after {seconds} seconds")
}

/// Fail after a second.
#[mcp_tool(task = "required")]
pub(crate) async fn failing_job() -> Result<()> {
    tokio::time::sleep(Duration::from_secs(1)).await;
    Err(Error::new("the job has failed, as it should"))
}

/// End with an error of the protocol.
#[mcp_tool(task = true)]
pub(crate) async fn protocol_error_job() -> Result<()> {
    Err(RpcError::new(ErrorCode::INTERNAL_ERROR, "the job has broken off, as it should").into())
}

#[derive(Elicit)]
struct Confirmation {
    /// Delete the file?
    confirm: bool,
}

/// Delete a file, if the user agrees.
#[mcp_tool(task = true)]
pub(crate) async fn confirm_delete(filename: String, ctx: Context) -> Result<String> {
    let asked = ctx.elicit::<Confirmation>(format!("Delete {filename}?")).key("confirm").await?;
    Ok(match asked.into_accepted() {
        Some(Confirmation { confirm: true }) => format!("deleted {filename}"),
        _ => format!("kept {filename}"),
    })
}

#[derive(Elicit)]
struct Optional {
    name: Option<String>,
    confirm: Option<bool>,
}

/// Ask two things at once.
#[mcp_tool(task = true)]
pub(crate) async fn multi_input(ctx: Context) -> Result<String> {
    let (first, second) = tokio::join!(
        async { ctx.elicit::<Optional>("First?").key("first").await?.accepted() },
        async { ctx.elicit::<Optional>("Second?").key("second").await?.accepted() },
    );
    let (first, second) = (first?, second?);
    Ok(format!("{:?} {:?}", first.name.or(second.name), first.confirm.or(second.confirm)))
}

/// Ask for a name, then go on as a task.
#[mcp_tool(task = "required", ask_first)]
pub(crate) async fn test_tool_with_task(ctx: Context) -> Result<String> {
    let name = ctx.elicit::<Name>("What is your name?").key("user_name").await?.accepted()?.name;
    ctx.start_task().await?;
    Ok(format!("Task completed for {name}"))
}
