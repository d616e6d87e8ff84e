use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    names: Vec<String>,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
