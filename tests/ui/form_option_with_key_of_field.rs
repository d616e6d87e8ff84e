use mcp_runtime::prelude::*;

#[derive(Elicit)]
enum Seating {
    #[elicit(default = true)]
    Inside,
    Outside,
}

fn main() {
    let _ = <Seating as Elicit>::form();
}
