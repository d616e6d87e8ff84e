use mcp_runtime::prelude::*;

struct Booking {
    guests: u8,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
