use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    #[elicit(placeholder = "Anna")]
    name: String,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
