use mcp_runtime::{CompletionRequest, prelude::*};

async fn cities(request: CompletionRequest) -> Vec<String> {
    if request.context.confirm("Are you sure?").await.unwrap_or(false) {
        return vec!["Oslo".into()];
    }
    Vec::new()
}

/// Plan a trip.
#[mcp_prompt]
async fn trip(#[arg(complete = cities)] city: String) -> String {
    city
}

fn main() {}
