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
    pub(crate) required: bool,
    pub(crate) ask_first: bool,
    pub(crate) ttl: Duration,
    pub(crate) poll_interval: Duration,
    pub(crate) time_limit: Option<Duration>,
    pub(crate) retries: Option<u32>,
    pub(crate) concurrency: Option<usize>,
    pub(crate) immediate_response: Option<Cow<'static, str>>,
}

impl TaskPolicy {
    /// How often a tool that is marked `idempotent` is begun at most, unless it is said.
    pub(crate) const IDEMPOTENT_ATTEMPTS: u32 = 3;

    fn new(required: bool) -> Self {
        Self {
            required,
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
        Self::new(false)
    }

    /// The tool runs as a task only. A client that knows no tasks is refused.
    pub fn required() -> Self {
        Self::new(true)
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
