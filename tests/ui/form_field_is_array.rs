use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    days: [u8; 7],
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
