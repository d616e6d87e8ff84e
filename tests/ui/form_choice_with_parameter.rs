use mcp_runtime::prelude::*;

#[derive(Elicit)]
enum Seating<T> {
    Inside(T),
}

fn main() {}
