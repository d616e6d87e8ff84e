use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking(u8, String);

fn main() {
    let _ = <Booking as Elicit>::form();
}
