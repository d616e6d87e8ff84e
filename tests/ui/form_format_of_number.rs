use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    #[elicit(format = "date")]
    days: u8,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
