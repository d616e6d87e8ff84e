use mcp_runtime::prelude::*;

#[derive(serde::Serialize)]
struct Weather {
    celsius: f64,
}

/// Tell the weather.
#[mcp_tool]
async fn weather() -> Weather {
    Weather { celsius: 20.0 }
}

fn main() {
    let _ = tools![weather];
}
