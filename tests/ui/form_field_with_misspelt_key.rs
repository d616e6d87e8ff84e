use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    #[elicit(lenght = 1..)]
    name: String,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
