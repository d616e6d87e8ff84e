//! The sessions of the older revisions over HTTP.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::{HeaderValue, StatusCode};
use tokio::time::{Instant, sleep};

use super::{reply::Refusal, shared_streams::Outgoing, stream_log::StreamLog};
use crate::{
    backend::Backend,
    protocol::{RequestId, Revision},
    server::{Background, Core, Limits, Session},
    tasks::StoreError,
};

/// How often sessions are looked through for those that have ended.
const SWEEP: Duration = Duration::from_secs(15);

/// All sessions of an endpoint.
#[derive(Debug)]
pub(super) struct Sessions {
    table: Mutex<Table>,
    pub(super) limits: Limits,
    /// The bytes of all stream logs.
    logged: Arc<AtomicUsize>,
    background: Arc<Background>,
    /// Other processes serve the same sessions.
    is_shared: bool,
    /// This one hears what the others say.
    pub(super) hears: AtomicBool,
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
    /// When it was last known to live in the backend, in milliseconds after `opened`.
    believed: AtomicU64,
    /// What the client has changed by way of other processes may not be known.
    pub(super) is_stale: AtomicBool,
    /// Requests that are running.
    active: AtomicUsize,
    /// What the server says without being asked.
    pub(super) unsolicited: Arc<StreamLog>,
    streams: Mutex<Streams>,
    limits: StreamLimits,
    logged: Arc<AtomicUsize>,
    background: Arc<Background>,
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

impl Table {
    /// Makes room where there are `max` sessions, by one that nobody uses right now: another process,
    /// or this one, takes it up again.
    fn forget_one_over(&mut self, max: usize) -> Option<Arc<HttpSession>> {
        if self.by_id.len() < max {
            return None;
        }
        let unused = self.by_id.values().filter(|session| !session.is_busy());
        let id = unused.min_by_key(|it| it.last_used())?.id.clone();
        self.by_id.remove(&id)
    }
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
pub(super) const KEEP_FINISHED: Duration = Duration::from_secs(5 * 60);

impl Sessions {
    pub(super) fn new(core: &Core) -> Arc<Self> {
        Arc::new(Self {
            table: Mutex::default(),
            limits: core.limits.clone(),
            logged: Arc::default(),
            background: Arc::clone(&core.background),
            is_shared: core.backend.is_some(),
            hears: AtomicBool::new(false),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The log for what the server says to a session that is about to open.
    pub(super) fn unsolicited(&self, revision: Option<Revision>) -> Arc<StreamLog> {
        let primes = revision == Some(Revision::V2025_11_25);
        // Where a client can come back to another process, each counts from a number of its own.
        let first = if self.is_shared { random_number() } else { 1 };
        Arc::new(StreamLog::new(0, first, primes, &self.limits, Arc::clone(&self.logged)))
    }

    /// Opens a session.
    ///
    /// # Errors
    ///
    /// 503 when there are too many, 429 when the principal has too many, 500 when the operating
    /// system gives no random bytes.
    pub(super) async fn open(
        self: &Arc<Self>,
        mut session: Session,
        unsolicited: Arc<StreamLog>,
        backend: Option<&Arc<dyn Backend>>,
    ) -> Result<HeaderValue, Refusal> {
        let id = new_id()?;
        let value = HeaderValue::from_str(&id)
            .map_err(|_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error"))?;
        let id: Arc<str> = id.into();
        match backend {
            Some(backend) => self.share(backend, &id, &mut session).await?,
            None => self.check_room(&session)?,
        }
        self.enter(id, session, unsolicited);
        Ok(value)
    }

    fn check_room(&self, session: &Session) -> Result<(), Refusal> {
        if self.lock().by_id.len() >= self.limits.sessions {
            // Those that have ended make room; those of others that live do not.
            self.remove_ended();
        }
        let table = self.lock();
        if table.by_id.len() >= self.limits.sessions {
            return Err(Refusal::too_many_sessions());
        }
        if let Some(principal) = &session.principal {
            let of_principal =
                |it: &&Arc<HttpSession>| it.session.principal.as_ref() == Some(principal);
            let of_principal = table.by_id.values().filter(of_principal).count();
            if of_principal >= self.limits.sessions_per_principal {
                return Err(Refusal::too_many_sessions_of_caller());
            }
        }
        Ok(())
    }

    /// Enters a session, unless it is there already.
    pub(super) fn enter(
        self: &Arc<Self>,
        id: Arc<str>,
        session: Session,
        unsolicited: Arc<StreamLog>,
    ) -> Arc<HttpSession> {
        let opened = Instant::now();
        let session = HttpSession {
            id: Arc::clone(&id),
            session: Arc::new(session),
            opened,
            last_used: AtomicU64::new(0),
            believed: AtomicU64::new(0),
            is_stale: AtomicBool::new(false),
            active: AtomicUsize::new(0),
            unsolicited,
            streams: Mutex::new(Streams { next: 1, logs: Vec::new() }),
            limits: StreamLimits {
                open: self.limits.streams_per_session,
                keep: KEEP_FINISHED,
                log: self.limits.clone(),
            },
            logged: Arc::clone(&self.logged),
            background: Arc::clone(&self.background),
        };
        let mut table = self.lock();
        let forgotten = self.is_shared.then(|| table.forget_one_over(self.limits.sessions));
        let session = Arc::clone(table.by_id.entry(id).or_insert_with(|| Arc::new(session)));
        if !std::mem::replace(&mut table.sweeping, true) {
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
        drop(table);
        drop(forgotten);
        session
    }

    /// The session of this id, if this process knows it and it has not ended.
    pub(super) fn get(&self, id: &str) -> Option<Arc<HttpSession>> {
        let mut table = self.lock();
        let session = table.by_id.get(id)?;
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

    /// The session of this id, if this process knows it.
    pub(super) fn peek(&self, id: &str) -> Option<Arc<HttpSession>> {
        self.lock().by_id.get(id).cloned()
    }

    pub(super) fn all(&self) -> Vec<Arc<HttpSession>> {
        self.lock().by_id.values().cloned().collect()
    }

    /// Ends a session in all processes.
    ///
    /// # Errors
    ///
    /// When the backend is not available; the session lives on.
    pub(super) async fn remove(&self, session: &HttpSession) -> Result<(), StoreError> {
        if let Some(shared) = session.session.shared() {
            shared.end().await?;
        }
        self.drop_local(&session.id);
        Ok(())
    }

    /// Ends a session in this process.
    pub(super) fn drop_local(&self, id: &str) {
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
        let Some(pause) = sessions.upgrade().map(|it| SWEEP.min(it.limits.session_idle / 4)) else {
            return;
        };
        sleep(pause.max(Duration::from_millis(100))).await;
        let Some(sessions) = sessions.upgrade() else { return };
        sessions.remove_ended();
        for session in sessions.all() {
            session.drop_old_logs();
            if session.is_busy() {
                // Of an answer, the signal may not have come.
                session.session.take_shared_answers().await;
                sessions.still_lives(session).await;
            }
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

/// A number that no other process has.
fn random_number() -> u64 {
    // Without random bytes no session is opened.
    u64::from(getrandom::u32().unwrap_or_default()) << 16 | 1
}

impl HttpSession {
    /// Notes that a request of the session runs until the guard is dropped.
    pub(super) fn enter(self: &Arc<Self>) -> Active {
        self.active.fetch_add(1, Ordering::Relaxed);
        Active(Arc::clone(self))
    }

    fn age_in_millis(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn last_used(&self) -> Instant {
        self.opened + Duration::from_millis(self.last_used.load(Ordering::Relaxed))
    }

    fn touch(&self) {
        self.last_used.store(self.age_in_millis(), Ordering::Relaxed);
    }

    /// Notes that it lives in the backend, or is taken to.
    pub(super) fn believe(&self) {
        self.believed.store(self.age_in_millis(), Ordering::Relaxed);
    }

    /// When it was last known to live in the backend.
    pub(super) fn believed_since(&self) -> Instant {
        self.opened + Duration::from_millis(self.believed.load(Ordering::Relaxed))
    }

    pub(super) fn is_busy(&self) -> bool {
        self.active.load(Ordering::Relaxed) > 0 || self.unsolicited.has_reader()
    }

    fn has_ended(&self, limits: &Limits) -> bool {
        let age = self.opened.elapsed();
        let idle = self.last_used().elapsed();
        age >= limits.session_total
            || (!self.is_busy() && idle >= limits.session_idle)
            || (!self.session.is_started() && age >= limits.session_start)
    }

    /// A log for the stream of one call; `None` for revisions without resumable streams.
    pub(super) fn open_stream(&self, request: Option<RequestId>) -> Option<Arc<StreamLog>> {
        if self.session.revision < Revision::V2025_03_26 {
            return None;
        }
        let mut streams = self.streams();
        streams.drop_finished_over(self.limits.open);
        let log = match self.session.shared() {
            None => {
                streams.next += 1;
                self.log(streams.next - 1, 1)
            }
            Some(shared) => {
                let (number, limits) = (random_number(), &self.limits.log);
                let (outgoing, write) = Outgoing::new(shared.clone(), number, request, limits);
                self.spawn(write);
                self.log(number, 1).shared_by(outgoing)
            }
        };
        let log = Arc::new(log);
        streams.logs.push(Arc::clone(&log));
        Some(log)
    }

    /// A log for what another process writes, from the event `first` on.
    pub(super) fn enter_followed(&self, number: u64, first: u64) -> Arc<StreamLog> {
        let log = Arc::new(self.log(number, first));
        let mut streams = self.streams();
        streams.drop_finished_over(self.limits.open);
        // As of a stream of this process, the last reader takes it over.
        streams.logs.retain(|older| {
            let keep = older.number() != number || older.is_written_here();
            if !keep {
                older.cut_off();
            }
            keep
        });
        streams.logs.push(Arc::clone(&log));
        log
    }

    pub(super) fn forget_stream(&self, log: &Arc<StreamLog>) {
        self.streams().logs.retain(|it| !Arc::ptr_eq(it, log));
    }

    fn log(&self, number: u64, first: u64) -> StreamLog {
        let primes = self.session.revision == Revision::V2025_11_25;
        StreamLog::new(number, first, primes, &self.limits.log, Arc::clone(&self.logged))
    }

    /// Runs what no connection need wait for: a server that stops does.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let busy = self.background.begin();
        tokio::spawn(async move {
            work.await;
            drop(busy);
        });
    }

    /// How long is waited for a client that does not read.
    pub(super) fn patience(&self) -> Duration {
        self.limits.log.write_timeout
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
