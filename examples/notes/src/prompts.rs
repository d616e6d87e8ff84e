//! What a user can start from.

use mcp_runtime::{
    CompletionRequest, PromptMessage,
    prelude::*,
    protocol::{Content, ErrorCode, RpcError},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{resources::markdown, store::Notes};

/// How a summary reads. The names are offered while the user types.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Style {
    #[default]
    Sentence,
    Bullets,
    Headline,
}

/// Summarize a note.
#[mcp_prompt]
pub(crate) fn summarize(
    /// The id of the note.
    #[arg(complete = ids)]
    id: i64,
    /// How the summary reads.
    #[arg(default = Style::default())]
    style: Style,
    State(notes): State<Notes>,
) -> Result<[PromptMessage; 2]> {
    let missing = || RpcError::new(ErrorCode::INVALID_PARAMS, format!("there is no note {id}"));
    let note = notes.get(id)?.ok_or_else(missing)?;
    let request = match style {
        Style::Sentence => "Summarize this note in one sentence.",
        Style::Bullets => "Summarize this note in at most five bullet points.",
        Style::Headline => "Give this note a headline.",
    };
    let uri = format!("notes://{id}");
    Ok([
        PromptMessage::user(request),
        PromptMessage::user(Content::embedded_text(uri, "text/markdown", markdown(&note))),
    ])
}

/// The ids that start with what the user has typed.
async fn ids(request: CompletionRequest) -> Result<Vec<String>> {
    let notes = request.context.state::<Notes>().ok_or_else(|| Error::internal("no notes"))?;
    let notes = notes.blocking(move |notes| Ok(notes.with_id_prefix(&request.value, 100)?)).await?;
    Ok(notes.into_iter().map(|note| note.id.to_string()).collect())
}

#[cfg(test)]
#[path = "prompts_tests.rs"]
mod tests;
