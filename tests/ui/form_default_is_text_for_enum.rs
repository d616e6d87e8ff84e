use mcp_runtime::prelude::*;

#[derive(Elicit)]
enum Seating {
    Inside,
    Outside,
}

#[derive(Elicit)]
struct Booking {
    guests: u8,
    #[elicit(default = "Inside")]
    seating: Seating,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
