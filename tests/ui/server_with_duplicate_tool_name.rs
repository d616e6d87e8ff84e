use mcp_runtime::prelude::*;

struct Calculator;

#[mcp_server]
impl Calculator {
    /// Add two numbers.
    #[mcp_tool]
    async fn add(&self, a: f64, b: f64) -> f64 {
        a + b
    }

    /// Add two numbers with care.
    #[mcp_tool(name = "add")]
    async fn add_carefully(&self, a: f64, b: f64) -> f64 {
        a + b
    }
}

fn main() {
    let _ = Server::from(Calculator);
}
