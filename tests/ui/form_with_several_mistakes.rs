use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    password: String,
    #[elicit(tilte = "Guests", range = 5..=1)]
    guests: u8,
    from_to: (u8, u8),
    #[elicit(rename = "guests")]
    people: u8,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
