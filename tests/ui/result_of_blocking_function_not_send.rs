use mcp_runtime::prelude::*;
use std::rc::Rc;

/// Tell the weather.
#[mcp_tool]
fn weather() -> Rc<str> {
    "sunny".into()
}

fn main() {
    let _ = tools![weather];
}
