use mcp_runtime::prelude::*;

const NAME: &str = "add";

/// Add two numbers.
#[mcp_tool(name = NAME)]
async fn add(a: f64, b: f64) -> f64 {
    a + b
}

fn main() {
    let _ = tools![add];
}
