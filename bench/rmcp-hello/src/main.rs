//! One tool over stdio.

use rmcp::{
    ServiceExt as _, handler::server::wrapper::Parameters, tool, tool_router, transport::stdio,
};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
struct Addends {
    /// First addend.
    a: f64,
    /// Second addend.
    b: f64,
}

#[derive(Clone)]
struct Calculator;

#[tool_router(server_handler)]
impl Calculator {
    #[tool(description = "Add two numbers.")]
    fn add(&self, Parameters(Addends { a, b }): Parameters<Addends>) -> String {
        (a + b).to_string()
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    Calculator.serve(stdio()).await?.waiting().await?;
    Ok(())
}
