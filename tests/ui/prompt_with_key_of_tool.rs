use mcp_runtime::prelude::*;

/// Review code.
#[mcp_prompt(read_only)]
async fn review(code: String) -> String {
    code
}

fn main() {
    let _ = prompts![review];
}
