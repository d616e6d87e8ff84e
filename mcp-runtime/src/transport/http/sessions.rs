//! The sessions of the older revisions over HTTP.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::{HeaderValue, StatusCode};
use mcp_auth::Principal;
use tokio::time::{Instant, sleep};

use super::{reply::Refusal, stream_log::StreamLog};
use crate::{
    protocol::Revision,
    server::{Limits, Session},
};

/// How often sessions are looked through for those that have ended.
const SWEEP: Duration = Duration::from_secs(15);

/// All sessions of an endpoint.
#[derive(Debug)]
pub(super) struct Sessions {
    table: Mutex<Table>,
    limits: Limits,
    /// The bytes of all stream logs.
    logged: Arc<AtomicUsize>,
}

#[derive(Debug, Default)]
struct Table {
    by_id: HashMap<Arc<str>, Arc<HttpSession>>,
    sweeping: bool,
}

/// A session, and the streams that belong to it.
#[derive(Debug)]
pub(super) struct HttpSession {
    pub(super) id: Arc<str>,
    pub(super) session: Arc<Session>,
    opened: Instant,
    /// Milliseconds after `opened`.
    last_used: AtomicU64,
    /// Requests that are running.
    active: AtomicUsize,
    /// What the server says without being asked.
    pub(super) unsolicited: Arc<StreamLog>,
    streams: Mutex<Streams>,
    limits: StreamLimits,
    logged: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct Streams {
    next: u64,
    logs: Vec<Arc<StreamLog>>,
}

#[derive(Debug)]
struct StreamLimits {
    open: usize,
    keep: Duration,
    log: Limits,
}

impl Streams {
    /// Makes room for one more log where `max` of finished calls are kept.
    fn drop_finished_over(&mut self, max: usize) {
        let is_finished = |log: &Arc<StreamLog>| log.finished().is_some();
        let finished = self.logs.iter().filter(|log| is_finished(log)).count();
        let mut excess = (finished + 1).saturating_sub(max);
        self.logs.retain(|log| {
            let keep = excess == 0 || !is_finished(log);
            excess -= usize::from(!keep);
            keep
        });
    }
}

/// How long the log of a finished call is kept.
const KEEP_FINISHED: Duration = Duration::from_secs(5 * 60);

impl Sessions {
    pub(super) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self { table: Mutex::default(), limits: limits.clone(), logged: Arc::default() })
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The log for what the server says to a session that is about to open.
    pub(super) fn unsolicited(&self, revision: Option<Revision>) -> Arc<StreamLog> {
        let primes = revision == Some(Revision::V2025_11_25);
        Arc::new(StreamLog::new(0, primes, &self.limits, Arc::clone(&self.logged)))
    }

