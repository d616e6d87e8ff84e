use mcp_runtime::prelude::*;
use std::rc::Rc;

/// Tell the weather.
#[mcp_tool]
async fn weather() -> String {
    let place = Rc::new("Paris");
    std::future::ready(()).await;
    format!("{place}: sunny")
}

fn main() {
    let _ = tools![weather];
}
