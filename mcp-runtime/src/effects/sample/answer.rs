use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};

use super::ModelRequest;
use crate::protocol::{Content, ContentKind};

/// How many tools a model can call in one turn.
const MAX_CALLS: usize = 32;

/// What a model has answered.
///
/// ```
/// use mcp_runtime::{prelude::*, sampling::StopReason};
///
/// /// Tell a story.
/// #[mcp_tool]
/// async fn story(ctx: Context) -> Result<String> {
///     let answer = ctx.sample("Tell a story.").max_tokens(2000).await?;
///     let end = if answer.stop_reason() == Some(&StopReason::MaxTokens) { " ..." } else { "" };
///     Ok(format!("{}{end}", answer.text()))
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Sampled {
    content: Vec<Content>,
    model: String,
    stop_reason: Option<StopReason>,
}

impl Sampled {
    /// The texts of the answer as one. Empty when it has none.
    #[must_use]
    pub fn text(&self) -> String {
        self.content.iter().filter_map(text_of).collect()
    }

    /// Texts, pictures and sounds.
    #[must_use]
    pub fn content(&self) -> &[Content] {
        &self.content
    }

    /// Texts, pictures and sounds.
    #[must_use]
    pub fn into_content(self) -> Vec<Content> {
        self.content
    }

    /// The name of the model that has answered, as the client gives it.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Why the model has stopped, where that is known.
    #[must_use]
    pub fn stop_reason(&self) -> Option<&StopReason> {
        self.stop_reason.as_ref()
    }
}

fn text_of(content: &Content) -> Option<&str> {
    match content.kind() {
        ContentKind::Text(text) => Some(text),
        _ => None,
    }
}

/// Why a model has stopped.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum StopReason {
    /// It has said all.
    EndTurn,
    /// It has come to one of the texts at which it was to stop.
    StopSequence,
    /// The answer is as long as it may be.
    MaxTokens,
    /// It calls tools.
    ToolUse,
    /// Something that the protocol has no name for.
    #[serde(untagged)]
    Other(String),
}

/// One answer of a model, with the tools that it calls.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) sampled: Sampled,
    pub(super) calls: Vec<ToolCall>,
    /// The answer word for word, for the conversation that goes on.
    pub(super) blocks: Vec<Value>,
}

/// A call of a tool by a model.
#[derive(Debug, Deserialize)]
pub(super) struct ToolCall {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) input: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        text: String,
    },
    Image {
        data: String,
        #[serde(rename = "mimeType")]
        mime_type: String,
    },
    Audio {
        data: String,
        #[serde(rename = "mimeType")]
        mime_type: String,
    },
    ToolUse(ToolCall),
}

impl Turn {
    /// Reads a `CreateMessageResult`.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) fn read(answer: &RawValue, request: &ModelRequest) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct CreateMessageResult {
            content: Value,
            #[serde(default)]
            model: String,
            #[serde(default)]
            stop_reason: Option<StopReason>,
        }
        let answer: CreateMessageResult = serde_json::from_str(answer.get())
            .map_err(|_| "it is no message of a model".to_owned())?;
        let blocks = match answer.content {
            Value::Array(blocks) => blocks,
            block => vec![block],
        };
        let mut content = Vec::new();
        let mut calls = Vec::new();
        for block in &blocks {
            content.push(Content::new(match Block::deserialize(block) {
                Ok(Block::Text { text }) => ContentKind::Text(text),
                Ok(Block::Image { data, mime_type }) => {
                    ContentKind::Image { data, mime_type: mime_type.into() }
                }
                Ok(Block::Audio { data, mime_type }) => {
                    ContentKind::Audio { data, mime_type: mime_type.into() }
                }
                Ok(Block::ToolUse(call)) => {
                    calls.push(call);
                    continue;
                }
                Err(_) => return Err("a content is no text, image, sound or tool call".to_owned()),
            }));
        }
        check_calls(&calls, request)?;
        let sampled = Sampled { content, model: answer.model, stop_reason: answer.stop_reason };
        Ok(Self { sampled, calls, blocks })
    }

    pub(super) fn into_sampled(self) -> Sampled {
        self.sampled
    }
}

fn check_calls(calls: &[ToolCall], request: &ModelRequest) -> Result<(), String> {
    if request.tools.is_empty() && !calls.is_empty() {
        return Err("it calls a tool and has none".to_owned());
    }
    if calls.len() > MAX_CALLS {
        return Err(format!("it calls more than {MAX_CALLS} tools at once"));
    }
    let mut ids = HashSet::new();
    if !calls.iter().all(|call| ids.insert(&call.id)) {
        return Err("two of its tool calls have the same id".to_owned());
    }
    Ok(())
}
