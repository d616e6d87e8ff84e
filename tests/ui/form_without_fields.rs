use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {}

fn main() {
    let _ = <Booking as Elicit>::form();
}
