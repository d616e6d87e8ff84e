//! The measured tools with this framework.
//!
//! `ours --http 127.0.0.1:8000`.

use bench_tools::{Report, Sum};
use mcp_runtime::{Param, Tool, ToolResult, prelude::*};
use tokio::net::TcpListener;

/// Return the given text.
#[mcp_tool]
async fn echo(
    /// What to return.
    text: String,
) -> String {
    text
}

/// Add two numbers.
#[mcp_tool]
async fn add(
    /// First addend.
    a: f64,
    /// Second addend.
    b: f64,
) -> Sum {
    bench_tools::add(a, b)
}

/// Report on n accounts.
#[mcp_tool]
async fn report(
    /// How many rows.
    n: u32,
) -> Report {
    bench_tools::report(n)
}

/// Ask the user.
#[mcp_prompt]
async fn ask(ctx: Context) -> Result<String> {
    Ok(format!("sure: {}", ctx.confirm("Are you sure?").await?))
}

fn filler(index: usize) -> Tool {
    Tool::new(bench_tools::filler_name(index), |call| {
        Box::pin(async move {
            let text = call.decode(|arguments| arguments.get::<String>(0))?;
            Ok(ToolResult::text(text))
        })
    })
    .description(bench_tools::filler_description(index))
    .param(Param::new::<String>("text").description("What to return."))
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    let server = Server::new("ours", env!("CARGO_PKG_VERSION"))
        .tools(tools![echo, add, report])
        .tools((0..bench_tools::filler_tools()).map(filler))
        .prompts(prompts![ask])
        .build()?;
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--stdio"), None) => server.serve_stdio().await,
        (Some("--http"), Some(address)) => {
            let listener = TcpListener::bind(address).await?;
            server.serve(listener, server.router("/mcp")).await
        }
        _ => Err(Error::new("expected --stdio or --http ADDRESS")),
    }
}
