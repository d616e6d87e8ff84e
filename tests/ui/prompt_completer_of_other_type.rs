use mcp_runtime::prelude::*;

fn codes() -> Vec<String> {
    Vec::new()
}

/// Review code.
#[mcp_prompt]
async fn review(#[arg(complete = codes)] code: String) -> String {
    code
}

fn main() {
    let _ = prompts![review];
}
