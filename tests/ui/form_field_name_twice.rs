use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    #[elicit(rename = "guests")]
    people: u8,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
