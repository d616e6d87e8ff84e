use mcp_runtime::prelude::*;

struct Note(u32);

/// A note.
#[mcp_resource("notes://{id}")]
async fn note(id: u32) -> Note {
    Note(id)
}

fn main() {
    let _ = resources![note];
}
