use mcp_runtime::prelude::*;

#[derive(Elicit)]
#[elicit(rename_all = "lowercase")]
enum Seating {
    Inside,
    InSide,
}

fn main() {
    let _ = <Seating as Elicit>::form();
}
