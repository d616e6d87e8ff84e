//! Every lint that an author may set is an error.
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused,
    nonstandard_style,
    future_incompatible,
    rust_2018_idioms,
    clippy::all,
    clippy::pedantic,
    clippy::nursery
)]
#![forbid(unsafe_code)]

use mcp_runtime::{Form, FormAnswer, FormFaults, prelude::*};

/// Add two numbers.
#[mcp_tool]
pub async fn add(a: f64, #[arg(default = 1.0, range = 0.0..)] b: f64) -> f64 {
    a + b
}

/// Greets someone.
///
/// # Errors
///
/// When nobody has a name.
#[mcp_tool(read_only)]
pub fn greet(
    /// Whom to greet.
    #[arg(default = "you", length = 1..=80)]
    name: String,
    times: Option<u8>,
    ctx: Context,
    State(greeting): State<String>,
) -> Result<String> {
    ctx.log(LogLevel::Info, "greeting");
    let times = times.map_or(1, usize::from);
    Ok(format!("{greeting}, {name}! ").repeat(times))
}

/// Something that is not public.
#[mcp_tool]
async fn nothing() {}

/// A note.
#[mcp_resource("notes://{id}")]
pub async fn note(id: u32) -> String {
    id.to_string()
}

/// Reviews code.
#[mcp_prompt]
pub async fn review(code: String) -> String {
    code
}

/// A calculator.
#[derive(Debug)]
pub struct Calculator;

#[mcp_server]
impl Calculator {
    /// Multiplies.
    #[mcp_tool]
    pub async fn multiply(&self, a: f64, b: f64) -> f64 {
        a * b
    }

    /// Shouts.
    #[mcp_tool]
    #[must_use]
    pub fn shout(&self, text: String) -> String {
        text.to_uppercase()
    }
}

/// A booking.
#[derive(Debug, Elicit)]
pub struct Booking {
    /// Who comes.
    #[elicit(title = "Name", length = 1..80, default = "Anna")]
    pub name: String,
    /// How many.
    #[elicit(range = 1..=12)]
    pub guests: Option<u8>,
    /// Where to sit.
    #[elicit(default = Seating::Inside)]
    pub seating: Seating,
    /// Where else to sit.
    #[deprecated]
    #[elicit(items = 1..=2)]
    pub others: Vec<Seating>,
}

/// Places to sit.
#[derive(Clone, Copy, Debug, Elicit)]
#[elicit(rename_all = "snake_case")]
pub enum Seating {
    /// In the house
    Inside,
    /// On the terrace
    #[deprecated]
    Outside,
}

/// Forms.
pub fn forms() -> [Form; 2] {
    let booking: fn(&FormAnswer) -> Result<Booking, FormFaults> = Booking::from_answer;
    let _ = booking;
    [Booking::form(), Seating::form()]
}

/// All of it.
pub fn servers() -> [Server; 2] {
    let server = Server::new("strict", "1.0.0")
        .state(String::from("Hello"))
        .tools(tools![add, greet, nothing])
        .resources(resources![note])
        .prompts(prompts![review]);
    [server, Server::from(Calculator)]
}
