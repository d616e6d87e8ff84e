use mcp_runtime::prelude::*;

struct Weather {
    celsius: f64,
}

/// Tell the weather.
#[mcp_tool]
async fn weather() -> Result<Weather> {
    Ok(Weather { celsius: 20.0 })
}

fn main() {
    let _ = tools![weather];
}
