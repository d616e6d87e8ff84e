use mcp_runtime::prelude::*;

/// Show a value.
#[mcp_tool]
async fn show<'a>(value: std::borrow::Cow<'a, str>) -> String {
    value.into_owned()
}

fn main() {
    let _ = tools![show];
}
