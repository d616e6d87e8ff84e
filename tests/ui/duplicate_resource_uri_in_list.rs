use mcp_runtime::prelude::*;

/// The settings.
#[mcp_resource("config://app")]
async fn config() -> &'static str {
    "color = true"
}

/// The settings again.
#[mcp_resource("config://app")]
async fn settings() -> &'static str {
    "color = false"
}

fn main() {
    let _ = resources![config, settings];
}
