//! Tasks of 2025-11-25.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value, json, value::RawValue};
use tokio::task::JoinSet;

use super::{
    extension::status_message,
    owner,
    questions::{RELATED_TASK, deliver},
    refused, task_id,
};
use crate::{
    primitives::CompiledTool,
    protocol::{JsonWriter, Revision, RpcError, Text, optional_member},
    server::{
        core::Core,
        cursor,
        dispatch::{Refusal, Request},
    },
    tasks::{Outcome, Owner, TaskId, TaskInfo, TaskRecord, TaskStatus},
};

/// The key of `_meta` with what the client's model is told until there is a result.
const IMMEDIATE_RESPONSE: &str = "io.modelcontextprotocol/model-immediate-response";

const REVISION: Revision = Revision::V2025_11_25;

/// `Task` of the schema.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Task {
    task_id: TaskId,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<String>,
    created_at: String,
    last_updated_at: String,
    ttl: u64,
    poll_interval: u64,
}

impl Task {
    /// As `tasks/get` and `notifications/tasks/status` have it: an error is told in words.
    pub(super) fn of(record: &TaskRecord) -> Self {
        Self { status_message: status_message(record), ..Self::from(&record.info()) }
    }

    /// Writes the members.
    pub(super) fn write(&self, out: &mut JsonWriter<'_>) {
        let task = serde_json::to_value(self).unwrap_or_default();
        for (name, value) in task.as_object().into_iter().flatten() {
            out.entry(name, value);
        }
    }
}

impl From<&TaskInfo> for Task {
    fn from(info: &TaskInfo) -> Self {
        let millis = |it: std::time::Duration| u64::try_from(it.as_millis()).unwrap_or(u64::MAX);
        Self {
            task_id: info.id,
            status: info.status_in(REVISION).as_str(),
            status_message: info.message.clone(),
            created_at: info.created.to_string(),
            last_updated_at: info.updated.to_string(),
            ttl: millis(info.ttl),
            poll_interval: millis(info.poll_interval),
        }
    }
}

impl Core {
    /// The answer to a call that has become a task.
    pub(in crate::server) fn write_created_in_session(
        &self,
        request: &Request<'_>,
        tool: &CompiledTool,
        info: &TaskInfo,
    ) -> Vec<u8> {
        let response = tool.tool.task.as_ref().and_then(|task| task.immediate_response.as_ref());
        let meta = response.map(|text| Map::from_iter([(IMMEDIATE_RESPONSE.into(), json!(text))]));
        self.result_with_meta(request, meta.as_ref(), |result| {
            result.member("task", &Task::from(info));
        })
    }

    /// `tasks/get`
    pub(in crate::server) async fn get_task(
        &self,
        request: &Request<'_>,
    ) -> Result<Vec<u8>, RpcError> {
        let id = task_id(request)?;
        let record = self.tasks.store.get(&owner(request), id).await.map_err(refused)?;
        Ok(self.result(request, |result| Task::of(&record).write(result)))
    }

    /// `tasks/cancel`
    pub(in crate::server) async fn cancel_task_in_session(
        &self,
        request: &Request<'_>,
    ) -> Result<Vec<u8>, RpcError> {
        let id = task_id(request)?;
        let info = self.tasks.store.cancel(&owner(request), id).await.map_err(refused)?;
        Ok(self.result(request, |result| Task::from(&info).write(result)))
    }

    /// Whether a caller may have a list of tasks: one whose tasks are known to be its own.
    pub(in crate::server) fn lists_tasks(&self, owner: &Owner) -> bool {
        self.declared.tasks && *owner != Owner::Anonymous
    }

    /// `tasks/list`
    pub(in crate::server) async fn list_tasks(
        &self,
        request: &Request<'_>,
    ) -> Result<Vec<u8>, RpcError> {
        let owner = owner(request);
        if !self.lists_tasks(&owner) {
            return Err(RpcError::method_not_found("tasks/list"));
        }
        let principal = request.principal.as_ref();
        let after = match optional_member::<Text<'_>>(request.params.cursor, "cursor", "a string")?
        {
            None => None,
            Some(Text(cursor)) => Some(cursor::open_task(&self.sealer, principal, &cursor)?),
        };
        let page = self.tasks.store.list(&owner, after, self.limits.page_items).await;
        let page = page.map_err(refused)?;
        let seal = |next| cursor::seal_task(&self.sealer, principal, next);
        let next = page.next.map(seal).transpose()?;
        let tasks: Vec<Task> = page.tasks.iter().map(Task::from).collect();
        Ok(self.result(request, |result| {
            result.member("tasks", &tasks);
            result.optional("nextCursor", next.as_ref());
        }))
    }

    /// `tasks/result`: waits for the end of the task, and brings its questions to the client
    /// meanwhile.
    pub(in crate::server) async fn task_result(
        self: &Arc<Self>,
        request: &mut Request<'_>,
    ) -> Result<Vec<u8>, Refusal> {
        let id = task_id(request)?;
        let owner = owner(request);
        let ctx = self.asking_context(request)?;
        // What is told of the task meanwhile comes by the same stream.
        let _way = match &request.session {
            Some(session) if request.can_ask => {
                Some(session.wait_for_task(id, request.call_outbox()))
            }
            _ => None,
        };
        let mut ways = JoinSet::new();
        let mut changes = self.tasks.store.watch(id);
        loop {
            let left = self.tasks.delivering.left();
            let record = self.tasks.store.get(&owner, id).await.map_err(refused)?;
            match (&record.outcome, record.status) {
                (Some(Outcome::Result { result, .. }), _) => {
                    return Ok(self.write_outcome(request, id, result)?);
                }
                (Some(Outcome::Error(error)), _) => return Err(error.clone().into()),
                (None, TaskStatus::Cancelled) => {
                    return Err(RpcError::invalid_params("the task was cancelled").into());
                }
                (None, _) => deliver(&self.tasks, &ctx, &owner, &record, &mut ways),
            }
            tokio::select! {
                () = changes.changed() => {}
                Some(_) = ways.join_next() => {}
                () = left => {}
                () = request.cancellation.cancelled() => return Err(Refusal::Cancelled),
                () = self.stopping() => {
                    let message = "the server stops; the task can be asked for again";
                    return Err(RpcError::internal("stopped", message).into());
                }
            }
        }
    }

    fn write_outcome(
        &self,
        request: &Request<'_>,
        id: TaskId,
        result: &RawValue,
    ) -> Result<Vec<u8>, RpcError> {
        let mut members: Map<String, Value> =
            serde_json::from_str(result.get()).map_err(|_| crate::primitives::internal_error())?;
        let mut meta = match members.remove("_meta") {
            Some(Value::Object(meta)) => meta,
            _ => Map::new(),
        };
        meta.insert(RELATED_TASK.to_owned(), json!({ "taskId": id }));
        Ok(self.result_with_meta(request, Some(&meta), |out| {
            for (name, value) in &members {
                out.entry(name, value);
            }
        }))
    }
}
