use mcp_runtime::prelude::*;

struct Calculator(std::cell::Cell<u32>);

#[mcp_server]
impl Calculator {
    /// Add two numbers.
    #[mcp_tool]
    async fn add(&self, a: f64, b: f64) -> f64 {
        a + b
    }
}

fn main() {
    let _ = Server::from(Calculator(std::cell::Cell::new(0)));
}
