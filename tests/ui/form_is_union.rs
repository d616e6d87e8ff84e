use mcp_runtime::prelude::*;

#[derive(Elicit)]
union Booking {
    guests: u8,
    days: u8,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
