use mcp_runtime::prelude::*;

/// Add two numbers.
#[mcp_tool]
async fn add(a: f64, b: f64) -> f64 {
    a + b
}

/// Add two numbers with care.
#[mcp_tool(name = "add")]
async fn add_carefully(a: f64, b: f64) -> f64 {
    a + b
}

fn main() {
    let _ = tools![add, add_carefully];
}
