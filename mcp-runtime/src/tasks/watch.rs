use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use super::TaskId;

/// Waits for changes without asking again and again.
///
/// ```
/// # use mcp_runtime::tasks::{Owner, StoreError, TaskId, TaskRecord, TaskStore};
/// /// Waits until a task has ended.
/// async fn ended(store: &dyn TaskStore, owner: &Owner, id: TaskId) -> Result<TaskRecord, StoreError> {
///     let mut watch = store.watch(id);
///     loop {
///         let record = store.get(owner, id).await?;
///         if record.status.is_terminal() {
///             return Ok(record);
///         }
///         watch.changed().await;
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Watch {
    /// Dropped first: the entry sees then whether others still wait.
    changes: watch::Receiver<()>,
    _entry: Option<Entry>,
}

impl Watch {
    /// Waits until there may have been a change since the last time, or since this was made.
    pub async fn changed(&mut self) {
        // The sender lives as long as the entry, or the store, does. Without one there is no more to
        // be told.
        if self.changes.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Brings changes to those who wait for them: what a [`TaskStore`](super::TaskStore) needs for its
/// `watch` methods. Only what is watched is in it.
#[derive(Clone, Debug, Default)]
pub struct Watchers {
    tasks: Arc<Table>,
    work: Arc<watch::Sender<()>>,
}

impl Watchers {
    /// See [`TaskStore::watch`](super::TaskStore::watch).
    #[must_use]
    pub fn watch(&self, id: TaskId) -> Watch {
        let changes = self.tasks.lock().entry(id).or_default().subscribe();
        Watch { changes, _entry: Some(Entry { table: Arc::clone(&self.tasks), id }) }
    }

    /// See [`TaskStore::watch_work`](super::TaskStore::watch_work).
    #[must_use]
    pub fn watch_work(&self) -> Watch {
        Watch { changes: self.work.subscribe(), _entry: None }
    }

    /// The task has changed.
    pub fn task_changed(&self, id: TaskId) {
        if let Some(sender) = self.tasks.lock().get(&id) {
            sender.send_replace(());
        }
    }

    /// A task waits for a worker.
    pub fn work_added(&self) {
        self.work.send_replace(());
    }

    /// Anything may have changed, as after a time in which the store was not reached.
    pub fn all_changed(&self) {
        for sender in self.tasks.lock().values() {
            sender.send_replace(());
        }
        self.work_added();
    }
}

type Senders = HashMap<TaskId, watch::Sender<()>>;

#[derive(Debug, Default)]
struct Table(Mutex<Senders>);

impl Table {
    fn lock(&self) -> MutexGuard<'_, Senders> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes the task from the table when its last watch is gone.
#[derive(Debug)]
struct Entry {
    table: Arc<Table>,
    id: TaskId,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut table = self.table.lock();
        if table.get(&self.id).is_some_and(|sender| sender.receiver_count() == 0) {
            table.remove(&self.id);
        }
    }
}
