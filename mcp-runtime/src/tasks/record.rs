//! What a store keeps of a task.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use mcp_auth::Principal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Fence, TaskId, Timestamp, encoding};
use crate::protocol::{ClientCapabilities, Revision, RpcError};

/// Who may see a task and decide on it.
///
/// Owners are compared whole: issuer, subject and client. A caller without a principal owns nothing
/// but by knowing the id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Owner {
    /// A verified caller.
    Principal {
        /// Who vouches for the caller.
        issuer: String,
        /// Who the caller is.
        subject: String,
        /// The OAuth client through which the caller comes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<String>,
    },
    /// Any caller of a server without authentication.
    Anonymous,
    /// The one client of a server on stdio.
    Process,
}

impl Owner {
    /// The caller, as far as the owner tells: an older version has kept no more.
    pub(crate) fn principal(&self) -> Option<Principal> {
        let Self::Principal { issuer, subject, client } = self else { return None };
        let principal = Principal::new(issuer, subject);
        Some(match client {
            Some(client) => principal.with_client(client),
            None => principal,
        })
    }
}

impl From<&Principal> for Owner {
    fn from(principal: &Principal) -> Self {
        Self::Principal {
            issuer: principal.issuer().to_owned(),
            subject: principal.subject().to_owned(),
            client: principal.client().map(str::to_owned),
        }
    }
}

/// What is to be done, for whom, and within which bounds. It never changes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TaskRequest {
    /// The task's id.
    pub id: TaskId,
    /// Who may see the task and decide on it.
    pub owner: Owner,
    /// The revision of the request that has created the task.
    pub revision: Revision,
    /// The tool that runs.
    pub tool: String,
    /// The tool's arguments: a JSON object.
    pub arguments: Arc<RawValue>,
    /// What the client could do when it created the task.
    pub capabilities: Arc<ClientCapabilities>,
    /// How long the store keeps the task, from its creation, whatever becomes of it.
    #[serde(with = "encoding::millis")]
    pub ttl: Duration,
    /// How long the client is asked to wait between two looks at the task.
    #[serde(with = "encoding::millis")]
    pub poll_interval: Duration,
    /// How often the tool may be begun. One: never again after a lost worker, as the tool is not
    /// marked as safe to run twice.
    pub max_attempts: u32,
    /// What the tool has asked and done before it became a task. Only the worker knows how to read
    /// it.
    #[serde(default, with = "encoding::base64", skip_serializing_if = "Bytes::is_empty")]
    pub journal: Bytes,
    /// The caller as the request had them, for the tool that runs: with scopes and claims, never with
    /// the token. Stores keep it as secret as the arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<Principal>,
    /// How many bytes the record can have: see [`TaskRecord::bytes`].
    #[serde(default = "default_max_bytes", skip_serializing_if = "is_default_max_bytes")]
    pub max_bytes: usize,
}

fn default_max_bytes() -> usize {
    TaskRequest::DEFAULT_MAX_BYTES
}

fn is_default_max_bytes(max_bytes: &usize) -> bool {
    *max_bytes == default_max_bytes()
}

impl TaskRequest {
    /// How long a task is kept unless it is said: 5 minutes.
    pub const DEFAULT_TTL: Duration = Duration::from_secs(300);
    /// How long a client waits between two looks unless it is said: 1 second.
    pub const DEFAULT_POLL_INTERVAL: Duration = Duration::from_secs(1);

    /// How many bytes a record can have unless it is said: 64 MiB.
    pub const DEFAULT_MAX_BYTES: usize = 64 * 1024 * 1024;

    /// A call of `tool` that is begun once. The other fields can be set on the value.
    #[must_use]
    pub fn new(
        id: TaskId,
        owner: Owner,
        tool: impl Into<String>,
        arguments: impl Into<Arc<RawValue>>,
    ) -> Self {
        Self {
            id,
            owner,
            revision: Revision::LATEST,
            tool: tool.into(),
            arguments: arguments.into(),
            capabilities: Arc::default(),
            ttl: Self::DEFAULT_TTL,
            poll_interval: Self::DEFAULT_POLL_INTERVAL,
            max_attempts: 1,
            journal: Bytes::new(),
            principal: None,
            max_bytes: Self::DEFAULT_MAX_BYTES,
        }
    }
}

