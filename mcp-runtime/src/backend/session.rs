//! A session of the older revisions, as all processes know it.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::broadcast;

use super::{Appended, Backend, Followed, Full, Group, Heard, LogLimits, SessionSignal, Signal};
use crate::{
    effects::Answer,
    protocol::{ClientCapabilities, LogLevel, RequestId, Revision},
    server::Limits,
    tasks::StoreError,
};

const ABOUT: &str = "about";
const STARTED: &str = "started";
const LOG_LEVEL: &str = "log";
const WATCHED: &str = "watched:";
const ANSWER: &str = "answer";

/// No session lives longer: the system has no later times.
const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 86_400);

/// A session's entry in the backend.
#[derive(Clone, Debug)]
pub(crate) struct SharedSession {
    backend: Arc<dyn Backend>,
    id: Arc<str>,
    groups: Arc<[Group]>,
    /// When it ends, whatever happens.
    ends: SystemTime,
    idle: Duration,
}

/// What a session was opened with.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct About {
    pub(crate) revision: Revision,
    pub(crate) capabilities: Arc<ClientCapabilities>,
    pub(crate) info: Option<Arc<RawValue>>,
    /// Who has opened it, where the server knows its callers.
    pub(crate) owner: Option<String>,
    ends: SystemTime,
}

