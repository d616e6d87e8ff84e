use mcp_runtime::prelude::*;

trait Add {
    fn add(&self, a: f64, b: f64) -> f64;
}

struct Calculator;

#[mcp_server]
impl Add for Calculator {
    fn add(&self, a: f64, b: f64) -> f64 {
        a + b
    }
}

fn main() {}
