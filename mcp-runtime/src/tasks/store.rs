use std::time::Duration;

use bytes::Bytes;

use super::{
    Answer, Outcome, Owner, Question, StoreError, TaskId, TaskInfo, TaskProgress, TaskRecord,
    TaskRequest, Watch,
};
use crate::primitives::BoxFuture;

/// What every method of a [`TaskStore`] gives.
pub type StoreFuture<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Where tasks are kept, and where workers find them.
///
/// The three kinds of methods are for callers on the wire, who name their [`Owner`] and learn of
/// nobody else's tasks; for workers, who show a [`Fence`] with all that they do; and for upkeep.
///
/// Every implementation promises:
///
/// * Each method is atomic and, when it gives `Ok`, durable as far as the store is: what was
///   acknowledged is not lost, whatever becomes of the process.
/// * The statuses follow the machine of [`TaskStatus`](super::TaskStatus). A terminal one never
///   changes, and there is one outcome.
/// * Each is safe to repeat after [`Unavailable`](StoreError::Unavailable), with the same arguments.
/// * Time is the store's: leases and times to live do not depend on the clocks of workers.
/// * A task is kept for its time to live, and forgotten then in whatever status. What is forgotten
///   is unknown at once.
/// * The cost of a method does not grow with the number of tasks that are kept.
/// * Every method returns within a bound of time.
///
/// [`contract`](super::contract) is a suite of tests for all of this. The transitions of
/// [`TaskRecord`] do the state machine for a store that keeps whole records.
pub trait TaskStore: Send + Sync + 'static {
    /// Keeps a new task, and gives it to the workers. A request whose id is known already changes
    /// nothing: the record is as it stands.
    ///
    /// # Errors
    ///
    /// [`Full`](StoreError::Full), also when the arguments alone are more than
    /// [`max_bytes`](TaskRequest::max_bytes); [`Unknown`](StoreError::Unknown) when the id is that of
    /// another owner's task.
    fn create(&self, request: TaskRequest, limits: TaskLimits) -> StoreFuture<'_, TaskRecord>;

    /// The task as it stands.
    ///
    /// # Errors
    ///
    /// [`Unknown`](StoreError::Unknown), [`Unreadable`](StoreError::Unreadable).
    fn get<'a>(&'a self, owner: &'a Owner, id: TaskId) -> StoreFuture<'a, TaskRecord>;

    /// At most `limit` of the owner's tasks, those that are kept longest first, from behind the task
    /// `after`. What cannot be read is left out.
    ///
    /// # Errors
    ///
    /// Only [`Unavailable`](StoreError::Unavailable): behind a task that is unknown there is nothing.
    fn list<'a>(
        &'a self,
        owner: &'a Owner,
        after: Option<TaskId>,
        limit: usize,
    ) -> StoreFuture<'a, TaskPage>;

    /// Ends the task as cancelled. Its worker loses it: a [`watch`](Self::watch) tells it at once.
    ///
    /// # Errors
    ///
    /// [`Unknown`](StoreError::Unknown); [`Terminal`](StoreError::Terminal) when it has ended, be it
    /// as cancelled.
    fn cancel<'a>(&'a self, owner: &'a Owner, id: TaskId) -> StoreFuture<'a, TaskInfo>;

    /// Keeps the answers to questions of the task, and gives the keys of those that are new. A key
    /// takes one answer; one that was not asked or has its answer is passed over. With the last
    /// missing answer the task is `working` again.
    ///
    /// The store takes any answer: whether it fits the question is for the caller to see.
    ///
    /// # Errors
    ///
    /// [`Unknown`](StoreError::Unknown), [`Terminal`](StoreError::Terminal); [`Full`](StoreError::Full),
    /// and then no answer is taken.
    fn answer<'a>(
        &'a self,
        owner: &'a Owner,
        id: TaskId,
        answers: Vec<Answer>,
    ) -> StoreFuture<'a, Vec<String>>;

    /// Takes the task that has waited longest for a worker and calls one of the `tools`; `None` when
    /// none waits. The worker holds it for `lease`, and longer with each [`renew`](Self::renew).
    ///
    /// A task that was begun before has its journal and its questions. One that cannot be read fails
    /// and the next is taken.
    ///
    /// # Errors
    ///
    /// Only [`Unavailable`](StoreError::Unavailable).
    fn claim<'a>(
        &'a self,
        worker: &'a str,
        tools: &'a [&'a str],
        lease: Duration,
    ) -> StoreFuture<'a, Option<TaskRecord>>;

    /// Holds the task for another `lease` from now.
    ///
    /// # Errors
    ///
    /// [`Unknown`](StoreError::Unknown), [`Terminal`](StoreError::Terminal),
    /// [`Fenced`](StoreError::Fenced): in each case the worker has lost the task.
    fn renew(&self, fence: Fence, lease: Duration) -> StoreFuture<'_, ()>;

    /// Tells clients how far the task is. What the report leaves out stays as it was.
    ///
    /// # Errors
    ///
    /// As [`renew`](Self::renew).
    fn report(&self, fence: Fence, report: Report) -> StoreFuture<'_, ()>;

    /// Asks the client: the task is `input_required` until all is answered. A question that was
    /// asked before in the same words stays as it is, with its answer.
    ///
    /// # Errors
    ///
    /// As [`renew`](Self::renew), and [`KeyReused`](StoreError::KeyReused) or
    /// [`Full`](StoreError::Full); then nothing is asked.
    fn ask(&self, fence: Fence, questions: Vec<Question>) -> StoreFuture<'_, ()>;

    /// Keeps the journal for the case that the task is begun again. It replaces the one before.
    ///
    /// # Errors
    ///
    /// As [`renew`](Self::renew), and [`Full`](StoreError::Full).
    fn save_journal(&self, fence: Fence, journal: Bytes) -> StoreFuture<'_, ()>;

    /// Ends the task. The first outcome stays: to finish again does nothing.
    ///
    /// # Errors
    ///
    /// As [`renew`](Self::renew), and [`Full`](StoreError::Full) for an outcome of more than
    /// [`Outcome::SMALL`] bytes that has no room.
    fn finish(&self, fence: Fence, outcome: Outcome) -> StoreFuture<'_, ()>;

    /// Gives the task back, as a server does that stops. It does not count as an attempt. A task
    /// that was begun and may not be begun again fails with
    /// [`ServerStopped`](super::Failure::ServerStopped).
    ///
    /// # Errors
    ///
    /// As [`renew`](Self::renew).
    fn release(&self, fence: Fence, release: Release) -> StoreFuture<'_, ()>;

    /// Forgets the tasks whose time is over, and lets those whose lease has run out wait for another
    /// worker, or fail with [`WorkerLost`](super::Failure::WorkerLost) when they were begun as often
    /// as they may be. [`sweep_on_time`](super::sweep_on_time) calls it.
    ///
    /// # Errors
    ///
    /// Only [`Unavailable`](StoreError::Unavailable).
    fn sweep(&self) -> StoreFuture<'_, Swept>;

    /// Tells of changes of one task, whoever makes them: of its status, its message, its progress
    /// and its questions. A task that is forgotten need not be told of.
    ///
    /// Whoever watches looks at the task after each change and once at first, because changes that
    /// follow each other can be told as one, and one can be told that was none.
    fn watch(&self, id: TaskId) -> Watch;

    /// Tells when a task may wait for a worker.
    fn watch_work(&self) -> Watch;
}

/// What a worker shows with all that it does: the task that it has claimed, and the number of that
/// claim. When the task has passed to another worker, the store refuses the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The task.
    pub id: TaskId,
    /// The claim: [`TaskRecord::token`] as it was then.
    pub token: u64,
}

/// How many tasks are kept at once, in whatever status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskLimits {
    /// In all.
    pub total: usize,
    /// Of one owner.
    pub per_owner: usize,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct TaskPage {
    /// The tasks.
    pub tasks: Vec<TaskInfo>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<TaskId>,
}

/// What a worker tells of a task that it runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// How far it is.
    pub progress: Option<TaskProgress>,
    /// Where it stands, for people.
    pub message: Option<String>,
}

/// How a worker gives a task back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// The tool was not begun.
    Untouched,
    /// The tool was begun, and was interrupted.
    Interrupted,
}

/// What a sweep has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Tasks whose time was over. A store that forgets them without being told counts none.
    pub expired: usize,
    /// Tasks that have lost their worker and wait for another.
    pub requeued: usize,
    /// Tasks that have lost their worker and have failed.
    pub failed: usize,
    /// When there is something to do again, as far as the store knows.
    pub next: Option<Duration>,
}
