use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    from_to: (u8, u8),
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
