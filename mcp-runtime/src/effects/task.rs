use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use serde_json::value::RawValue;
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

use super::Question;
use crate::{
    primitives::Error,
    protocol::RpcError,
    tasks::{self, Fence, Owner, Report, StoreError, StoreFuture, TaskId, TaskRecord, TaskStore},
};

/// The longest message of a task.
const MAX_MESSAGE_BYTES: usize = 4096;

/// The way from a function to the task as which it runs.
#[derive(Clone)]
pub(crate) struct TaskHandle(Arc<Inner>);

struct Inner {
    store: Arc<dyn TaskStore>,
    owner: Owner,
    fence: Fence,
    lease: Duration,
    /// What is to be told, later reports in place of earlier ones.
    report: Mutex<Option<Report>>,
    reported: Notify,
}

impl TaskHandle {
    /// `lease` is how long the worker holds the task when the store is away.
    pub(crate) fn new(store: Arc<dyn TaskStore>, record: &TaskRecord, lease: Duration) -> Self {
        Self(Arc::new(Inner {
            store,
            owner: record.request.owner.clone(),
            fence: record.fence(),
            lease,
            report: Mutex::default(),
            reported: Notify::new(),
        }))
    }

    pub(super) fn id(&self) -> TaskId {
        self.0.fence.id
    }

    /// Puts the question on the task and waits for its answer.
    pub(super) async fn ask(&self, key: &str, question: &Question) -> Result<Box<RawValue>, Error> {
        let Inner { store, owner, fence, .. } = &*self.0;
        let mut changes = store.watch(fence.id);
        let asked = tasks::Question::new(key, &*question.method, question.params.clone());
        self.insist(|| store.ask(*fence, vec![asked.clone()])).await?;
        loop {
            let record = self.insist(|| store.get(owner, fence.id)).await?;
            let asked = record.questions.iter().find(|it| it.key == key);
            if let Some(answer) = asked.and_then(|it| it.answer.as_deref()) {
                return Ok(answer.to_owned());
            }
            changes.changed().await;
        }
    }

    /// Keeps what a second run must not do again.
    pub(super) async fn save(&self, journal: Bytes) -> Result<(), Error> {
        self.insist(|| self.0.store.save_journal(self.0.fence, journal.clone())).await
    }

    /// Asks the store again while it is away, as long as the task is this worker's: what the function
    /// does is not to fail for that.
    async fn insist<'a, T>(&self, ask: impl Fn() -> StoreFuture<'a, T>) -> Result<T, Error> {
        let give_up = Instant::now() + self.0.lease;
        loop {
            match ask().await {
                Err(StoreError::Unavailable { retry, .. }) if Instant::now() < give_up => {
                    sleep(retry).await;
                }
                Err(error @ StoreError::Full(_)) => {
                    return Err(RpcError::internal("too_many_bytes", error.to_string()).into());
                }
                // The function learns of it, for what little time it has left.
                answer => return answer.map_err(Error::internal),
            }
        }
    }

    /// Tells clients how far the task is, before long.
    pub(crate) fn report(&self, mut report: Report) {
        if let Some(message) = &mut report.message {
            let mut chars = message.char_indices();
            let end = chars.find(|(at, char)| at + char.len_utf8() > MAX_MESSAGE_BYTES);
            message.truncate(end.map_or(message.len(), |(at, _)| at));
        }
        let mut waiting = self.reports();
        let message = waiting.take().and_then(|it| it.message);
        *waiting = Some(Report { message: report.message.or(message), ..report });
        drop(waiting);
        self.0.reported.notify_one();
    }

    /// Waits until there is something to tell.
    pub(crate) async fn reported(&self) {
        while self.reports().is_none() {
            self.0.reported.notified().await;
        }
    }

    /// Tells it.
    pub(crate) async fn flush(&self) -> Result<(), StoreError> {
        let report = self.reports().take();
        match report {
            Some(report) => match self.0.store.report(self.0.fence, report).await {
                // The work goes on untold.
                Err(StoreError::Full(_)) => Ok(()),
                reported => reported,
            },
            None => Ok(()),
        }
    }

    fn reports(&self) -> MutexGuard<'_, Option<Report>> {
        self.0.report.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for TaskHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskHandle").finish_non_exhaustive()
    }
}
