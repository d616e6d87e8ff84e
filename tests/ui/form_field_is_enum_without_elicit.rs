use mcp_runtime::prelude::*;

enum Seating {
    Inside,
    Outside,
}

#[derive(Elicit)]
struct Booking {
    guests: u8,
    seating: Seating,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
