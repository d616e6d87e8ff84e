use mcp_runtime::prelude::*;

/// Review code.
#[mcp_prompt]
async fn review(code: String) -> usize {
    code.len()
}

fn main() {
    let _ = prompts![review];
}
