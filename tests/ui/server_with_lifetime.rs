use mcp_runtime::prelude::*;

struct Calculator<'a>(&'a str);

#[mcp_server]
impl<'a> Calculator<'a> {
    /// Add two numbers.
    #[mcp_tool]
    async fn add(&self, a: f64, b: f64) -> f64 {
        a + b
    }
}

fn main() {}
