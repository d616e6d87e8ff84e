//! The tools that a model can call while it answers.

use std::{
    borrow::Cow,
    collections::HashSet,
    future::poll_fn,
    task::{Context as TaskContext, Poll},
};

use serde_json::{Value, value::RawValue};

use super::{ModelTool, answer::ToolCall};
use crate::{
    context::Context,
    effects::{Effects, elicit::to_json, journal::Fingerprint},
    primitives::{BoxFuture, Call, CompiledTool, Error, ErrorKind, Result, Tool, ToolResult},
    protocol::{JsonWriter, Revision},
};

pub(super) struct Toolbox {
    tools: Vec<CompiledTool>,
    /// In which results are written.
    revision: Revision,
}

impl Toolbox {
    /// # Errors
    ///
    /// When a tool cannot be called, or two have the same name: mistakes of the author's.
    pub(super) fn new(tools: Vec<Tool>, revision: Revision) -> Result<Self> {
        let tools: Result<Vec<_>, _> = tools.into_iter().map(Tool::compile).collect();
        let tools = tools.map_err(Error::internal)?;
        let mut names = HashSet::new();
        match tools.iter().map(|it| it.tool.name()).find(|name| !names.insert(*name)) {
            Some(name) => Err(Error::internal(format!("two tools are named `{name}`"))),
            None => Ok(Self { tools, revision }),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tools.is_empty()
    }

    pub(super) fn describe(&self) -> Vec<ModelTool> {
        let describe = |it: &CompiledTool| ModelTool {
            name: it.tool.name().to_owned(),
            description: it.tool.definition.description.as_deref().map(str::to_owned),
            input_schema: it.input.schema().clone(),
        };
        self.tools.iter().map(describe).collect()
    }

    /// Runs what a model calls in the turn of this key, all at once, and gives a `tool_result` for
    /// each. What has run in an earlier round does not run again.
    pub(super) async fn run(
        &self,
        ctx: &Context,
        turn: &str,
        calls: &[ToolCall],
    ) -> Result<Vec<Value>> {
        let mut running: Vec<BoxFuture<'_, Result<Value>>> = Vec::with_capacity(calls.len());
        for (index, call) in calls.iter().enumerate() {
            let input = serde_json::value::to_raw_value(&call.input).map_err(Error::internal)?;
            // Should the model be asked something else than in an earlier round, then its calls are
            // others as well.
            let about = Fingerprint::of(&format!("{}\n{}", call.id, call.name), &input).short();
            let place = format!("{turn}/{index}-{about}");
            running.push(Box::pin(self.run_once(ctx, place, call, input)));
        }
        all(&ctx.info().effects, running).await.into_iter().collect()
    }

    async fn run_once(
        &self,
        ctx: &Context,
        place: String,
        call: &ToolCall,
        input: Box<RawValue>,
    ) -> Result<Value> {
        let effects = &ctx.info().effects;
        let step = format!("tool {place}");
        if let Some(done) = effects.step(&step)? {
            return serde_json::from_str(done.get()).map_err(Error::internal);
        }
        let ctx = ctx.inside(&place);
        let (result, wrap) = match self.tools.iter().find(|it| it.tool.name() == call.name) {
            Some(tool) => {
                let result = call_tool(tool, ctx, input.get()).await;
                (result.unwrap_or_else(|error| failed(error, tool)), tool.wrap_output)
            }
            None => (self.unknown(&call.name), false),
        };
        let result = self.write_result(&call.id, &result, wrap)?;
        let value = serde_json::from_str(result.get()).map_err(Error::internal)?;
        effects.finish_step(&step, result)?;
        Ok(value)
    }

    fn write_result(&self, id: &str, result: &ToolResult, wrap: bool) -> Result<Box<RawValue>> {
        let mut out = Vec::new();
        let mut block = JsonWriter::object(&mut out);
        block.raw("type", b"\"tool_result\"");
        block.member("toolUseId", id);
        result.write(&mut block, self.revision, wrap);
        block.end();
        to_json(out)
    }

    fn unknown(&self, name: &str) -> ToolResult {
        let name: String = name.chars().take(128).collect();
        let known: Vec<&str> = self.tools.iter().map(|it| it.tool.name()).collect();
        ToolResult::error(format!("unknown tool: `{name}`; the tools are: {}", known.join(", ")))
    }
}

async fn call_tool(tool: &CompiledTool, ctx: Context, arguments: &str) -> Result<ToolResult> {
    ctx.client_capabilities().require(&tool.tool.definition.requires)?;
    tool.call(Call::new(ctx, &tool.input, Cow::Borrowed(arguments), "")).await
}

/// An error, for the model.
fn failed(error: Error, tool: &CompiledTool) -> ToolResult {
    match error.into_kind() {
        ErrorKind::Internal(error) => {
            tracing::error!(%error, tool = tool.tool.name(), "a tool failed");
            ToolResult::error("internal error")
        }
        kind => ToolResult::error(kind.to_string()),
    }
}

/// Waits for all functions; what they give is in their order. While one is at work the round does
/// not end, so that none is cut off for what another asks.
async fn all<T>(effects: &Effects, mut functions: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    let mut outputs: Vec<Option<T>> = functions.iter().map(|_| None).collect();
    let mut asks = vec![false; functions.len()];
    let mut held = None;
    poll_fn(|cx: &mut TaskContext<'_>| {
        let (mut pending, mut at_work) = (false, false);
        for ((function, output), asks) in functions.iter_mut().zip(&mut outputs).zip(&mut asks) {
            if output.is_some() {
                continue;
            }
            let open = effects.open_questions();
            match function.as_mut().poll(cx) {
                Poll::Ready(value) => *output = Some(value),
                Poll::Pending => {
                    pending = true;
                    *asks |= effects.open_questions() > open;
                    at_work |= !*asks;
                }
            }
        }
        held = at_work.then(|| effects.hold());
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    drop(held);
    outputs.into_iter().flatten().collect()
}
