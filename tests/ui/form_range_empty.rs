use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    #[elicit(range = 14..=1)]
    days: u8,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
