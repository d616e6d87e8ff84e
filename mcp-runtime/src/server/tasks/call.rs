//! How the call of a tool becomes a task.

use std::{sync::Arc, time::Duration};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{EXTENSION, owner, refused, telling::Teller};
use crate::{
    primitives::CompiledTool,
    protocol::{ClientCapability, ErrorCode, Object, Revision, RpcError, optional_member},
    server::{core::Core, dispatch::Request},
    tasks::{Owner, TaskId, TaskLimits, TaskPolicy, TaskRecord, TaskRequest, WithoutTasks},
};

/// What a call of a tool is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) enum Mode {
    /// An ordinary call.
    Inline,
    /// An ordinary call until the function says that it is a task.
    AskFirst,
    /// A task, kept for so long if the client has a wish.
    Task(Option<Duration>),
    /// A task, of which the client gets a handle.
    Handle,
}

/// `params.task` of 2025-11-25.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    ttl: Option<u64>,
}

impl Core {
    /// # Errors
    ///
    /// When the tool runs only as a task and the client's call is none, or the other way round.
    pub(in crate::server) fn mode(
        &self,
        request: &Request<'_>,
        tool: &CompiledTool,
    ) -> Result<Mode, RpcError> {
        let policy = tool.tool.task.as_ref();
        let without_tasks = policy.map_or(WithoutTasks::Inline, |policy| policy.without_tasks);
        let plain = |refusal: &dyn Fn() -> RpcError| match without_tasks {
            WithoutTasks::Inline => Ok(Mode::Inline),
            WithoutTasks::Handle => Ok(Mode::Handle),
            WithoutTasks::Refused => Err(refusal()),
        };
        match request.revision {
            Revision::V2026_07_28 => match policy {
                Some(policy) if request.knows_tasks() => {
                    Ok(if policy.ask_first { Mode::AskFirst } else { Mode::Task(None) })
                }
                Some(policy) if policy.is_required() => {
                    request.require(&[ClientCapability::Extension(EXTENSION)])?;
                    Ok(Mode::Task(None))
                }
                Some(policy) if policy.hands_out() => Ok(Mode::Handle),
                _ => Ok(Mode::Inline),
            },
            Revision::V2025_11_25 if self.declared.tasks => {
                let wish: Option<Object<Wish>> =
                    optional_member(request.params.task, "task", "an object with a `ttl`")?;
                match (wish, policy) {
                    (Some(_), None) => {
                        Err(wrong_way("this tool does not run as a task: call it without `task`"))
                    }
                    (Some(Object(wish)), Some(_)) => {
                        Ok(Mode::Task(wish.ttl.map(Duration::from_millis)))
                    }
                    (None, _) => {
                        plain(&|| wrong_way("this tool runs only as a task: call it with `task`"))
                    }
                }
            }
            revision => plain(&|| {
                wrong_way(&format!("this tool runs only as a task, and {revision} has no tasks"))
            }),
        }
    }

    /// Makes a task of a call.
    pub(in crate::server) async fn create_task(
        self: &Arc<Self>,
        request: &Request<'_>,
        tool: &CompiledTool,
        arguments: &str,
        mode: Mode,
        journal: Vec<u8>,
    ) -> Result<TaskRecord, RpcError> {
        let default = TaskPolicy::optional();
        let policy = tool.tool.task.as_ref().unwrap_or(&default);
        let internal = |_| crate::primitives::internal_error();
        let arguments = if arguments.is_empty() { "{}" } else { arguments };
        let arguments = RawValue::from_string(arguments.to_owned()).map_err(internal)?;
        let id = TaskId::random().map_err(|_| crate::primitives::internal_error())?;
        let mut task = TaskRequest::new(id, owner(request), tool.tool.name(), arguments);
        task.revision = request.revision;
        task.capabilities = Arc::clone(&request.client.capabilities);
        let wish = if let Mode::Task(ttl) = mode { ttl } else { None };
        task.ttl = wish.unwrap_or(policy.ttl).min(self.limits.task_ttl);
        task.poll_interval = policy.poll_interval;
        task.max_attempts = tool.tool.attempts();
        task.journal = journal.into();
        task.principal.clone_from(&request.principal);
        task.max_bytes = self.limits.task_bytes;
        let per_owner = match task.owner {
            Owner::Principal { .. } => self.limits.tasks_per_principal,
            // Nobody knows who they are, or there is but one.
            _ => self.limits.tasks,
        };
        let limits = TaskLimits { total: self.limits.tasks, per_owner };
        // Only who has called the tool as a task is told of one.
        let teller = match mode {
            Mode::Task(_) => Teller::new(self, request, &task.owner, id),
            _ => None,
        };
        let record = self.tasks.store.create(task, limits).await.map_err(refused)?;
        if let Some(teller) = teller {
            tokio::spawn(teller.tell(record.request.ttl));
        }
        self.start_tasks();
        tracing::debug!(tool = tool.tool.name(), "a task is created");
        Ok(record)
    }
}

/// -32601 (tasks, "Tool-Level Negotiation").
fn wrong_way(message: &str) -> RpcError {
    RpcError::new(ErrorCode::METHOD_NOT_FOUND, message)
}