    /// Opens a session.
    ///
    /// # Errors
    ///
    /// 503 when there are too many, 429 when the principal has too many, 500 when the operating
    /// system gives no random bytes.
    pub(super) fn open(
        self: &Arc<Self>,
        session: Session,
        unsolicited: Arc<StreamLog>,
    ) -> Result<HeaderValue, Refusal> {
        if self.lock().by_id.len() >= self.limits.sessions {
            // Those that have ended make room; those of others that live do not.
            self.remove_ended();
        }
        let id = new_id()?;
        let value = HeaderValue::from_str(&id)
            .map_err(|_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error"))?;
        let mut table = self.lock();
        if table.by_id.len() >= self.limits.sessions {
            return Err(
                Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too many sessions").retry_after(30)
            );
        }
        if let Some(principal) = &session.principal {
            let of_principal =
                |it: &&Arc<HttpSession>| it.session.principal.as_ref() == Some(principal);
            if table.by_id.values().filter(of_principal).count()
                >= self.limits.sessions_per_principal
            {
                let reply =
                    Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too many sessions of this caller");
                return Err(reply.retry_after(30));
            }
        }
        let id: Arc<str> = id.into();
        let session = Arc::new(HttpSession {
            id: Arc::clone(&id),
            session: Arc::new(session),
            opened: Instant::now(),
            last_used: AtomicU64::new(0),
            active: AtomicUsize::new(0),
            unsolicited,
            streams: Mutex::new(Streams { next: 1, logs: Vec::new() }),
            limits: StreamLimits {
                open: self.limits.streams_per_session,
                keep: KEEP_FINISHED,
                log: self.limits.clone(),
            },
            logged: Arc::clone(&self.logged),
        });
        table.by_id.insert(id, session);
        if !std::mem::replace(&mut table.sweeping, true) {
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
        Ok(value)
    }

    /// The session of this id, if it belongs to the caller. That of another reads as unknown.
    pub(super) fn get(&self, id: &str, principal: Option<&Principal>) -> Option<Arc<HttpSession>> {
        let mut table = self.lock();
        let session = table.by_id.get(id)?;
        if session.session.principal.as_ref() != principal {
            return None;
        }
        if session.has_ended(&self.limits) {
            let ended = table.by_id.remove(id);
            drop(table);
            if let Some(session) = ended {
                session.end();
            }
            return None;
        }
        Some(Arc::clone(session))
    }

    pub(super) fn remove(&self, id: &str) {
        let removed = self.lock().by_id.remove(id);
        if let Some(session) = removed {
            session.end();
        }
    }

    fn remove_ended(&self) {
        let mut ended = Vec::new();
        self.lock().by_id.retain(|_, session| {
            let keep = !session.has_ended(&self.limits);
            if !keep {
                ended.push(Arc::clone(session));
            }
            keep
        });
        for session in ended {
            session.end();
        }
    }
}

/// Removes sessions that have ended, as long as the endpoint lives.
async fn sweep(sessions: Weak<Sessions>) {
    loop {
        sleep(SWEEP).await;
        let Some(sessions) = sessions.upgrade() else { return };
        sessions.remove_ended();
        for session in sessions.lock().by_id.values() {
            session.drop_old_logs();
        }
    }
}

/// 128 random bits, as 32 characters.
///
/// # Errors
///
/// 500 when the operating system gives no random bytes.
pub(super) fn new_id() -> Result<String, Refusal> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "no random bytes for a session id");
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error")
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl HttpSession {
    /// Notes that a request of the session runs until the guard is dropped.
    pub(super) fn enter(self: &Arc<Self>) -> Active {
        self.active.fetch_add(1, Ordering::Relaxed);
        Active(Arc::clone(self))
    }

    fn touch(&self) {
        let millis = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_used.store(millis, Ordering::Relaxed);
    }

    fn has_ended(&self, limits: &Limits) -> bool {
        let age = self.opened.elapsed();
        let idle =
            age.saturating_sub(Duration::from_millis(self.last_used.load(Ordering::Relaxed)));
        let busy = self.active.load(Ordering::Relaxed) > 0 || self.unsolicited.has_reader();
        age >= limits.session_total
            || (!busy && idle >= limits.session_idle)
            || (!self.session.is_started() && age >= limits.session_start)
    }

    /// A log for the stream of one call; `None` for revisions without resumable streams.
    pub(super) fn open_stream(&self) -> Option<Arc<StreamLog>> {
        if self.session.revision < Revision::V2025_03_26 {
            return None;
        }
        let mut streams = self.streams();
        streams.drop_finished_over(self.limits.open);
        let number = streams.next;
        streams.next += 1;
        let primes = self.session.revision == Revision::V2025_11_25;
        let log = StreamLog::new(number, primes, &self.limits.log, Arc::clone(&self.logged));
        let log = Arc::new(log);
        streams.logs.push(Arc::clone(&log));
        Some(log)
    }

    /// Whether the session has as many open streams as it may.
    pub(super) fn is_full(&self) -> bool {
        let streams = self.streams();
        let open = streams.logs.iter().filter(|log| log.finished().is_none()).count();
        open + usize::from(self.unsolicited.has_reader()) >= self.limits.open
    }

    pub(super) fn stream(&self, number: u64) -> Option<Arc<StreamLog>> {
        if number == self.unsolicited.number() {
            return Some(Arc::clone(&self.unsolicited));
        }
        self.streams().logs.iter().find(|log| log.number() == number).cloned()
    }

    fn drop_old_logs(&self) {
        let keep = self.limits.keep;
        let old = |log: &StreamLog| log.finished().is_some_and(|since| since.elapsed() >= keep);
        self.streams().logs.retain(|log| !old(log));
    }

    fn end(&self) {
        self.session.in_flight.cancel_all();
        self.session.asks.close();
        self.unsolicited.finish();
        for log in &self.streams().logs {
            log.finish();
        }
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running request of a session.
#[derive(Debug)]
pub(super) struct Active(Arc<HttpSession>);

impl Drop for Active {
    fn drop(&mut self) {
        self.0.touch();
        self.0.active.fetch_sub(1, Ordering::Relaxed);
    }
}
