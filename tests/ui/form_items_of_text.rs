use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    #[elicit(items = 1..=3)]
    name: String,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
