use serde::Serialize;
use serde_json::{Value, value::RawValue};

use super::{IncludeContext, ModelPreferences};
use crate::{
    effects::elicit::to_json,
    primitives::{Error, PromptMessage},
    protocol::{ClientCapabilities, JsonWriter, Revision, Role},
};

/// What a model is given to answer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ModelRequest {
    /// The conversation; the model speaks next.
    pub messages: Vec<ModelMessage>,
    /// What the model is told before it.
    pub system: Option<String>,
    /// How many tokens the answer has at most.
    pub max_tokens: u32,
    /// How freely the model chooses its words.
    pub temperature: Option<f64>,
    /// Texts at which the model stops.
    pub stop: Vec<String>,
    /// Which model is wanted.
    pub preferences: Option<ModelPreferences>,
    /// What the model can call.
    pub tools: Vec<ModelTool>,
    /// Whether it may.
    pub tool_choice: ToolChoice,
    pub(super) include_context: Option<IncludeContext>,
}

/// One message of a conversation with a model.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelMessage {
    /// Who speaks.
    pub role: Role,
    /// Blocks of the types `text`, `image`, `audio`, `tool_use` and `tool_result`, as
    /// `SamplingMessageContentBlock` of the protocol's schema has them.
    pub content: Vec<Value>,
}

/// A tool that a model can call.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ModelTool {
    /// The name by which it is called.
    pub name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The JSON Schema of its arguments.
    pub input_schema: Value,
}

/// Whether a model may call tools.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToolChoice {
    /// The model decides.
    #[default]
    Auto,
    /// It may not: it is to come to an end.
    None,
}

impl ModelRequest {
    pub(super) fn new(max_tokens: u32) -> Self {
        Self {
            messages: Vec::new(),
            system: None,
            max_tokens,
            temperature: None,
            stop: Vec::new(),
            preferences: None,
            tools: Vec::new(),
            tool_choice: ToolChoice::Auto,
            include_context: None,
        }
    }

    /// As the parameters of `sampling/createMessage`.
    pub(super) fn to_params(
        &self,
        revision: Revision,
        client: &ClientCapabilities,
    ) -> Result<Box<RawValue>, Error> {
        let mut out = Vec::with_capacity(512);
        let mut params = JsonWriter::object(&mut out);
        let mut messages = params.array_at("messages");
        // Older revisions have one block in a message.
        let has_lists = revision >= Revision::V2025_11_25;
        for message in &self.messages {
            for blocks in message.content.chunks(if has_lists { usize::MAX } else { 1 }) {
                let mut object = JsonWriter::object(messages.item());
                object.member("role", &message.role);
                match blocks {
                    [block] => object.member("content", block),
                    blocks => object.member("content", blocks),
                }
                object.end();
            }
        }
        messages.end();
        params.optional("modelPreferences", self.preferences.as_ref());
        params.optional("systemPrompt", self.system.as_ref());
        if !has_lists || client.sampling_context() {
            params.optional("includeContext", self.include_context.as_ref());
        }
        params.optional("temperature", self.temperature.as_ref());
        params.member("maxTokens", &self.max_tokens);
        if !self.stop.is_empty() {
            params.member("stopSequences", &self.stop);
        }
        if !self.tools.is_empty() {
            params.member("tools", &self.tools);
            if self.tool_choice == ToolChoice::None {
                params.raw("toolChoice", br#"{"mode":"none"}"#);
            }
        }
        params.end();
        to_json(out)
    }
}

impl ModelMessage {
    /// A message with these blocks.
    #[must_use]
    pub fn new(role: Role, content: Vec<Value>) -> Self {
        Self { role, content }
    }

    /// A message that is one text.
    #[must_use]
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self::new(role, vec![serde_json::json!({ "type": "text", "text": text.into() })])
    }

    pub(super) fn from_prompt(message: &PromptMessage, revision: Revision) -> Result<Self, Error> {
        let mut block = Vec::new();
        message.content().write_for_model(&mut block, revision);
        let block = serde_json::from_slice(&block).map_err(Error::internal)?;
        Ok(Self::new(message.role(), vec![block]))
    }
}
