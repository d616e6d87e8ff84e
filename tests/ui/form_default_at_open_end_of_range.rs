use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    #[elicit(default = 1.0, range = 0.0..1.0)]
    share: f64,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
