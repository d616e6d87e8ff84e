//! Streams of sessions that every process of the endpoint serves: what one process writes, another
//! gives to a client that comes back to it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::{Notify, broadcast},
    time::{Instant, sleep, timeout},
};

use super::{
    exchange::push,
    sessions::{HttpSession, KEEP_FINISHED},
    stream_log::{Reader, StreamLog},
};
use crate::{
    backend::{
        Appended, Followed, Group, Heard, LogLimits, SessionSignal, SharedSession, Signal,
        next_heard,
    },
    protocol::{RequestId, RpcError},
    server::{Limits, error_message},
    tasks::StoreError,
};

/// How long a writer that is not heard of is taken to live.
const LEASE: Duration = Duration::from_secs(15);
/// How often a writer says that it lives.
const SPEAK_UP: Duration = Duration::from_secs(5);
/// The pause before the next attempt to reach the backend.
const PAUSE: Duration = Duration::from_secs(1);
/// How often is tried to write the end of a stream.
const ATTEMPTS: u32 = 5;

/// The events of a stream that are on their way to the backend.
#[derive(Debug)]
pub(super) struct Outgoing {
    waiting: Mutex<Waiting>,
    added: Notify,
    max_bytes: usize,
}

#[derive(Debug, Default)]
struct Waiting {
    /// The number of the first event.
    first: u64,
    events: VecDeque<Bytes>,
    bytes: usize,
    done: bool,
}

impl Waiting {
    fn next(&self) -> u64 {
        self.first + self.events.len() as u64
    }
}

impl Outgoing {
    /// The events of the stream `number` of a session, and what writes them to the backend until the
    /// stream is done.
    pub(super) fn new(
        shared: SharedSession,
        number: u64,
        request: Option<RequestId>,
        limits: &Limits,
    ) -> (Arc<Self>, impl Future<Output = ()> + Send + 'static) {
        let outgoing = Arc::new(Self {
            waiting: Mutex::default(),
            added: Notify::new(),
            max_bytes: limits.replay_bytes,
        });
        let group = shared.streams(limits.streams_per_session);
        let limits = LogLimits {
            events: limits.replay_events,
            bytes: limits.replay_bytes,
            total_bytes: limits.replay_bytes_total,
            lease: LEASE,
            ttl: KEEP_FINISHED,
        };
        let write = write(Arc::clone(&outgoing), shared, number, request, group, limits);
        (outgoing, write)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, number: u64, event: Bytes) {
        let mut waiting = self.lock();
        if number != waiting.next() {
            // One between could not be kept, so that nobody can go on from those before it.
            *waiting = Waiting { first: number, ..Waiting::default() };
        }
        waiting.bytes += event.len();
        waiting.events.push_back(event);
        // While the backend is away, the oldest go.
        while waiting.bytes > self.max_bytes
            && let Some(oldest) = waiting.events.pop_front()
        {
            waiting.first += 1;
            waiting.bytes -= oldest.len();
        }
        drop(waiting);
        self.added.notify_one();
    }

    pub(super) fn finish(&self) {
        self.lock().done = true;
        self.added.notify_one();
    }

    fn is_done(&self) -> bool {
        self.lock().done
    }

    fn take(&self) -> Waiting {
        let mut waiting = self.lock();
        let (first, done) = (waiting.next(), waiting.done);
        std::mem::replace(&mut *waiting, Waiting { first, done, ..Waiting::default() })
    }
}

async fn write(
    outgoing: Arc<Outgoing>,
    shared: SharedSession,
    number: u64,
    request: Option<RequestId>,
    group: Group,
    limits: LogLimits,
) {
    loop {
        // Now and then it is told that the writer lives.
        let _ = timeout(SPEAK_UP, outgoing.added.notified()).await;
        let Waiting { first, mut events, done, .. } = outgoing.take();
        let events = events.make_contiguous();
        let appended = Appended { first, events, done, request: request.as_ref(), group: &group };
        let mut attempts = 0;
        while let Err(error) = shared.append(number, appended, limits).await {
            tracing::debug!(%error, "a stream cannot be read by way of other processes");
            // The call can have ended in the meantime.
            attempts += u32::from(outgoing.is_done());
            if attempts == ATTEMPTS || !matches!(error, StoreError::Unavailable { .. }) {
                return;
            }
            sleep(PAUSE).await;
        }
        if done {
            return;
        }
    }
}

impl HttpSession {
    /// The stream that another process writes, for a client that has seen the event `seen`; `None`
    /// when it is not known, or what follows is gone.
    ///
    /// # Errors
    ///
    /// When the backend is not available.
    pub(super) async fn follow(
        self: &Arc<Self>,
        number: u64,
        seen: u64,
    ) -> Result<Option<Reader>, StoreError> {
        let Some(shared) = self.session.shared() else { return Ok(None) };
        let heard = shared.listen();
        let Some(followed) = shared.follow(number, seen).await? else { return Ok(None) };
        let log = self.enter_followed(number, seen.saturating_add(1));
        let reader = log.read_after(seen);
        let follower = Follower {
            session: Arc::downgrade(self),
            shared: shared.clone(),
            log,
            seen,
            heard,
            patience: self.patience(),
        };
        tokio::spawn(follower.run(followed));
        Ok(reader)
    }
}

/// Brings what another process writes into a log of this one, while somebody reads it.
struct Follower {
    session: Weak<HttpSession>,
    shared: SharedSession,
    log: Arc<StreamLog>,
    seen: u64,
    heard: broadcast::Receiver<Heard>,
    patience: Duration,
}

impl Follower {
    async fn run(mut self, mut next: Followed) {
        let mut silent_since = None;
        loop {
            for event in next.events {
                push(&self.log, event, self.patience).await;
                self.seen += 1;
            }
            // After a time without the backend, the writer has one in which to say that it lives.
            let is_silent = !next.done && !next.alive;
            silent_since = is_silent.then(|| silent_since.unwrap_or_else(Instant::now));
            if silent_since.is_some_and(|since| since.elapsed() >= SPEAK_UP) {
                tracing::debug!("the process that ran a call is gone");
                let fault = RpcError::internal("lost", "the server that ran this call is gone");
                if let Some(request) = next.request {
                    let message = error_message(Some(&request), &fault);
                    push(&self.log, message.into(), self.patience).await;
                }
                next.done = true;
            }
            if next.done {
                return self.log.finish();
            }
            let _ = timeout(SPEAK_UP, self.told()).await;
            if !self.log.has_reader() {
                break;
            }
            next = match self.shared.follow(self.log.number(), self.seen).await {
                Ok(Some(next)) => next,
                Ok(None) => break,
                Err(error) => {
                    tracing::debug!(%error, "a stream of another process is read later");
                    sleep(PAUSE).await;
                    Followed { events: Vec::new(), done: false, alive: true, request: None }
                }
            };
        }
        self.log.finish();
        if let Some(session) = self.session.upgrade() {
            session.forget_stream(&self.log);
        }
    }

    /// Waits until something may have been written.
    async fn told(&mut self) {
        while let Some(heard) = next_heard(&mut self.heard).await {
            match heard {
                Heard::Signal(Signal::Session(id, SessionSignal::Written(number)))
                    if id == *self.shared.id() && number == self.log.number() =>
                {
                    return;
                }
                Heard::Signal(_) => {}
                Heard::Gap => return,
            }
        }
    }
}
