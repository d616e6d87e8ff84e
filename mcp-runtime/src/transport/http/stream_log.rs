//! The events of one stream of a session, kept for a client that loses the connection.
//!
//! The stream is written by the call, or by the bus of changes, whether or not anyone reads.
//! Whoever reads last takes the stream over: an older reader ends.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use tokio::{sync::Notify, time::Instant};

use super::{shared_streams::Outgoing, sse};
use crate::{context::OutboxFull, events::Sink, server::Limits};

/// After which time a client that was told to come back does so.
const RETRY: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(super) struct StreamLog {
    /// Unique in the session.
    number: u64,
    /// Whether the revision knows events without data (2025-11-25).
    primes: bool,
    limits: LogLimits,
    /// The bytes of all logs of the server.
    total: Arc<AtomicUsize>,
    state: Mutex<State>,
    /// The way to other processes.
    outgoing: Option<Arc<Outgoing>>,
    /// Tells the writer that a reader has taken events.
    room: Notify,
}

#[derive(Clone, Copy, Debug)]
struct LogLimits {
    events: usize,
    bytes: usize,
    total: usize,
}

#[derive(Debug)]
struct State {
    events: VecDeque<Bytes>,
    /// The sequence number of the first event that is kept.
    first: u64,
    bytes: usize,
    finished: Option<Instant>,
    /// The reader hangs up when it has read everything, and the client comes back.
    hang_up: Option<Duration>,
    /// Counts the readers; only the last one reads.
    readers: u64,
    /// How far the last reader has read; `None` while nobody is connected.
    position: Option<u64>,
    waker: Option<Waker>,
}

impl State {
    /// The sequence number of the event that comes next.
    fn end(&self) -> u64 {
        self.first + self.events.len() as u64
    }
}

impl StreamLog {
    /// A log whose first event has the number `first`.
    pub(super) fn new(
        number: u64,
        first: u64,
        primes: bool,
        limits: &Limits,
        total: Arc<AtomicUsize>,
    ) -> Self {
        Self {
            number,
            primes,
            limits: LogLimits {
                events: limits.replay_events,
                bytes: limits.replay_bytes,
                total: limits.replay_bytes_total,
            },
            total,
            state: Mutex::new(State {
                events: VecDeque::new(),
                first,
                bytes: 0,
                finished: None,
                hang_up: None,
                readers: 0,
                position: None,
                waker: None,
            }),
            outgoing: None,
            room: Notify::new(),
        }
    }

