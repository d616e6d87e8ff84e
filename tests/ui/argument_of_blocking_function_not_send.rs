use mcp_runtime::prelude::*;
use std::rc::Rc;

#[derive(serde::Deserialize, mcp_runtime::JsonSchema)]
#[schemars(crate = "mcp_runtime::schemars")]
struct Place {
    name: String,
    #[serde(skip)]
    source: Rc<str>,
}

/// Tell the weather.
#[mcp_tool]
fn weather(place: Place) -> String {
    place.name
}

fn main() {
    let _ = tools![weather];
}
