use std::{borrow::Cow, fmt, sync::Arc};

use serde_json::Value;

use super::{
    BoxFuture, Call, Definition, Input, Param, Result, ToolResult, definition::impl_definition,
};
use crate::{
    context::FromContext,
    protocol::{ClientCapability, Icon},
    schema::Validator,
    tasks::TaskPolicy,
};

/// What a tool's handler gives.
pub type ToolOutput = Result<ToolResult>;

type Handler = dyn for<'a> Fn(Call<'a>) -> BoxFuture<'a, ToolOutput> + Send + Sync;

/// A function that a client's model can call.
///
/// `#[mcp_tool]` makes one from a function, and `tools![..]` collects them. Build one by hand for a
/// tool that is known only at run time.
///
/// ```
/// use mcp_runtime::{Param, Tool, ToolResult};
///
/// let shout = Tool::new("shout", |call| {
///     Box::pin(async move {
///         let text = call.decode(|arguments| arguments.get::<String>(0))?;
///         Ok(ToolResult::text(text.to_uppercase()))
///     })
/// })
/// .description("Write in capitals.")
/// .read_only(true)
/// .param(Param::new::<String>("text"));
/// ```
#[derive(Clone)]
#[must_use]
pub struct Tool {
    pub(crate) name: Cow<'static, str>,
    pub(crate) definition: Definition,
    pub(crate) hints: Hints,
    pub(crate) output_schema: Option<Value>,
    /// How it runs as a task, if it does.
    pub(crate) task: Option<TaskPolicy>,
    /// The tool of which it tells the results.
    pub(crate) result_of: Option<String>,
    closed: bool,
    handler: Arc<Handler>,
}

/// What a client may assume of a tool. Hints, not promises that a client can rely on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hints {
    pub(crate) read_only: Option<bool>,
    pub(crate) destructive: Option<bool>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) open_world: Option<bool>,
}

/// A function that `#[mcp_tool]` has made a tool of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tool",
    label = "not annotated with `#[mcp_tool]`"
)]
pub trait ToolFn {
    /// The tool's name.
    const NAME: &'static str;

    /// Makes the tool.
    fn tool() -> Tool;
}

impl Tool {
    /// A tool without parameters, description or hints.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        handler: impl for<'a> Fn(Call<'a>) -> BoxFuture<'a, ToolOutput> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            definition: Definition::default(),
            hints: Hints::default(),
            output_schema: None,
            task: None,
            result_of: None,
            closed: true,
            handler: Arc::new(handler),
        }
    }

    /// The name by which it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the arguments look like, word for word, where they are known only at run time. The
    /// handler reads them with [`Arguments::all`](super::Arguments::all).
    ///
    /// ```
    /// use mcp_runtime::{Tool, ToolResult};
    /// use serde_json::{Value, json};
    ///
    /// let echo = Tool::new("echo", |call| {
    ///     Box::pin(async move {
    ///         let arguments = call.decode(|arguments| arguments.all::<Value>())?;
    ///         ToolResult::structured(&arguments)
    ///     })
    /// })
    /// .input_schema(json!({
    ///     "type": "object",
    ///     "properties": { "text": { "type": "string", "maxLength": 100 } },
    ///     "required": ["text"],
    /// }));
    /// ```
    pub fn input_schema(self, schema: Value) -> Self {
        self.param(Param::new::<Value>("arguments").flatten().schema(schema))
    }

    /// Takes arguments that no parameter names, in place of refusing the call.
    pub fn allow_unknown(mut self) -> Self {
        self.closed = false;
        self
    }

    /// What the structured output looks like.
    ///
    /// ```
    /// use mcp_runtime::{Tool, ToolResult};
    /// use serde_json::json;
    ///
    /// let now = Tool::new("now", |_call| {
    ///     Box::pin(async { ToolResult::structured(&json!({ "seconds": 1_790_000_000 })) })
    /// })
    /// .output_schema(json!({
    ///     "type": "object",
    ///     "properties": { "seconds": { "type": "integer" } },
    ///     "required": ["seconds"],
    /// }));
    /// ```
    pub fn output_schema(mut self, schema: impl Into<Option<Value>>) -> Self {
        self.output_schema = schema.into();
        self
    }

    /// The tool changes nothing.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.hints.read_only = Some(read_only);
        self
    }

    /// The tool can destroy something. Clients assume so of a tool that is not read-only.
    pub fn destructive(mut self, destructive: bool) -> Self {
        self.hints.destructive = Some(destructive);
        self
    }

    /// The same call twice does no more than once.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.hints.idempotent = Some(idempotent);
        self
    }

    /// The tool deals with an outside world, such as the web. Clients assume so.
    pub fn open_world(mut self, open_world: bool) -> Self {
        self.hints.open_world = Some(open_world);
        self
    }

    /// The tool runs as a task: it answers at once, and the client asks later what has come of it.
    ///
    /// ```
    /// use mcp_runtime::{Tool, ToolResult, tasks::TaskPolicy};
    ///
    /// let train = Tool::new("train", |_call| {
    ///     Box::pin(async { Ok(ToolResult::text("trained")) })
    /// })
    /// .task(TaskPolicy::optional());
    /// ```
    pub fn task(mut self, policy: TaskPolicy) -> Self {
        self.task = Some(policy);
        self
    }

    /// How often the tool may be begun, as a task.
    pub(crate) fn attempts(&self) -> u32 {
        let retries = self.task.as_ref().and_then(|task| task.retries);
        match retries {
            Some(retries) => retries.saturating_add(1),
            None if self.hints.idempotent == Some(true) => TaskPolicy::IDEMPOTENT_ATTEMPTS,
            None => 1,
        }
    }

    /// Checks the definition and compiles its schemas.
    ///
    /// # Errors
    ///
    /// What is wrong, for the author.
    pub(crate) fn compile(self) -> Result<CompiledTool, String> {
        check_name(&self.name)?;
        let fault = |error: String| format!("tool `{}`: {error}", self.name);
        let input = Input::compile(self.definition.params.clone(), self.closed).map_err(fault)?;
        let output = match &self.output_schema {
            None => None,
            Some(schema) => Some(Validator::new(schema).map_err(|error| fault(error.to_string()))?),
        };
        let wrap_output = self
            .output_schema
            .as_ref()
            .is_some_and(|schema| schema.get("type").and_then(Value::as_str) != Some("object"));
        Ok(CompiledTool { tool: self, input, output, wrap_output })
    }
}

impl_definition!(Tool);

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tool").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A tool that a server serves.
#[derive(Clone, Debug)]
pub(crate) struct CompiledTool {
    pub(crate) tool: Tool,
    pub(crate) input: Input,
    pub(crate) output: Option<Validator>,
    /// The output schema is no object, which revisions before 2026-07-28 need.
    pub(crate) wrap_output: bool,
}

impl CompiledTool {
    pub(crate) fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, ToolOutput> {
        (self.tool.handler)(call)
    }
}

/// 1 to 128 of `A-Z a-z 0-9 _ - .` (server/tools, "Tool Names").
fn check_name(name: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.is_empty() || name.len() > 128 || !name.chars().all(fits) {
        return Err(format!(
            "`{name}` is no tool name: a name has 1 to 128 of the characters A-Z a-z 0-9 _ - ."
        ));
    }
    Ok(())
}
