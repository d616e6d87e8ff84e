use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Address {
    street: String,
}

#[derive(Elicit)]
struct Booking {
    guests: u8,
    address: Address,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