    /// Other processes get the events as well.
    pub(super) fn shared_by(mut self, outgoing: Arc<Outgoing>) -> Self {
        self.outgoing = Some(outgoing);
        self
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Whether other processes get the events from this one.
    pub(super) fn is_written_here(&self) -> bool {
        self.outgoing.is_some()
    }

    /// Whether a client is connected.
    pub(super) fn has_reader(&self) -> bool {
        self.lock().position.is_some()
    }

    /// When the last event was written.
    pub(super) fn finished(&self) -> Option<Instant> {
        self.lock().finished
    }

    /// Adds an event. While nobody reads, the oldest go when there is no room; while somebody does,
    /// those that are read.
    fn append(&self, message: Bytes) -> Result<(), OutboxFull> {
        let mut state = self.lock();
        let unread = |state: &State| state.position.is_some_and(|position| position <= state.first);
        while state.events.len() >= self.limits.events
            || state.bytes + message.len() > self.limits.bytes
            || self.is_full(message.len())
        {
            if unread(&state) && !state.events.is_empty() {
                return Err(OutboxFull);
            }
            if !self.drop_oldest(&mut state) {
                break;
            }
        }
        if let Some(outgoing) = &self.outgoing {
            outgoing.add(state.end(), message.clone());
        }
        if state.position.is_none() && self.is_full(message.len()) {
            // Nobody reads it now, and it cannot be kept.
            state.first += 1;
            return Ok(());
        }
        state.bytes += message.len();
        self.total.fetch_add(message.len(), Ordering::Relaxed);
        state.events.push_back(message);
        wake(state);
        Ok(())
    }

    /// Whether all logs together have no room for so many bytes more.
    fn is_full(&self, more: usize) -> bool {
        self.total.load(Ordering::Relaxed) + more > self.limits.total
    }

    /// Whether there was an event to drop.
    fn drop_oldest(&self, state: &mut State) -> bool {
        let Some(oldest) = state.events.pop_front() else { return false };
        state.first += 1;
        state.bytes -= oldest.len();
        self.total.fetch_sub(oldest.len(), Ordering::Relaxed);
        true
    }

    /// Adds an event, and waits for the client to read while there is no room.
    pub(super) async fn push(&self, message: Bytes) {
        loop {
            let room = self.room.notified();
            if self.append(message.clone()).is_ok() {
                return;
            }
            room.await;
        }
    }

    /// No event follows.
    pub(super) fn finish(&self) {
        let mut state = self.lock();
        state.finished = Some(Instant::now());
        wake(state);
        if let Some(outgoing) = &self.outgoing {
            outgoing.finish();
        }
    }

    /// Ends the connection of a reader that does not read.
    pub(super) fn cut_off(&self) {
        let mut state = self.lock();
        state.readers += 1;
        state.position = None;
        wake(state);
    }

    /// Ends the connection of the reader, who comes back after `retry`.
    pub(super) fn hang_up(&self, retry: Duration) {
        let mut state = self.lock();
        state.hang_up = Some(retry);
        wake(state);
    }

    /// Reads what comes after the event `seen`; `None` when some of it has been dropped.
    pub(super) fn read_after(self: &Arc<Self>, seen: u64) -> Option<Reader> {
        let state = self.lock();
        let next = seen.saturating_add(1);
        (state.first..=state.end()).contains(&next).then(|| self.read(state, next))
    }

    /// Reads what no client has been sent yet: to the first one, all that is kept.
    pub(super) fn read_new(self: &Arc<Self>) -> Reader {
        let state = self.lock();
        let next = if state.readers == 0 { state.first } else { state.end() };
        let mut reader = self.read(state, next);
        reader.greeting = self.primes.then(|| {
            let mut out = Vec::new();
            sse::priming(&mut out, &self.event_id(next - 1), RETRY);
            out.into()
        });
        reader
    }

    /// The reader before ends, and the writer need not wait for it.
    fn read(self: &Arc<Self>, mut state: MutexGuard<'_, State>, next: u64) -> Reader {
        state.readers += 1;
        state.position = Some(next);
        let reader = state.readers;
        wake(state);
        self.room.notify_waiters();
        Reader { log: Arc::clone(self), reader, next, greeting: None }
    }

    fn event_id(&self, sequence: u64) -> String {
        format!("{}-{sequence}", self.number)
    }
}

fn wake(mut state: MutexGuard<'_, State>) {
    let waker = state.waker.take();
    drop(state);
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Sink for StreamLog {
    fn try_push(&self, message: Bytes) -> Result<(), OutboxFull> {
        self.append(message)
    }

    fn is_read(&self) -> bool {
        self.has_reader()
    }
}

impl Drop for StreamLog {
    fn drop(&mut self) {
        let bytes = self.lock().bytes;
        self.total.fetch_sub(bytes, Ordering::Relaxed);
        if let Some(outgoing) = &self.outgoing {
            outgoing.finish();
        }
    }
}

/// Which stream and event an event id names.
pub(super) fn parse_event_id(id: &str) -> Option<(u64, u64)> {
    let (stream, sequence) = id.split_once('-')?;
    let digits = |part: &str| part.len() <= 20 && part.bytes().all(|b| b.is_ascii_digit());
    (digits(stream) && digits(sequence)).then_some(())?;
    Some((stream.parse().ok()?, sequence.parse().ok()?))
}

/// One connection that reads a stream.
#[derive(Debug)]
pub(super) struct Reader {
    log: Arc<StreamLog>,
    reader: u64,
    next: u64,
    greeting: Option<Bytes>,
}

impl Reader {
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(greeting) = self.greeting.take() {
            return Poll::Ready(Some(greeting));
        }
        let mut state = self.log.lock();
        if state.readers != self.reader {
            return Poll::Ready(None);
        }
        let end = state.end();
        if self.next < end {
            let mut out = Vec::new();
            let from = usize::try_from(self.next.saturating_sub(state.first)).unwrap_or(usize::MAX);
            for (sequence, message) in (self.next..end).zip(state.events.iter().skip(from)) {
                sse::event(&mut out, Some(&self.log.event_id(sequence)), message);
            }
            self.next = end;
            state.position = Some(end);
            // One that is larger than all logs may be together has had its reader.
            while self.log.is_full(0) && self.log.drop_oldest(&mut state) {}
            drop(state);
            self.log.room.notify_waiters();
            return Poll::Ready(Some(out.into()));
        }
        if let Some(retry) = state.hang_up.take() {
            // Ended here, not by the drop: nobody reads from now on.
            state.position = None;
            state.readers += 1;
            drop(state);
            self.log.room.notify_waiters();
            let mut out = Vec::new();
            sse::priming(&mut out, &self.log.event_id(self.next - 1), retry);
            return Poll::Ready(Some(out.into()));
        }
        if state.finished.is_some() {
            return Poll::Ready(None);
        }
        match &mut state.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            empty => *empty = Some(cx.waker().clone()),
        }
        Poll::Pending
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut state = self.log.lock();
        if state.readers == self.reader {
            state.position = None;
            drop(state);
            self.log.room.notify_waiters();
        }
    }
}
