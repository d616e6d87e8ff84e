use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking<'a> {
    name: std::borrow::Cow<'a, str>,
}

fn main() {}
