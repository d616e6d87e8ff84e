use mcp_runtime::prelude::*;

#[derive(Elicit)]
#[elicit(renameall = "snake_case")]
struct Booking {
    guests: u8,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
