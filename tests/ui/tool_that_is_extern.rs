use mcp_runtime::prelude::*;

/// Add two numbers.
#[mcp_tool]
extern "C" fn add(a: u32, b: u32) -> u32 {
    a + b
}

fn main() {
    let _ = tools![add];
}
