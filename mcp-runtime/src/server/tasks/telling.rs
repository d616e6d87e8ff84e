//! What the client of a session is told of its tasks without asking: how far they are, and each new
//! status.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use serde_json::json;
use tokio::time::sleep;

use super::{core_tasks::Task, questions::RELATED_TASK};
use crate::{
    context::notification,
    protocol::{JsonWriter, RequestId},
    server::{core::Core, dispatch::Request, session::Session},
    tasks::{Owner, StoreError, TaskId, TaskProgress, TaskRecord, TaskStatus, Watch},
};

/// Tells of one task, whichever process runs it.
pub(super) struct Teller {
    core: Weak<Core>,
    session: Weak<Session>,
    owner: Owner,
    id: TaskId,
    changes: Watch,
    /// By which the client has asked for progress.
    progress_token: Option<RequestId>,
    told: Told,
}

/// What the client knows.
struct Told {
    status: TaskStatus,
    done: f64,
}

impl Teller {
    /// For a task that is about to be created, so that no change is missed. `None` when there is
    /// nobody to tell.
    pub(super) fn new(
        core: &Arc<Core>,
        request: &Request<'_>,
        owner: &Owner,
        id: TaskId,
    ) -> Option<Self> {
        let session = request.session.as_ref()?;
        Some(Self {
            core: Arc::downgrade(core),
            session: Arc::downgrade(session),
            owner: owner.clone(),
            id,
            changes: core.tasks.store.watch(id),
            progress_token: request.params.meta.progress_token(),
            told: Told { status: TaskStatus::Working, done: f64::NEG_INFINITY },
        })
    }

    /// Tells until the task has ended, the session has, or the time of the task is over.
    pub(super) async fn tell(mut self, ttl: Duration) {
        let over = sleep(ttl);
        tokio::pin!(over);
        loop {
            tokio::select! {
                () = self.changes.changed() => {}
                () = &mut over => return,
            }
            let (Some(core), Some(session)) = (self.core.upgrade(), self.session.upgrade()) else {
                return;
            };
            match core.tasks.store.get(&self.owner, self.id).await {
                Ok(record) => {
                    self.tell_what_is_new(&record, &session).await;
                    if record.status.is_terminal() {
                        return;
                    }
                }
                // Once it is back, all may have changed.
                Err(StoreError::Unavailable { .. }) => {}
                Err(_) => return,
            }
        }
    }

    async fn tell_what_is_new(&mut self, record: &TaskRecord, session: &Session) {
        // A token is good until the task has ended (basic/utilities/progress). A task that was begun
        // again starts anew, and the figures must grow.
        if let (Some(token), Some(progress)) = (&self.progress_token, &record.progress)
            && !record.status.is_terminal()
            && progress.done > self.told.done
        {
            self.told.done = progress.done;
            let message = notification("notifications/progress", |params| {
                write_progress(self.id, token, progress, record.message.as_deref(), params);
            });
            session.tell_of_task(self.id, message.into()).await;
        }
        if record.status != self.told.status {
            self.told.status = record.status;
            let message = notification("notifications/tasks/status", |params| {
                Task::of(record).write(params);
            });
            session.tell_of_task(self.id, message.into()).await;
        }
    }
}

fn write_progress(
    id: TaskId,
    token: &RequestId,
    progress: &TaskProgress,
    message: Option<&str>,
    params: &mut JsonWriter<'_>,
) {
    let mut meta = params.object_at("_meta");
    meta.member(RELATED_TASK, &json!({ "taskId": id }));
    meta.end();
    params.member("progressToken", token);
    params.member("progress", &progress.done);
    params.optional("total", progress.total.as_ref());
    params.optional("message", message);
}
