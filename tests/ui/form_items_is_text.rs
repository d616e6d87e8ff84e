use mcp_runtime::prelude::*;

#[derive(Elicit)]
enum Day {
    Saturday,
    Sunday,
}

#[derive(Elicit)]
struct Booking {
    guests: u8,
    #[elicit(items = "two")]
    days: Vec<Day>,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
