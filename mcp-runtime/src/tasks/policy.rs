use std::{borrow::Cow, time::Duration};

use super::TaskRequest;

/// How a tool runs as a task.
///
/// ```
/// use mcp_runtime::tasks::TaskPolicy;
/// use std::time::Duration;
///
/// let policy = TaskPolicy::optional()
///     .ttl(Duration::from_secs(600))
///     .time_limit(Duration::from_secs(120))
///     .retries(2);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct TaskPolicy {
    pub(crate) without_tasks: WithoutTasks,
    pub(crate) ask_first: bool,
    pub(crate) ttl: Duration,
    pub(crate) poll_interval: Duration,
    pub(crate) time_limit: Option<Duration>,
    pub(crate) retries: Option<u32>,
    pub(crate) concurrency: Option<usize>,
    pub(crate) immediate_response: Option<Cow<'static, str>>,
}

/// What becomes of a call by a client that knows no tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WithoutTasks {
    /// An ordinary call.
    Inline,
    Refused,
    /// A task, of which the client gets a handle.
    Handle,
}

impl TaskPolicy {
    /// How often a tool that is marked `idempotent` is begun at most, unless it is said.
    pub(crate) const IDEMPOTENT_ATTEMPTS: u32 = 3;

    fn new(without_tasks: WithoutTasks) -> Self {
        Self {
            without_tasks,
            ask_first: false,
            ttl: TaskRequest::DEFAULT_TTL,
            poll_interval: TaskRequest::DEFAULT_POLL_INTERVAL,
            time_limit: None,
            retries: None,
            concurrency: None,
            immediate_response: None,
        }
    }

    /// The tool is a task for clients that know tasks, and an ordinary call for others.
    pub fn optional() -> Self {
        Self::new(WithoutTasks::Inline)
    }

    /// The tool runs as a task only. A client that knows no tasks is refused.
    pub fn required() -> Self {
        Self::new(WithoutTasks::Refused)
    }

    /// The tool is a task for every client. One that knows no tasks gets a handle, as text and
    /// structured, and asks for the result with a tool that the server adds and lists for such clients
    /// alone: `{name}_result`. It waits up to 10 s for the result, tells how far the task is, brings
    /// what the task asks to the client, and can give the task up. Handles are bound to their owners
    /// as tasks are.
    ///
    /// Such clients see no output schema of the tool, which the handle would not fit.
    pub fn handle() -> Self {
        Self::new(WithoutTasks::Handle)
    }

    pub(crate) fn is_required(&self) -> bool {
        self.without_tasks == WithoutTasks::Refused
    }

    pub(crate) fn hands_out(&self) -> bool {
        self.without_tasks == WithoutTasks::Handle
    }

    /// The function asks its first questions before it becomes a task, in the rounds of the call that
    /// creates the task; it becomes one at [`Context::start_task`](crate::Context::start_task).
    /// Only in 2026-07-28: in 2025-11-25 the call becomes a task at once.
    pub fn ask_first(mut self) -> Self {
        self.ask_first = true;
        self
    }

    /// How long the task is kept from its creation, whatever becomes of it; without it 5 minutes. At
    /// most [`Limits::task_ttl`](crate::Limits::task_ttl), also for what a client asks.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// How long a client is asked to wait between two looks at the task; without it a second.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = interval;
        self
    }

    /// How long the function can run; without it, for as long as the task is kept.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// How often the function is begun again after a lost worker, with the steps that it has done.
    /// Without it twice for an `idempotent` tool, and never for others: such a task fails.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = Some(retries);
        self
    }

    /// How many such tasks one process runs at once; others wait. Without it, as many as
    /// [`Limits::tasks_running`](crate::Limits::tasks_running).
    ///
    /// # Panics
    ///
    /// When it is zero.
    #[track_caller]
    pub fn concurrency(mut self, max: usize) -> Self {
        assert!(max > 0, "a concurrency of zero runs nothing");
        self.concurrency = Some(max);
        self
    }

    /// What the client's model is told of a new task, so that it can go on before there is a result:
    /// `io.modelcontextprotocol/model-immediate-response` of 2025-11-25 (tasks, "Model Immediate
    /// Response"). Without it, nothing; other revisions have no place for it.
    pub fn immediate_response(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.immediate_response = Some(text.into());
        self
    }
}
