use mcp_runtime::prelude::*;

async fn notes() -> Vec<String> {
    Vec::new()
}

/// A note.
#[mcp_resource("notes://{id}", list = notes)]
async fn note(id: u32) -> String {
    id.to_string()
}

fn main() {
    let _ = resources![note];
}
