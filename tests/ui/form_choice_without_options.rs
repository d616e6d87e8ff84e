use mcp_runtime::prelude::*;

#[derive(Elicit)]
enum Seating {}

fn main() {
    let _ = <Seating as Elicit>::form();
}
