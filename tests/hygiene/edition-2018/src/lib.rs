//! An edition with another prelude.

use mcp_runtime::prelude::*;

/// Add two numbers.
#[mcp_tool]
pub async fn add(a: f64, b: f64) -> f64 {
    a + b
}

/// Subtract.
#[mcp_tool]
pub fn subtract(a: f64, #[arg(default = 1.0)] b: f64, ctx: Context) -> Result<f64> {
    let _ = ctx;
    Ok(a - b)
}

/// A calculator.
#[derive(Debug)]
pub struct Calculator;

#[mcp_server]
impl Calculator {
    /// Multiply.
    #[mcp_tool]
    pub async fn multiply(&self, a: f64, b: f64) -> f64 {
        a * b
    }
}

/// A booking.
#[derive(Debug, Elicit)]
pub struct Booking {
    /// How many come.
    #[elicit(range = 1..=12, default = 2)]
    pub guests: u8,
    /// Where to sit.
    pub seating: Option<Seating>,
}

/// Places to sit.
#[derive(Clone, Copy, Debug, Elicit)]
pub enum Seating {
    /// In the house
    Inside,
    /// On the terrace
    Outside,
}

/// The servers.
pub fn servers() -> [Server; 2] {
    [Server::new("old", "1.0.0").tools(tools![add, subtract]), Server::from(Calculator)]
}
