use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    #[elicit(default = "anna", pattern = "^[A-Z]")]
    name: String,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