/// What a client has changed in its session.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) started: bool,
    pub(crate) log_level: Option<LogLevel>,
    pub(crate) watched: Vec<String>,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change<'a> {
    Started,
    LogLevel(LogLevel),
    Watched(&'a str),
    Unwatched(&'a str),
}

impl SharedSession {
    /// Makes the entry of a session that begins.
    pub(crate) async fn open(
        backend: &Arc<dyn Backend>,
        id: Arc<str>,
        revision: Revision,
        capabilities: Arc<ClientCapabilities>,
        info: Option<Arc<RawValue>>,
        owner: Option<String>,
        limits: &Limits,
    ) -> Result<Result<Self, Full>, StoreError> {
        let ends = SystemTime::now() + limits.session_total.min(FOR_EVER);
        let about = About { revision, capabilities, info, owner, ends };
        let session = Self::new(backend, id, about.owner.as_deref(), ends, limits);
        let about = serde_json::to_vec(&about).map_err(unreadable)?;
        let ttl = limits.session_start.min(limits.session_total);
        let (key, fields): (_, [(_, &[u8]); 1]) = (session.key(), [(ABOUT, &about)]);
        let created = backend.create(&key, &fields, ttl, &session.groups).await?;
        Ok(created.map(|()| session))
    }

    /// The session of this id, if there is one.
    pub(crate) async fn find(
        backend: &Arc<dyn Backend>,
        id: &str,
        limits: &Limits,
    ) -> Result<Option<(Self, About, Changes)>, StoreError> {
        let fields = backend.read(&key(id)).await?;
        let Some(about) = fields.get(ABOUT) else { return Ok(None) };
        let about: About = serde_json::from_slice(about).map_err(unreadable)?;
        let session = Self::new(backend, id.into(), about.owner.as_deref(), about.ends, limits);
        Ok(Some((session, about, Changes::read(&fields))))
    }

    fn new(
        backend: &Arc<dyn Backend>,
        id: Arc<str>,
        owner: Option<&str>,
        ends: SystemTime,
        limits: &Limits,
    ) -> Self {
        let mut groups = vec![Group { name: "sessions".to_owned(), max: limits.sessions }];
        groups.extend(owner.map(|owner| Group {
            name: format!("sessions:{owner}"),
            max: limits.sessions_per_principal,
        }));
        let (backend, groups) = (Arc::clone(backend), groups.into());
        Self { backend, id, groups, ends, idle: limits.session_idle }
    }

    fn key(&self) -> String {
        key(&self.id)
    }

    /// What the client has changed; `None` when the session has ended.
    pub(crate) async fn changes(&self) -> Result<Option<Changes>, StoreError> {
        let fields = self.backend.read(&self.key()).await?;
        Ok(fields.contains_key(ABOUT).then(|| Changes::read(&fields)))
    }

    pub(crate) async fn change(&self, change: Change<'_>) -> Result<(), StoreError> {
        let key = self.key();
        let set = |field: String, value: Vec<u8>| {
            let key = &key;
            async move { self.backend.set(key, &field, &value, false).await }
        };
        match change {
            Change::Started => {
                set(STARTED.to_owned(), Vec::new()).await?;
                self.keep().await?;
            }
            Change::LogLevel(level) => {
                set(LOG_LEVEL.to_owned(), serde_json::to_vec(&level).map_err(unreadable)?).await?;
            }
            Change::Watched(uri) => {
                set(format!("{WATCHED}{uri}"), Vec::new()).await?;
            }
            Change::Unwatched(uri) => {
                self.backend.unset(&key, &format!("{WATCHED}{uri}")).await?;
            }
        }
        self.signal(SessionSignal::Changed).await
    }

    /// Lets the session live on; `false` when it has ended.
    pub(crate) async fn keep(&self) -> Result<bool, StoreError> {
        let left = self.ends.duration_since(SystemTime::now()).unwrap_or_default();
        self.backend.keep(&self.key(), self.idle.min(left), &self.groups).await
    }

    pub(crate) async fn end(&self) -> Result<(), StoreError> {
        self.backend.remove(&self.key(), &self.groups).await?;
        self.signal(SessionSignal::Ended).await
    }

    /// Lets another process take the client's answer to a question.
    pub(crate) async fn expect_answer(
        &self,
        question: &RequestId,
        patience: Duration,
    ) -> Result<(), StoreError> {
        let key = self.answer_key(question);
        self.backend.create(&key, &[(ABOUT, b"")], patience, &[]).await.map(drop)
    }

    /// Brings the client's answer to the process that has asked; `false` when nobody has.
    pub(crate) async fn bring_answer(
        &self,
        question: &RequestId,
        answer: &Answer,
    ) -> Result<bool, StoreError> {
        let answer = serde_json::to_vec(answer).map_err(unreadable)?;
        let expected = self.backend.set(&self.answer_key(question), ANSWER, &answer, true).await?;
        if expected && let Err(error) = self.signal(SessionSignal::Answered(question.clone())).await
        {
            tracing::debug!(%error, "an answer is found later");
        }
        Ok(expected)
    }

    /// The answer that another process has brought.
    pub(crate) async fn take_answer(
        &self,
        question: &RequestId,
    ) -> Result<Option<Answer>, StoreError> {
        let key = self.answer_key(question);
        let fields = self.backend.read(&key).await?;
        let Some(answer) = fields.get(ANSWER) else { return Ok(None) };
        let answer = serde_json::from_slice(answer).map_err(unreadable)?;
        self.backend.remove(&key, &[]).await?;
        Ok(Some(answer))
    }

    /// Adds events to the stream of this number.
    pub(crate) async fn append(
        &self,
        number: u64,
        appended: Appended<'_>,
        limits: LogLimits,
    ) -> Result<(), StoreError> {
        let signal = Signal::Session(Arc::clone(&self.id), SessionSignal::Written(number));
        self.backend.append(&self.log_key(number), appended, limits, &signal).await
    }

    /// What comes after an event of a stream; `None` when that is not known.
    pub(crate) async fn follow(
        &self,
        number: u64,
        seen: u64,
    ) -> Result<Option<Followed>, StoreError> {
        self.backend.follow(&self.log_key(number), seen).await
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<Heard> {
        self.backend.listen()
    }

    /// The streams of the session, of which `max` are kept.
    pub(crate) fn streams(&self, max: usize) -> Group {
        Group { name: format!("streams:{}", self.id), max }
    }

    pub(crate) fn id(&self) -> &Arc<str> {
        &self.id
    }

    fn log_key(&self, number: u64) -> String {
        format!("stream:{}:{number}", self.id)
    }

    pub(crate) async fn signal(&self, signal: SessionSignal) -> Result<(), StoreError> {
        self.backend.signal(&Signal::Session(Arc::clone(&self.id), signal)).await
    }

    fn answer_key(&self, question: &RequestId) -> String {
        format!("answer:{}:{question}", self.id)
    }
}

impl Changes {
    fn read(fields: &HashMap<String, Bytes>) -> Self {
        let level = fields.get(LOG_LEVEL);
        let watched = fields.keys().filter_map(|field| field.strip_prefix(WATCHED));
        Self {
            started: fields.contains_key(STARTED),
            log_level: level.and_then(|level| serde_json::from_slice(level).ok()),
            watched: watched.map(str::to_owned).collect(),
        }
    }
}

fn key(id: &str) -> String {
    format!("session:{id}")
}

fn unreadable(error: serde_json::Error) -> StoreError {
    StoreError::Unreadable(error.to_string())
}
