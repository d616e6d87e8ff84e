//! A server that a client starts and speaks to on standard input and output. With
//! `--http 127.0.0.1:8000` it serves Streamable HTTP.

use mcp_runtime::prelude::*;

/// Count the words of a text.
#[mcp_tool(read_only)]
async fn count_words(
    /// The text.
    text: String,
) -> usize {
    text.split_whitespace().count()
}

/// Ask for a summary of a text.
#[mcp_prompt]
async fn summarize(
    /// The text.
    text: String,
) -> String {
    format!("Summarize this in one sentence:\n\n{text}")
}

fn server() -> Server {
    Server::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
        .description(env!("CARGO_PKG_DESCRIPTION"))
        .instructions("Count words with `count_words` and never by yourself.")
        .tools(tools![count_words])
        .prompts(prompts![summarize])
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    server().run().await
}

#[cfg(test)]
mod tests;
