use mcp_runtime::prelude::*;

/// Ask.
#[mcp_tool(requires(elicitaton))]
async fn ask(ctx: Context) -> Result<bool> {
    ctx.confirm("Sure?").await
}

fn main() {}
