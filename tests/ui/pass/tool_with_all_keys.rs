use mcp_runtime::{prelude::*, protocol::Icon};

const TITLE: &str = "Addition";

/// Not told.
#[mcp_tool(
    name = "math.add-2_x",
    title = "Addition",
    description = concat!("Add", " two numbers."),
    read_only,
    destructive = false,
    idempotent = true,
    open_world = false,
    allow_unknown = false,
    icon = "https://example.com/icon.png",
    icon = Icon::new("data:image/png;base64,").size("48x48"),
    meta("team" = TITLE, "level" = 3, "tags" = serde_json::json!(["a"])),
)]
async fn add(a: f64, b: f64) -> f64 {
    a + b
}

fn main() {
    assert_eq!(tools![add][0].name(), "math.add-2_x");
}
