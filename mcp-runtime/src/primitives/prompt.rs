use std::{borrow::Cow, fmt, sync::Arc};

use serde_json::Value;

use super::{BoxFuture, Call, Definition, Input, Param, Result, definition::impl_definition};
use crate::{
    context::FromContext,
    protocol::{ClientCapability, Content, Icon, JsonWriter, Revision, Role},
};

/// One message of a prompt.
///
/// ```
/// use mcp_runtime::PromptMessage;
///
/// let messages = [
///     PromptMessage::user("What is the capital of France?"),
///     PromptMessage::assistant("Paris."),
///     PromptMessage::user("And of Spain?"),
/// ];
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PromptMessage {
    role: Role,
    content: Content,
}

impl PromptMessage {
    /// The user says it.
    #[must_use]
    pub fn user(content: impl Into<Content>) -> Self {
        Self { role: Role::User, content: content.into() }
    }

    /// The model says it.
    #[must_use]
    pub fn assistant(content: impl Into<Content>) -> Self {
        Self { role: Role::Assistant, content: content.into() }
    }

    /// Who says it.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// What is said.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>, revision: Revision) {
        let mut message = JsonWriter::object(out);
        message.member("role", &self.role);
        self.content.write(message.key("content"), revision);
        message.end();
    }
}

/// What a prompt's handler gives: messages.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct PromptResult {
    pub(crate) messages: Vec<PromptMessage>,
    pub(crate) description: Option<String>,
}

impl PromptResult {
    /// These messages.
    pub fn new(messages: impl IntoIterator<Item = PromptMessage>) -> Self {
        Self { messages: messages.into_iter().collect(), description: None }
    }

    /// What they are for.
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}

type Handler = dyn for<'a> Fn(Call<'a>) -> BoxFuture<'a, Result<PromptResult>> + Send + Sync;

/// A text, or talk, that a user picks to start from.
///
/// `#[mcp_prompt]` makes one from a function, and `prompts![..]` collects them.
///
/// ```
/// use mcp_runtime::{Param, Prompt, PromptMessage, PromptResult};
///
/// let explain = Prompt::new("explain", |call| {
///     Box::pin(async move {
///         let word = call.decode(|arguments| arguments.get::<String>(0))?;
///         Ok(PromptResult::new([PromptMessage::user(format!("Explain the word {word}."))]))
///     })
/// })
/// .param(Param::new::<String>("word").complete(["ownership", "borrowing"]));
/// ```
#[derive(Clone)]
#[must_use]
pub struct Prompt {
    pub(crate) name: Cow<'static, str>,
    pub(crate) definition: Definition,
    handler: Arc<Handler>,
}

/// A function that `#[mcp_prompt]` has made a prompt of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a prompt",
    label = "not annotated with `#[mcp_prompt]`"
)]
pub trait PromptFn {
    /// The prompt's name.
    const NAME: &'static str;

    /// Makes the prompt.
    fn prompt() -> Prompt;
}

impl Prompt {
    /// A prompt without parameters.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        handler: impl for<'a> Fn(Call<'a>) -> BoxFuture<'a, Result<PromptResult>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { name: name.into(), definition: Definition::default(), handler: Arc::new(handler) }
    }

    /// The name by which it is asked for.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Checks the definition and compiles it.
    ///
    /// # Errors
    ///
    /// What is wrong, for the author.
    pub(crate) fn compile(self) -> Result<CompiledPrompt, String> {
        if self.name.is_empty() {
            return Err("a prompt has an empty name".into());
        }
        let input = Input::compile(self.definition.params.clone(), true)
            .map_err(|error| format!("prompt `{}`: {error}", self.name))?;
        Ok(CompiledPrompt { prompt: self, input })
    }
}

impl_definition!(Prompt);

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A prompt that a server serves.
#[derive(Clone, Debug)]
pub(crate) struct CompiledPrompt {
    pub(crate) prompt: Prompt,
    pub(crate) input: Input,
}

impl CompiledPrompt {
    pub(crate) fn get<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<PromptResult>> {
        (self.prompt.handler)(call)
    }
}
