use mcp_runtime::prelude::*;

struct Calculator;

impl Calculator {
    /// Add two numbers.
    #[mcp_tool]
    async fn add(&self, a: f64, b: f64) -> f64 {
        a + b
    }
}

fn main() {}
