use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    #[elicit(default = 0, range = 1..=14)]
    days: Option<u8>,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
