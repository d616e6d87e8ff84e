//! The store of one process.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use tokio::time::Instant;

use super::{
    Answer, Fence, Full, Outcome, Owner, Question, Release, Report, StoreError, StoreFuture, Swept,
    TaskId, TaskInfo, TaskLimits, TaskPage, TaskRecord, TaskRequest, TaskStatus, TaskStore,
    Timestamp, Watch, Watchers,
};

/// Keeps tasks in the memory of this process; they end with it.
///
/// Cloning gives another handle to the same tasks. They have a budget of bytes, counted as
/// [`TaskRecord::bytes`] does: what has no room in it is refused as [`Full`](StoreError::Full).
#[derive(Clone, Debug)]
pub struct MemoryStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    tasks: Mutex<Tasks>,
    watchers: Watchers,
}

impl MemoryStore {
    /// An empty store, with 256 MiB for all tasks, and 64 MiB for those of one principal.
    #[must_use]
    pub fn new() -> Self {
        const MIB: usize = 1024 * 1024;
        Self::with_budget(256 * MIB, 64 * MIB)
    }

    /// An empty store with so many bytes for all tasks, and so many for those of one principal.
    ///
    /// ```
    /// use mcp_runtime::{Server, tasks::MemoryStore};
    ///
    /// let store = MemoryStore::with_budget(16 * 1024 * 1024, 1024 * 1024);
    /// let server = Server::new("trainer", "1.0.0").task_store(store);
    /// ```
    #[must_use]
    pub fn with_budget(total: usize, per_principal: usize) -> Self {
        let clock = Clock { base: Timestamp::now(), started: Instant::now() };
        let tasks =
            Mutex::new(Tasks { budget: Budget { total, per_principal }, ..Tasks::default() });
        Self(Arc::new(Inner { clock, tasks, watchers: Watchers::default() }))
    }

    /// Does something with all that is kept, and tells whoever waits for what it has changed.
    fn with<'a, T: Send>(
        &'a self,
        act: impl FnOnce(&mut Tasks, Timestamp, &mut Changes) -> Result<T, StoreError> + Send + 'a,
    ) -> StoreFuture<'a, T> {
        Box::pin(async move {
            let mut changes = Changes::default();
            let result = {
                let mut tasks = self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner);
                // Inside the lock, so that the times of changes have the order of the changes.
                let now = self.0.clock.now();
                act(&mut tasks, now, &mut changes)
            };
            for id in changes.tasks {
                self.0.watchers.task_changed(id);
            }
            if changes.work {
                self.0.watchers.work_added();
            }
            result
        })
    }

    /// Changes a task for the worker that holds it, if it still does.
    fn held<'a>(
        &'a self,
        fence: Fence,
        visible: bool,
        change: impl FnOnce(&mut TaskRecord, Timestamp) -> Result<(), StoreError> + Send + 'a,
    ) -> StoreFuture<'a, ()> {
        self.with(move |tasks, now, changes| {
            tasks.lapse(now, changes);
            tasks.change(fence.id, now, changes, |record| change(record, now))?;
            if visible {
                changes.tasks.push(fence.id);
            }
            Ok(())
        })
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

/// Does not jump when somebody sets the clock of the machine.
#[derive(Debug)]
struct Clock {
    base: Timestamp,
    started: Instant,
}

impl Clock {
    fn now(&self) -> Timestamp {
        self.base + self.started.elapsed()
    }
}

/// What those who wait are told after an act.
#[derive(Default)]
struct Changes {
    tasks: Vec<TaskId>,
    work: bool,
}

/// The tasks, and an index for each question that is asked of them.
#[derive(Debug, Default)]
struct Tasks {
    by_id: HashMap<TaskId, Kept>,
    by_owner: HashMap<Owner, Owned>,
    budget: Budget,
    bytes: usize,
    /// Those that wait for a worker, by tool, in the order in which they came.
    waiting: HashMap<String, BTreeMap<u64, TaskId>>,
    next_place: u64,
    by_lease: BTreeSet<(Timestamp, TaskId)>,
    by_expiry: BTreeSet<(Timestamp, TaskId)>,
}

