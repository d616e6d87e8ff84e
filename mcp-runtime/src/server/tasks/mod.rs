//! Tools that run as tasks: how a call becomes one, who runs it, and how clients see it.

mod call;
mod core_tasks;
mod extension;
mod questions;
mod result_tool;
mod subscription;
mod telling;
mod worker;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use mcp_auth::Principal;
use serde_json::json;
use tokio::{
    sync::{Notify, Semaphore, watch},
    task::AbortHandle,
    time::timeout,
};

use self::questions::Delivering;
pub(super) use self::{
    call::Mode,
    result_tool::{handed_out, result_tool},
};
use super::{Limits, core::Core, dispatch::Request};
use crate::{
    protocol::{ClientCapability, ErrorCode, RpcError, Text, member},
    tasks::{Full, Owner, StoreError, TaskId, TaskRecord, TaskStore},
};

/// The extension that has tasks in 2026-07-28.
pub(crate) const EXTENSION: &str = "io.modelcontextprotocol/tasks";

/// What a server has for its tasks.
pub(crate) struct Tasks {
    pub(crate) store: Arc<dyn TaskStore>,
    /// A place for each task that runs, or that is just being taken.
    slots: Arc<Semaphore>,
    places: u32,
    /// How many run of each tool.
    running: Mutex<HashMap<String, usize>>,
    /// One has ended: there is a place for another.
    freed: Notify,
    workers: OnceLock<Vec<AbortHandle>>,
    /// Those that still run are to be given back.
    giving_back: watch::Sender<bool>,
    delivering: Delivering,
}

impl Tasks {
    pub(crate) fn new(store: Arc<dyn TaskStore>, limits: &Limits) -> Self {
        let places = limits.tasks_running.min(Semaphore::MAX_PERMITS);
        let places = u32::try_from(places).unwrap_or(u32::MAX);
        Self {
            store,
            slots: Arc::new(Semaphore::new(places as usize)),
            places,
            running: Mutex::default(),
            freed: Notify::new(),
            workers: OnceLock::new(),
            giving_back: watch::Sender::new(false),
            delivering: Delivering::default(),
        }
    }

    /// Waits until no task runs, and none is just being taken.
    async fn idle(&self) {
        let _all = self.slots.acquire_many(self.places).await;
    }

    fn running(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        for worker in self.workers.get().into_iter().flatten() {
            worker.abort();
        }
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks").field("slots", &self.slots).finish_non_exhaustive()
    }
}

/// Whose tasks a request is about.
fn owner(request: &Request<'_>) -> Owner {
    owner_of(request.principal.as_ref(), request.is_only_client)
}

fn owner_of(principal: Option<&Principal>, is_only_client: bool) -> Owner {
    match principal {
        Some(principal) => principal.into(),
        None if is_only_client => Owner::Process,
        None => Owner::Anonymous,
    }
}

impl Request<'_> {
    /// Whether the client is known to know tasks. One of 2025-11-25 says so with each call.
    pub(super) fn knows_tasks(&self) -> bool {
        let extension = ClientCapability::Extension(EXTENSION);
        self.revision.is_stateless() && self.client.capabilities.has(extension)
    }
}

/// The task that a request names. A text that is no id names none.
fn task_id(request: &Request<'_>) -> Result<TaskId, RpcError> {
    let Text(id) = member(request.params.task_id, "taskId", "a string")?;
    id.parse().map_err(|_| unknown())
}

/// -32602: the same for a task that never was, has expired, or is another's.
fn unknown() -> RpcError {
    RpcError::invalid_params("unknown task")
}

/// The answer to a request that the store has refused.
pub(crate) fn refused(error: StoreError) -> RpcError {
    match error {
        StoreError::Unknown => unknown(),
        StoreError::Terminal(status) => {
            RpcError::invalid_params(format!("the task has ended already: {status}"))
        }
        StoreError::Full(full) => {
            let reason = match full {
                Full::Total | Full::Owner => "too_many_tasks",
                Full::Record | Full::Bytes | Full::OwnerBytes => "too_many_bytes",
            };
            // Others end; one that is too large stays so.
            let data = match full {
                Full::Record => json!({ "reason": reason }),
                _ => json!({ "reason": reason, "retryAfter": RETRY_FULL.as_secs() }),
            };
            RpcError::new(ErrorCode::INTERNAL_ERROR, error.to_string()).with_data(data)
        }
        StoreError::Unavailable { retry, cause } => {
            tracing::error!(error = %cause, "the store is not available");
            let seconds = retry.as_secs().max(1);
            RpcError::new(ErrorCode::INTERNAL_ERROR, "the store is not available")
                .with_data(json!({ "reason": "unavailable", "retryAfter": seconds }))
        }
        error => {
            tracing::error!(%error, "a task cannot be served");
            crate::primitives::internal_error()
        }
    }
}

/// When it is worth trying again after there was no room.
const RETRY_FULL: Duration = Duration::from_secs(30);

/// How long the store has for tasks that are given back.
const GIVE_BACK: Duration = Duration::from_secs(2);

impl Core {
    /// The task that a request names, if it is the caller's.
    pub(super) async fn task_of(&self, request: &Request<'_>) -> Option<TaskRecord> {
        self.tasks.store.get(&owner(request), task_id(request).ok()?).await.ok()
    }

    /// Lets the tasks that run end within `patience`, and gives the others back, for another process
    /// to go on with them.
    pub(crate) async fn end_tasks(&self, patience: Duration) {
        if timeout(patience, self.tasks.idle()).await.is_err() {
            self.tasks.giving_back.send_replace(true);
            if timeout(GIVE_BACK, self.tasks.idle()).await.is_err() {
                tracing::warn!("tasks that run cannot be given back to the store");
            }
        }
    }

    /// Runs the server's tasks from here on, if it has some.
    pub(crate) fn start_tasks(self: &Arc<Self>) {
        if self.declared.tasks {
            self.tasks.workers.get_or_init(|| worker::start(self));
        }
    }
}