/// Where a task stands.
///
/// `working` and `input_required` follow each other and lead to each of the others; those are
/// terminal and never change (tasks, "Task Status").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// It waits for a worker, or runs.
    Working,
    /// It has questions without an answer.
    InputRequired,
    /// The tool has given a result, which can be that of a failed call: see
    /// [`TaskInfo::status_in`].
    Completed,
    /// A JSON-RPC error is the outcome.
    Failed,
    /// The caller has given it up.
    Cancelled,
}

impl TaskStatus {
    /// Whether it never changes.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// The status on the wire, for example `input_required`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::InputRequired => "input_required",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for TaskStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What has come of a task that was not cancelled.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// What the tool has given.
    Result {
        /// The result as JSON.
        result: Arc<RawValue>,
        /// Whether the call has failed (`isError`).
        is_error: bool,
    },
    /// The protocol's own error.
    Error(RpcError),
}

impl Outcome {
    /// How many bytes a store takes for an outcome whatever else there is: enough to say that
    /// another has no room.
    pub const SMALL: usize = 1024;

    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Result { result, .. } => result.get().len(),
            Self::Error(error) => {
                error.message().len() + error.data().map_or(0, |data| data.to_string().len())
            }
        }
    }

    /// Whether a store takes it whatever else there is.
    pub(crate) fn is_small(&self) -> bool {
        self.bytes() <= Self::SMALL
    }

    /// The status of a task with this outcome.
    #[must_use]
    pub const fn status(&self) -> TaskStatus {
        match self {
            Self::Result { .. } => TaskStatus::Completed,
            Self::Error(_) => TaskStatus::Failed,
        }
    }

    /// Whether it is the result of a failed call.
    #[must_use]
    pub const fn is_tool_error(&self) -> bool {
        matches!(self, Self::Result { is_error: true, .. })
    }
}

/// Why a store has failed a task of its own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The worker was lost, and the task may not be begun again.
    WorkerLost,
    /// The server stopped, and the task may not be begun again.
    ServerStopped,
    /// The record cannot be read.
    Unreadable,
}

impl Failure {
    /// The error that is the outcome of the task: -32603, with the failure as `data.reason`.
    #[must_use]
    pub fn error(self) -> RpcError {
        match self {
            Self::WorkerLost => RpcError::internal("worker_lost", "the task's worker was lost"),
            Self::ServerStopped => {
                RpcError::internal("server_stopped", "the server stopped before the task was done")
            }
            Self::Unreadable => RpcError::internal("unreadable", "the task cannot be read"),
        }
    }
}

/// Something that the client is asked while a task runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Question {
    /// The question's name, unique for the life of the task.
    pub key: String,
    /// The method of the request, for example `elicitation/create`.
    pub method: String,
    /// Its parameters: a JSON object.
    pub params: Arc<RawValue>,
    /// The client's answer, once it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Arc<RawValue>>,
}

impl Question {
    /// A question without an answer.
    #[must_use]
    pub fn new(
        key: impl Into<String>,
        method: impl Into<String>,
        params: impl Into<Arc<RawValue>>,
    ) -> Self {
        Self { key: key.into(), method: method.into(), params: params.into(), answer: None }
    }

    pub(super) fn bytes(&self) -> usize {
        let answer = self.answer.as_ref().map_or(0, |answer| answer.get().len());
        self.key.len() + self.method.len() + self.params.get().len() + answer
    }

    /// Whether the other asks the same.
    #[must_use]
    pub fn asks_the_same(&self, other: &Self) -> bool {
        (&self.key, &self.method, self.params.get())
            == (&other.key, &other.method, other.params.get())
    }
}

/// The client's answer to a [`Question`].
#[derive(Clone, Debug)]
pub struct Answer {
    /// The question's key.
    pub key: String,
    /// The answer as JSON.
    pub value: Arc<RawValue>,
}

/// How far a task has come.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskProgress {
    /// What is done.
    pub done: f64,
    /// Of how much, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<f64>,
}

/// Which worker holds a task, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The worker's name.
    pub worker: String,
    /// When the lease runs out unless it is renewed.
    pub until: Timestamp,
}

