use mcp_runtime::prelude::*;
use std::rc::Rc;

#[derive(serde::Serialize, mcp_runtime::JsonSchema)]
#[schemars(crate = "mcp_runtime::schemars")]
struct Weather {
    celsius: f64,
    #[serde(skip)]
    source: Rc<str>,
}

/// Tell the weather.
#[mcp_tool]
fn weather() -> Weather {
    Weather { celsius: 20.0, source: Rc::default() }
}

fn main() {
    let _ = tools![weather];
}
