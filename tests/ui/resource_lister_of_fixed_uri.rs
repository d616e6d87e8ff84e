use mcp_runtime::{ListedResource, Page, RequestContext, prelude::*};

async fn notes(_ctx: RequestContext, _page: Page) -> Result<Vec<ListedResource>> {
    Ok(Vec::new())
}

/// A note.
#[mcp_resource("notes://all", list = notes)]
async fn note() -> String {
    String::new()
}

fn main() {
    let _ = resources![note];
}
