use mcp_runtime::prelude::*;

struct Number(f64);

struct Calculator;

#[mcp_server]
impl Calculator {
    /// Add two numbers.
    #[mcp_tool]
    async fn add(&self, a: Number) -> f64 {
        a.0
    }
}

fn main() {
    let _ = Server::from(Calculator);
}
