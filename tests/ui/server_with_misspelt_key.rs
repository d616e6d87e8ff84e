use mcp_runtime::prelude::*;

struct Calculator;

#[mcp_server(verison = "1.0.0")]
impl Calculator {
    /// Add two numbers.
    #[mcp_tool]
    async fn add(&self, a: f64, b: f64) -> f64 {
        a + b
    }
}

fn main() {
    let _ = Server::from(Calculator);
}