/// What every answer about a task says of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TaskInfo {
    /// The task's id.
    pub id: TaskId,
    /// The revision of the request that has created it.
    pub revision: Revision,
    /// The tool that runs.
    pub tool: String,
    /// Where the task stands. What a client is told depends on its revision:
    /// [`status_in`](Self::status_in).
    pub status: TaskStatus,
    /// Whether it is completed with the result of a failed call.
    pub tool_error: bool,
    /// Where the task stands, for people.
    pub message: Option<String>,
    /// When it was created.
    pub created: Timestamp,
    /// When its status, message or progress last changed.
    pub updated: Timestamp,
    /// How long it is kept, from its creation.
    pub ttl: Duration,
    /// How long the client is asked to wait between two looks.
    pub poll_interval: Duration,
}

impl TaskInfo {
    /// The status as a client of `revision` knows it: a failed call is `failed` in 2025-11-25, and
    /// `completed` in the extension of 2026-07-28.
    #[must_use]
    pub fn status_in(&self, revision: Revision) -> TaskStatus {
        if self.tool_error && !revision.is_stateless() { TaskStatus::Failed } else { self.status }
    }
}

/// All that a store keeps of a task. Cloning is cheap.
///
/// It says nothing of the process that works on the task, so that any process can go on with it.
///
/// As serde data it is an object with the member `format`; one of a newer format is not read.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TaskRecord {
    #[serde(deserialize_with = "encoding::known_format")]
    format: u32,
    /// What is to be done.
    pub request: Arc<TaskRequest>,
    /// Where the task stands.
    pub status: TaskStatus,
    /// Where the task stands, for people.
    pub message: Option<String>,
    /// How far it has come, where the tool says so.
    pub progress: Option<TaskProgress>,
    /// When it was created.
    pub created: Timestamp,
    /// When its status, message or progress last changed.
    pub updated: Timestamp,
    /// What has come of it; `None` until it has ended, and when it was cancelled.
    pub outcome: Option<Outcome>,
    /// All that was asked, in this order, answered or not.
    pub questions: Vec<Question>,
    /// What the tool must not do again when it is begun again. Only the worker knows how to read it.
    #[serde(with = "encoding::base64")]
    pub journal: Bytes,
    /// How often the tool was begun.
    pub attempts: u32,
    /// Counts up whenever the task changes hands.
    pub token: u64,
    /// Who holds it.
    pub lease: Option<Lease>,
}

impl TaskRecord {
    /// The format of records that this version writes, and the newest that it reads.
    pub const FORMAT: u32 = 1;

    /// The record of a task that waits for its first worker.
    #[must_use]
    pub fn new(request: TaskRequest, created: Timestamp) -> Self {
        Self {
            format: Self::FORMAT,
            request: Arc::new(request),
            status: TaskStatus::Working,
            message: None,
            progress: None,
            created,
            updated: created,
            outcome: None,
            questions: Vec::new(),
            journal: Bytes::new(),
            attempts: 0,
            token: 0,
            lease: None,
        }
    }

    /// The task's id.
    #[must_use]
    pub fn id(&self) -> TaskId {
        self.request.id
    }

    /// When the store forgets the task.
    #[must_use]
    pub fn expires(&self) -> Timestamp {
        self.created + self.request.ttl
    }

    /// How many bytes the record has: those of its arguments, questions, answers, journal, message
    /// and outcome. What each task has is not counted.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let questions: usize = self.questions.iter().map(Question::bytes).sum();
        self.request.arguments.get().len()
            + self.request.journal.len()
            + self.journal.len()
            + self.message.as_ref().map_or(0, String::len)
            + self.outcome.as_ref().map_or(0, Outcome::bytes)
            + questions
    }

    /// What its present holder shows with all that it does.
    #[must_use]
    pub fn fence(&self) -> Fence {
        Fence { id: self.id(), token: self.token }
    }

    /// The questions that have no answer yet. A task that has ended has none.
    pub fn open_questions(&self) -> impl Iterator<Item = &Question> {
        let ended = self.status.is_terminal();
        self.questions.iter().filter(move |question| !ended && question.answer.is_none())
    }

    /// What every answer about the task says of it.
    #[must_use]
    pub fn info(&self) -> TaskInfo {
        TaskInfo {
            id: self.id(),
            revision: self.request.revision,
            tool: self.request.tool.clone(),
            status: self.status,
            tool_error: self.outcome.as_ref().is_some_and(Outcome::is_tool_error),
            message: self.message.clone(),
            created: self.created,
            updated: self.updated,
            ttl: self.request.ttl,
            poll_interval: self.request.poll_interval,
        }
    }
}
