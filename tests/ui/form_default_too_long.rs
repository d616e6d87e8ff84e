use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    #[elicit(default = "Anna-Maria", length = ..=8)]
    name: String,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
