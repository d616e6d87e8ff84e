//! The tool by which clients that know no tasks ask what has come of a call that has become one.

use std::{fmt::Write as _, time::Duration};

use serde::Serialize;
use serde_json::Value;
use tokio::time::{Instant, sleep_until};

use super::{owner_of, refused};
use crate::{
    context::{Context, FromContext},
    effects::{InputRequired, needs},
    primitives::{Call, Error, Param, Result, Tool, ToolOutput, ToolResult},
    protocol::Content,
    server::ServerHandle,
    tasks::{
        Answer, Outcome, Owner, StoreError, TaskId, TaskProgress, TaskRecord, TaskStatus, TaskStore,
    },
};

/// How long a call waits for the result before it tells how far the task is.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a model is told of a task.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Handle<'a> {
    handle: TaskId,
    status: TaskStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<TaskProgress>,
    result_tool: String,
    poll_after_ms: u64,
}

fn name_of(tool: &str) -> String {
    format!("{tool}_result")
}

/// The companion of a tool that hands out handles.
pub(in crate::server) fn result_tool(of: &Tool) -> Option<Tool> {
    of.task.as_ref().filter(|task| task.hands_out())?;
    let name = of.name().to_owned();
    let description = format!(
        "Tells what has come of a call of `{name}`: its result, or how far it is until there is one."
    );
    let mut tool = Tool::new(name_of(&name), {
        let name = name.clone();
        move |call| Box::pin(answer(call, name.clone()))
    })
    .description(description)
    .idempotent(true)
    .param(Param::new::<String>("handle").description("What the call has given."))
    .param(
        Param::new::<bool>("cancel").description("Give it up, if it has not ended.").default(false),
    );
    tool.definition.scopes.clone_from(&of.definition.scopes);
    tool.result_of = Some(name);
    Some(tool)
}

/// The answer to a call that has become a task, for a client that knows no tasks.
pub(in crate::server) fn handed_out(record: &TaskRecord) -> Result<ToolResult> {
    describe(record, "has begun")
}

async fn answer(call: Call<'_>, tool: String) -> ToolOutput {
    let (handle, cancel): (String, bool) =
        call.decode(|it| Ok((it.get(0)?, it.get_or(1, || false)?)))?;
    let ctx = call.context();
    let core = ServerHandle::from_context(ctx)?.core;
    let store = &*core.tasks.store;
    let owner = owner_of(ctx.principal(), ctx.info().is_only_client);
    let unknown = || Ok(ToolResult::error("unknown handle: it is wrong, or its time is over"));
    let Ok(id) = handle.parse::<TaskId>() else { return unknown() };
    let give_up = Instant::now() + PATIENCE;
    let mut changes = store.watch(id);
    let mut cancels = cancel;
    loop {
        let record = match store.get(&owner, id).await {
            Ok(record) if record.request.tool == tool => record,
            Ok(_) | Err(StoreError::Unknown) => return unknown(),
            Err(error) => return Err(refused(error).into()),
        };
        match (&record.outcome, record.status) {
            (Some(Outcome::Result { result, .. }), _) => return ToolResult::written(result),
            (Some(Outcome::Error(error)), _) => return Err(error.clone().into()),
            (None, TaskStatus::Cancelled) => {
                return Ok(ToolResult::error(format!("the call of `{tool}` was given up")));
            }
            (None, _) => {}
        }
        if std::mem::take(&mut cancels) {
            match store.cancel(&owner, id).await {
                Ok(_) | Err(StoreError::Terminal(_)) => continue,
                Err(error) => return Err(refused(error).into()),
            }
        }
        if record.open_questions().next().is_some() {
            if !pass_on(store, ctx, &owner, &record).await? {
                return describe(&record, "waits for an answer that this client cannot give");
            }
            continue;
        }
        tokio::select! {
            () = changes.changed() => {}
            () = sleep_until(give_up) => return describe(&record, "is at work"),
        }
    }
}

/// Asks the client what the task asks, and gives the task the answers that there are; `false` when
/// the client cannot be asked.
async fn pass_on(
    store: &dyn TaskStore,
    ctx: &Context,
    owner: &Owner,
    record: &TaskRecord,
) -> Result<bool> {
    let mut answered = ctx.input_responses()?;
    let mut answers = Vec::new();
    let mut open = InputRequired::new();
    let mut asks = false;
    for question in record.open_questions() {
        if let Some(answer) = answered.remove(&question.key) {
            let value = serde_json::value::to_raw_value(&answer).map_err(Error::internal)?;
            answers.push(Answer { key: question.key.clone(), value: value.into() });
        } else if ctx.client_capabilities().has(needs(&question.method, &question.params)) {
            let params: Value =
                serde_json::from_str(question.params.get()).map_err(Error::internal)?;
            open = open.ask(&question.key, &question.method, params);
            asks = true;
        }
    }
    if !answers.is_empty() {
        return match store.answer(owner, record.id(), answers).await {
            Ok(_) | Err(StoreError::Terminal(_)) => Ok(true),
            Err(error) => Err(refused(error).into()),
        };
    }
    if asks { Err(open.into()) } else { Ok(false) }
}

fn describe(record: &TaskRecord, what: &str) -> Result<ToolResult> {
    let tool = &record.request.tool;
    let poll_after = record.request.poll_interval;
    let handle = Handle {
        handle: record.id(),
        status: record.status,
        message: record.message.as_deref(),
        progress: record.progress,
        result_tool: name_of(tool),
        poll_after_ms: u64::try_from(poll_after.as_millis()).unwrap_or(u64::MAX),
    };
    let mut text = format!("`{tool}` {what}");
    if let Some(message) = handle.message {
        let _ = write!(text, ": {message}");
    }
    let _ = write!(
        text,
        ".\nFor its result, call `{}` with the handle `{}` in {} s.",
        handle.result_tool,
        handle.handle,
        poll_after.as_secs().max(1),
    );
    Ok(ToolResult::structured(&handle)?.with_content(Content::text(text)))
}
