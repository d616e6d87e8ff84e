use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    #[elicit(length = 1..)]
    #[elicit(title = "Name")]
    name: String,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