/// How many bytes are kept at most.
#[derive(Debug, Default)]
struct Budget {
    total: usize,
    per_principal: usize,
}

/// What one owner has.
#[derive(Debug, Default)]
struct Owned {
    tasks: BTreeSet<(Timestamp, TaskId)>,
    bytes: usize,
}

#[derive(Debug)]
struct Kept {
    record: TaskRecord,
    /// Its place among those that wait for a worker.
    place: Option<u64>,
}

impl Tasks {
    fn create(
        &mut self,
        request: TaskRequest,
        limits: TaskLimits,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Result<TaskRecord, StoreError> {
        self.forget_expired(now);
        if let Some(kept) = self.by_id.get(&request.id) {
            let is_same = kept.record.request.owner == request.owner;
            return if is_same { Ok(kept.record.clone()) } else { Err(StoreError::Unknown) };
        }
        if self.by_id.len() >= limits.total {
            return Err(StoreError::Full(Full::Total));
        }
        if self.by_owner.get(&request.owner).map_or(0, |it| it.tasks.len()) >= limits.per_owner {
            return Err(StoreError::Full(Full::Owner));
        }
        let record = TaskRecord::new(request, now);
        let bytes = record.bytes();
        if bytes > record.request.max_bytes {
            return Err(StoreError::Full(Full::Record));
        }
        self.check_budget(&record.request.owner, bytes)?;
        let key = (record.expires(), record.id());
        let owned = self.by_owner.entry(record.request.owner.clone()).or_default();
        owned.tasks.insert(key);
        owned.bytes += bytes;
        self.bytes += bytes;
        self.by_expiry.insert(key);
        self.by_id.insert(record.id(), Kept { record: record.clone(), place: None });
        self.enqueue(record.id(), changes);
        Ok(record)
    }

    /// Whether there is room for so many bytes more.
    fn check_budget(&self, owner: &Owner, more: usize) -> Result<(), StoreError> {
        if self.bytes + more > self.budget.total {
            return Err(StoreError::Full(Full::Bytes));
        }
        // Of others nobody knows who they are, or there is but one.
        let has = self.by_owner.get(owner).map_or(0, |it| it.bytes);
        if matches!(owner, Owner::Principal { .. }) && has + more > self.budget.per_principal {
            return Err(StoreError::Full(Full::OwnerBytes));
        }
        Ok(())
    }

    /// A task that is there for everyone.
    fn find(&mut self, id: TaskId, now: Timestamp) -> Result<&mut TaskRecord, StoreError> {
        match self.by_id.get_mut(&id) {
            Some(kept) if kept.record.expires() > now => Ok(&mut kept.record),
            _ => Err(StoreError::Unknown),
        }
    }

    fn owned(
        &mut self,
        owner: &Owner,
        id: TaskId,
        now: Timestamp,
    ) -> Result<&mut TaskRecord, StoreError> {
        self.find(id, now).and_then(|record| {
            if record.request.owner == *owner { Ok(record) } else { Err(StoreError::Unknown) }
        })
    }

    fn list(&self, owner: &Owner, after: Option<TaskId>, limit: usize, now: Timestamp) -> TaskPage {
        let none = TaskPage { tasks: Vec::new(), next: None };
        let Some(owned) = self.by_owner.get(owner).map(|it| &it.tasks) else { return none };
        let end = match after {
            Some(id) => match self.by_id.get(&id).map(|kept| (kept.record.expires(), id)) {
                Some(key) if owned.contains(&key) => key,
                _ => return none,
            },
            None => (Timestamp::from_millis(u64::MAX), TaskId::MAX),
        };
        let mut rest = owned.range(..end).rev().take_while(|(expires, _)| *expires > now);
        let ids: Vec<TaskId> = rest.by_ref().take(limit).map(|(_, id)| *id).collect();
        let next = if rest.next().is_some() { ids.last().copied() } else { None };
        let tasks = ids.iter().filter_map(|id| self.by_id.get(id)).map(|kept| kept.record.info());
        TaskPage { tasks: tasks.collect(), next }
    }

    /// The first of those that wait for one of the tools.
    fn next_waiting(&self, tools: &[&str]) -> Option<TaskId> {
        let heads = tools.iter().filter_map(|tool| self.waiting.get(*tool)?.first_key_value());
        heads.min_by_key(|(place, _)| **place).map(|(_, id)| *id)
    }

    fn claim(
        &mut self,
        worker: &str,
        tools: &[&str],
        lease: Duration,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Option<TaskRecord> {
        self.forget_expired(now);
        self.lapse(now, changes);
        let id = self.next_waiting(tools)?;
        self.dequeue(id);
        let record = &mut self.by_id.get_mut(&id)?.record;
        record.claim(worker, lease, now);
        let record = record.clone();
        self.by_lease.extend(lease_key(&record));
        Some(record)
    }

    /// Changes a task, and the indexes with it.
    fn change<T>(
        &mut self,
        id: TaskId,
        now: Timestamp,
        changes: &mut Changes,
        change: impl FnOnce(&mut TaskRecord) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut record = self.find(id, now)?.clone();
        let (held, before) = (lease_key(&record), record.bytes());
        let result = change(&mut record)?;
        self.count(&record, before)?;
        let now_held = lease_key(&record);
        let waits = now_held.is_none() && !record.status.is_terminal();
        *self.find(id, now)? = record;
        if held != now_held {
            if let Some(key) = held {
                self.by_lease.remove(&key);
            }
            self.by_lease.extend(now_held);
        }
        if waits {
            self.enqueue(id, changes);
        } else {
            self.dequeue(id);
        }
        Ok(result)
    }

    /// Counts what a record has now and had `before`, if there is room for it.
    fn count(&mut self, record: &TaskRecord, before: usize) -> Result<(), StoreError> {
        let (owner, after) = (&record.request.owner, record.bytes());
        let is_small = record.outcome.as_ref().is_some_and(Outcome::is_small);
        if after > before && !is_small {
            self.check_budget(owner, after - before)?;
        }
        self.bytes = self.bytes + after - before;
        if let Some(owned) = self.by_owner.get_mut(owner) {
            owned.bytes = owned.bytes + after - before;
        }
        Ok(())
    }

    fn enqueue(&mut self, id: TaskId, changes: &mut Changes) {
        if let Some(kept) = self.by_id.get_mut(&id)
            && kept.place.is_none()
        {
            let place = self.next_place;
            self.next_place += 1;
            kept.place = Some(place);
            let tool = kept.record.request.tool.clone();
            self.waiting.entry(tool).or_default().insert(place, id);
            changes.work = true;
        }
    }

    fn dequeue(&mut self, id: TaskId) {
        if let Some(kept) = self.by_id.get_mut(&id)
            && let Some(place) = kept.place.take()
            && let Some(queue) = self.waiting.get_mut(&kept.record.request.tool)
        {
            queue.remove(&place);
            if queue.is_empty() {
                self.waiting.remove(&kept.record.request.tool);
            }
        }
    }

    fn forget_expired(&mut self, now: Timestamp) -> usize {
        let mut expired = 0;
        while let Some(&key @ (expires, id)) = self.by_expiry.first()
            && expires <= now
        {
            self.by_expiry.pop_first();
            self.dequeue(id);
            if let Some(Kept { record, .. }) = self.by_id.remove(&id) {
                if let Some(key) = lease_key(&record) {
                    self.by_lease.remove(&key);
                }
                let bytes = record.bytes();
                self.bytes -= bytes;
                if let Some(owned) = self.by_owner.get_mut(&record.request.owner) {
                    owned.bytes -= bytes;
                    owned.tasks.remove(&key);
                    if owned.tasks.is_empty() {
                        self.by_owner.remove(&record.request.owner);
                    }
                }
            }
            expired += 1;
        }
        expired
    }

    /// Takes the tasks away from the workers that have not renewed their lease.
    fn lapse(&mut self, now: Timestamp, changes: &mut Changes) -> Swept {
        let mut swept = Swept::default();
        while let Some(&(until, id)) = self.by_lease.first()
            && until <= now
        {
            let status = self.change(id, now, changes, |record| {
                record.lapse(now);
                Ok(record.status)
            });
            match status {
                Ok(TaskStatus::Failed) => {
                    swept.failed += 1;
                    changes.tasks.push(id);
                }
                Ok(_) => swept.requeued += 1,
                // What is expired is not there to be changed.
                Err(_) => _ = self.by_lease.pop_first(),
            }
        }
        swept
    }

    fn sweep(&mut self, now: Timestamp, changes: &mut Changes) -> Swept {
        let expired = self.forget_expired(now);
        let lapsed = self.lapse(now, changes);
        let due = [self.by_lease.first(), self.by_expiry.first()];
        let next = due.into_iter().flatten().min().map(|(due, _)| due.since(now));
        Swept { expired, next, ..lapsed }
    }
}

fn lease_key(record: &TaskRecord) -> Option<(Timestamp, TaskId)> {
    record.lease.as_ref().map(|lease| (lease.until, record.id()))
}

impl TaskStore for MemoryStore {
    fn create(&self, request: TaskRequest, limits: TaskLimits) -> StoreFuture<'_, TaskRecord> {
        self.with(move |tasks, now, changes| tasks.create(request, limits, now, changes))
    }

    fn get<'a>(&'a self, owner: &'a Owner, id: TaskId) -> StoreFuture<'a, TaskRecord> {
        self.with(move |tasks, now, _| tasks.owned(owner, id, now).cloned())
    }

    fn list<'a>(
        &'a self,
        owner: &'a Owner,
        after: Option<TaskId>,
        limit: usize,
    ) -> StoreFuture<'a, TaskPage> {
        self.with(move |tasks, now, _| Ok(tasks.list(owner, after, limit, now)))
    }

    fn cancel<'a>(&'a self, owner: &'a Owner, id: TaskId) -> StoreFuture<'a, TaskInfo> {
        self.with(move |tasks, now, changes| {
            tasks.owned(owner, id, now)?;
            let info = tasks.change(id, now, changes, |record| {
                record.cancel(now)?;
                Ok(record.info())
            })?;
            changes.tasks.push(id);
            Ok(info)
        })
    }

    fn answer<'a>(
        &'a self,
        owner: &'a Owner,
        id: TaskId,
        answers: Vec<Answer>,
    ) -> StoreFuture<'a, Vec<String>> {
        self.with(move |tasks, now, changes| {
            tasks.owned(owner, id, now)?;
            let taken = tasks.change(id, now, changes, |record| record.answer(answers, now))?;
            if !taken.is_empty() {
                changes.tasks.push(id);
            }
            Ok(taken)
        })
    }

    fn claim<'a>(
        &'a self,
        worker: &'a str,
        tools: &'a [&'a str],
        lease: Duration,
    ) -> StoreFuture<'a, Option<TaskRecord>> {
        self.with(move |tasks, now, changes| Ok(tasks.claim(worker, tools, lease, now, changes)))
    }

    fn renew(&self, fence: Fence, lease: Duration) -> StoreFuture<'_, ()> {
        self.held(fence, false, move |record, now| record.renew(fence.token, lease, now))
    }

    fn report(&self, fence: Fence, report: Report) -> StoreFuture<'_, ()> {
        self.held(fence, true, move |record, now| record.report(fence.token, report, now))
    }

    fn ask(&self, fence: Fence, questions: Vec<Question>) -> StoreFuture<'_, ()> {
        self.held(fence, true, move |record, now| record.ask(fence.token, questions, now))
    }

    fn save_journal(&self, fence: Fence, journal: Bytes) -> StoreFuture<'_, ()> {
        self.held(fence, false, move |record, _| record.save_journal(fence.token, journal))
    }

    fn finish(&self, fence: Fence, outcome: Outcome) -> StoreFuture<'_, ()> {
        self.held(fence, true, move |record, now| record.finish(fence.token, outcome, now))
    }

    fn release(&self, fence: Fence, release: Release) -> StoreFuture<'_, ()> {
        self.held(fence, true, move |record, now| record.release(fence.token, release, now))
    }

    fn sweep(&self) -> StoreFuture<'_, Swept> {
        self.with(move |tasks, now, changes| Ok(tasks.sweep(now, changes)))
    }

    fn watch(&self, id: TaskId) -> Watch {
        self.0.watchers.watch(id)
    }

    fn watch_work(&self) -> Watch {
        self.0.watchers.watch_work()
    }
}
