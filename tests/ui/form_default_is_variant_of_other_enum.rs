use mcp_runtime::prelude::*;

#[derive(Elicit)]
enum Seating {
    Inside,
    Outside,
}

#[derive(Elicit)]
enum Other {
    Bar,
}

#[derive(Elicit)]
struct Booking {
    guests: u8,
    #[elicit(default = Other::Bar)]
    seating: Seating,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
