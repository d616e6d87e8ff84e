//! `notifications/tasks`, for those who listen to tasks.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::{
    extension::{require, write_detailed},
    owner,
};
use crate::{
    context::{CallOutbox, notification},
    protocol::RpcError,
    server::{core::Core, dispatch::Request, subscriptions::tag},
    tasks::{Owner, TaskId, TaskRecord},
};

impl Core {
    /// Those of the tasks that are the caller's. Of others nothing is said.
    ///
    /// # Errors
    ///
    /// -32021 when the request asks for tasks and does not declare the extension.
    pub(in crate::server) async fn watched_tasks(
        &self,
        request: &Request<'_>,
        wanted: &[String],
    ) -> Result<Vec<TaskId>, RpcError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        require(request)?;
        let owner = owner(request);
        let mut watched = Vec::new();
        for id in wanted.iter().filter_map(|id| id.parse().ok()) {
            let Ok(record) = self.tasks.store.get(&owner, id).await else { continue };
            if self.require_tool(request, &record.request.tool).is_ok() && !watched.contains(&id) {
                watched.push(id);
            }
        }
        Ok(watched)
    }

    /// Tells of the tasks until the subscriber reads too slowly.
    pub(in crate::server) fn tell_of_tasks(
        self: &Arc<Self>,
        request: &Request<'_>,
        tasks: Vec<TaskId>,
    ) -> impl Future<Output = ()> + use<> {
        let owner = owner(request);
        let mut telling = JoinSet::new();
        for id in tasks {
            let listener = Listener {
                core: Arc::clone(self),
                owner: owner.clone(),
                outbox: request.call_outbox(),
                client: Arc::clone(&request.client.capabilities),
                tag: tag(&request.id),
            };
            telling.spawn(listener.tell_of(id));
        }
        async move {
            while let Some(told) = telling.join_next().await {
                if matches!(told, Ok(Told::TooSlow)) {
                    return;
                }
            }
            // The subscription is open for other things.
            std::future::pending().await
        }
    }
}

/// How the telling of one task has ended.
enum Told {
    /// There is nothing more to tell.
    All,
    TooSlow,
}

struct Listener {
    core: Arc<Core>,
    owner: Owner,
    outbox: CallOutbox,
    client: Arc<crate::protocol::ClientCapabilities>,
    tag: serde_json::Map<String, serde_json::Value>,
}

impl Listener {
    async fn tell_of(self, id: TaskId) -> Told {
        let store = &self.core.tasks.store;
        let mut changes = store.watch(id);
        let mut last = Vec::new();
        loop {
            let Ok(record) = store.get(&self.owner, id).await else { return Told::All };
            let message = self.write(&record);
            // Changes that follow each other can be one, and one can be none.
            if message != last {
                if self.outbox.try_push(message.clone().into()).is_err() {
                    return Told::TooSlow;
                }
                last = message;
            }
            if record.status.is_terminal() {
                return Told::All;
            }
            changes.changed().await;
        }
    }

    fn write(&self, record: &TaskRecord) -> Vec<u8> {
        notification("notifications/tasks", |params| {
            params.member("_meta", &self.tag);
            write_detailed(record, &self.client, params);
        })
    }
}
