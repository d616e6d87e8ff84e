use mcp_runtime::prelude::*;

struct Calculator;

#[mcp_server]
impl Calculator {
    /// Add two numbers.
    #[mcp_tool]
    async fn add(&self, a: f64, b: f64) -> f64 {
        let a = std::rc::Rc::new(a);
        std::future::ready(()).await;
        *a + b
    }
}

fn main() {
    let _ = Server::from(Calculator);
}
