use mcp_runtime::prelude::*;

/// Review code.
#[mcp_prompt]
async fn review(code: String) -> String {
    code
}

mod other {
    use mcp_runtime::prelude::*;

    /// Review code with care.
    #[mcp_prompt]
    pub async fn review(code: String) -> String {
        code
    }
}

fn main() {
    let _ = prompts![review, other::review];
}
