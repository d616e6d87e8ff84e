use std::collections::HashMap;

use mcp_runtime::prelude::*;

#[derive(Elicit)]
struct Booking {
    guests: u8,
    wishes: HashMap<String, String>,
}

fn main() {
    let _ = <Booking as Elicit>::form();
}
