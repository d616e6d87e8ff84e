use mcp_runtime::prelude::*;

#[derive(Elicit)]
#[elicit(rename_all = "snakecase")]
enum Seating {
    Inside,
    Outside,
}

fn main() {
    let _ = <Seating as Elicit>::form();
}
