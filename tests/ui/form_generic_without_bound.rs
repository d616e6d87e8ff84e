use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking<T> {
    seating: T,
}

fn main() {}
