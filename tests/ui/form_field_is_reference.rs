use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    name: &'static str,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
