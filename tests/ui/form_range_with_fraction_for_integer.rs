use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    #[elicit(range = 0.5..=14.0)]
    days: u8,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
