use mcp_runtime::prelude::*;

struct Calculator;

#[mcp_server]
impl Calculator {
    /// Add two numbers.
    #[mcp_tool]
    async fn add(&mut self, a: f64, b: f64) -> f64 {
        a + b
    }
}

fn main() {
    let _ = Server::from(Calculator);
}
