use mcp_runtime::prelude::*;

/// Say how big it is.
#[mcp_tool]
async fn größe(a: f64) -> f64 {
    a
}

fn main() {
    let _ = tools![größe];
}
