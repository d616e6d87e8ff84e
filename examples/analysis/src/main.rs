//! An analyst: the client's model answers, with functions of this server as its tools.

mod data;

use mcp_runtime::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::Summary;

/// The figures of a series: how many, the least, the mean and the greatest.
#[mcp_tool(read_only)]
async fn analyze_data(
    /// The name of the series, for example `rainfall`.
    series: String,
) -> Result<Summary> {
    data::summary(&series)
        .ok_or_else(|| Error::new(format!("no such series; there are {}", data::names())))
}

/// What the handbook says about a word.
#[mcp_tool(read_only)]
async fn fetch_reference(word: String) -> Result<&'static str> {
    data::reference(&word).ok_or_else(|| Error::new("the handbook does not have this word"))
}

/// Answer a question about the data. The client's model looks up what it needs.
#[mcp_tool(read_only)]
async fn complex_analysis(
    /// For example "Was there more rain than usual?".
    query: String,
    ctx: Context,
) -> Result<String> {
    let answer = ctx
        .sample(query)
        .system("Answer in two sentences. Look up every figure: never guess one.")
        .tools(tools![analyze_data, fetch_reference])
        .max_iterations(5)
        .await?;
    Ok(answer.text())
}

/// What a text is about.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Topics {
    /// One word each, the most important first.
    topics: Vec<String>,
    /// Whether the text is about figures.
    quantitative: bool,
}

/// Say what a text is about. The client's model reads it.
#[mcp_tool(read_only)]
async fn classify(text: String, ctx: Context) -> Result<Topics> {
    let question = format!("What is this text about?\n\n{text}");
    ctx.sample(question).max_tokens(200).temperature(0.0).json::<Topics>().await
}

fn server() -> Server {
    Server::new("analysis", env!("CARGO_PKG_VERSION")).tools(tools![
        analyze_data,
        fetch_reference,
        complex_analysis,
        classify,
    ])
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    server().run().await
}

#[cfg(test)]
mod tests;
