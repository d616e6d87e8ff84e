use mcp_runtime::prelude::*;

struct Calculator;

impl Calculator {
    async fn add(&self, a: f64, b: f64) -> f64 {
        a + b
    }
}

fn main() {
    let _ = Server::from(Calculator);
}
