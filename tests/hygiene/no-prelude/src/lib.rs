//! Nothing is in scope by itself.
#![no_implicit_prelude]

/// Add two numbers.
#[::mcp_runtime::mcp_tool(read_only, idempotent)]
pub async fn add(
    /// The first.
    a: f64,
    /// The second.
    #[arg(default = 1.0, range = 0.0..=10.0)]
    b: f64,
    #[arg(default = "sum", length = 1..)] name: ::std::option::Option<::std::string::String>,
    ctx: ::mcp_runtime::Context,
) -> ::mcp_runtime::Result<f64> {
    let _ = (name, ctx);
    ::std::result::Result::Ok(a + b)
}

/// Subtract.
#[::mcp_runtime::mcp_tool]
pub fn subtract(a: f64, b: f64) -> f64 {
    a - b
}

/// A note.
#[::mcp_runtime::mcp_resource("notes://{id}")]
pub async fn note(id: u32) -> ::std::option::Option<&'static str> {
    (id == 0).then_some("Buy milk.")
}

/// Review code.
#[::mcp_runtime::mcp_prompt]
pub async fn review(code: ::std::string::String) -> ::std::string::String {
    code
}

/// A calculator.
#[derive(::std::fmt::Debug)]
pub struct Calculator;

#[::mcp_runtime::mcp_server]
impl Calculator {
    /// Multiply.
    #[mcp_tool]
    pub async fn multiply(&self, a: f64, b: f64) -> f64 {
        a * b
    }
}

/// A booking.
#[derive(::std::fmt::Debug, ::mcp_runtime::Elicit)]
pub struct Booking {
    /// Who comes.
    #[elicit(default = "a@b.ch", length = 1..80, format = "email", pattern = "@")]
    pub name: ::std::string::String,
    /// How many.
    #[elicit(default = 2, range = 1..)]
    pub guests: ::std::option::Option<u8>,
    /// Where to sit.
    #[elicit(default = [Seating::Inside], items = 1..)]
    pub seating: ::std::vec::Vec<Seating>,
}

/// Places to sit.
#[derive(::std::fmt::Debug, ::mcp_runtime::Elicit)]
pub enum Seating {
    /// In the house
    Inside,
    /// On the terrace
    Outside,
}

/// A form.
pub fn form() -> ::mcp_runtime::Form {
    <Booking as ::mcp_runtime::Elicit>::form()
}

/// All of it.
pub fn servers() -> [::mcp_runtime::Server; 2] {
    let server = ::mcp_runtime::Server::new("bare", "1.0.0")
        .tools(::mcp_runtime::tools![add, subtract])
        .resources(::mcp_runtime::resources![note])
        .prompts(::mcp_runtime::prompts![review]);
    [server, ::std::convert::From::from(Calculator)]
}
