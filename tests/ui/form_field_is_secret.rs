use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    card_number: String,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
