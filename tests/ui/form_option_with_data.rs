use mcp_runtime::prelude::*;

#[derive(Elicit)]
enum Seating {
    Inside,
    Table(u8),
    Named { name: String },
}

fn main() {
    let _ = <Seating as Elicit>::form();
}
