//! The runtime has another name in `Cargo.toml`, and is found through a re-export as well.

/// A crate that hands the runtime on.
pub mod facade {
    pub use mcp as runtime;
}

/// Add two numbers.
#[mcp::mcp_tool(crate = mcp)]
pub async fn add(a: f64, #[arg(default = 1.0, range = 0.0..)] b: f64) -> f64 {
    a + b
}

/// Subtract.
#[facade::runtime::mcp_tool(crate = crate::facade::runtime, icon = "data:,")]
pub fn subtract(a: f64, b: f64) -> f64 {
    a - b
}

/// A note.
#[mcp::mcp_resource("notes://{id}", priority = 0.5, crate = mcp)]
pub async fn note(id: u32) -> String {
    id.to_string()
}

/// Review code.
#[mcp::mcp_prompt(crate = mcp)]
pub async fn review(code: String) -> String {
    code
}

/// A calculator.
#[derive(Debug)]
pub struct Calculator;

#[mcp::mcp_server(crate = mcp)]
impl Calculator {
    /// Multiply.
    #[mcp_tool]
    pub async fn multiply(&self, a: f64, b: f64) -> f64 {
        a * b
    }
}

/// A booking.
#[derive(Debug, mcp::Elicit)]
#[elicit(crate = mcp)]
pub struct Booking {
    /// Who comes.
    #[elicit(default = "Anna", length = 1..=80, format = "email")]
    pub name: String,
    /// How many.
    #[elicit(default = 2, range = 1..=12)]
    pub guests: u8,
    /// Where to sit.
    #[elicit(items = 1..=2)]
    pub seating: Vec<Seating>,
}

/// Places to sit.
#[derive(Debug, mcp::Elicit)]
#[elicit(crate = crate::facade::runtime)]
pub enum Seating {
    /// In the house
    Inside,
    /// On the terrace
    Outside,
}

/// All of it.
pub fn servers() -> [mcp::Server; 2] {
    let server = mcp::Server::new("renamed", "1.0.0")
        .tools(mcp::tools![add, subtract])
        .resources(facade::runtime::resources![note])
        .prompts(mcp::prompts![review]);
    [server, mcp::Server::from(Calculator)]
}

#[cfg(test)]
mod tests {
    #[test]
    fn servers_are_built() {
        for server in super::servers() {
            assert!(server.build().is_ok());
        }
    }
}
