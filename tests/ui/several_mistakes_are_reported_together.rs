use mcp_runtime::prelude::*;

/// Add two numbers.
#[mcp_tool(tilte = "Addition", read_only = 1, name = "a b")]
async fn add(#[arg(defualt = 1.0)] a: f64, b: &str) -> f64 {
    let _ = b;
    a
}

fn main() {
    let _ = tools![add];
}
