use mcp_runtime::prelude::*;

/// Ask.
#[mcp_tool(requires = "elicitation")]
async fn ask(ctx: Context) -> Result<bool> {
    ctx.confirm("Sure?").await
}

fn main() {}
