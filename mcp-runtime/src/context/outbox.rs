use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use tokio::sync::Notify;

use super::Cancellation;

/// Messages on their way to one client, in order, bounded by count and bytes.
///
/// Any number of writers, one reader. The reader is a future or stream that polls; the writers
/// either wait for room or are refused.
#[derive(Debug)]
pub(crate) struct Outbox {
    queue: Mutex<Queue>,
    room: Notify,
    max_messages: usize,
    max_bytes: usize,
}

#[derive(Debug, Default)]
struct Queue {
    messages: VecDeque<Queued>,
    bytes: usize,
    closed: bool,
    hang_up: Option<Duration>,
    reader: Option<Waker>,
}

#[derive(Debug)]
struct Queued {
    message: Bytes,
    /// The call that the message is about.
    call: Option<Cancellation>,
}

impl Queued {
    fn is_lost(&self) -> bool {
        self.call.as_ref().is_some_and(Cancellation::is_cancelled)
    }
}

impl Queue {
    fn push(&mut self, queued: Queued) {
        self.bytes += queued.message.len();
        self.messages.push_back(queued);
    }

    /// The next message that is about no cancelled call.
    fn pop(&mut self) -> Option<Bytes> {
        loop {
            let queued = self.messages.pop_front()?;
            self.bytes -= queued.message.len();
            if !queued.is_lost() {
                return Some(queued.message);
            }
        }
    }
}

/// There is no room, or nobody reads any more.
#[derive(Debug)]
pub(crate) struct OutboxFull;

impl Outbox {
    pub(crate) fn new(max_messages: usize, max_bytes: usize) -> Self {
        Self { queue: Mutex::default(), room: Notify::new(), max_messages, max_bytes }
    }

    /// No panic can happen while the lock is held, so a poisoned one is as good as any.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn try_push(&self, message: Bytes) -> Result<(), OutboxFull> {
        self.try_queue(Queued { message, call: None })
    }

    fn try_queue(&self, queued: Queued) -> Result<(), OutboxFull> {
        let mut queue = self.lock();
        // A single message larger than the bound still passes when it is alone: its own size
        // limit has been checked where it was made.
        let full = queue.messages.len() >= self.max_messages
            || (!queue.messages.is_empty() && queue.bytes + queued.message.len() > self.max_bytes);
        if queue.closed || full {
            return Err(OutboxFull);
        }
        queue.push(queued);
        wake(queue);
        Ok(())
    }

    /// Whether this very message is in and will be read.
    pub(crate) fn holds(&self, message: &Bytes) -> bool {
        self.lock().messages.iter().any(|queued| queued.message == message && !queued.is_lost())
    }

    /// The next message; `None` when the outbox is closed and empty.
    pub(crate) fn poll_pop(&self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut queue = self.lock();
        if let Some(message) = self.pop(&mut queue) {
            return Poll::Ready(Some(message));
        }
        if queue.closed {
            return Poll::Ready(None);
        }
        register(&mut queue, cx);
        Poll::Pending
    }

    /// Whether there is a message, or a wish to hang up; if not, the reader is woken when there is.
    pub(crate) fn poll_ready(&self, cx: &mut Context<'_>) -> bool {
        let mut queue = self.lock();
        if !queue.messages.is_empty() || queue.hang_up.is_some() {
            return true;
        }
        register(&mut queue, cx);
        false
    }

    /// The next message, if there is one now.
    pub(crate) fn try_pop(&self) -> Option<Bytes> {
        self.pop(&mut self.lock())
    }

    fn pop(&self, queue: &mut Queue) -> Option<Bytes> {
        if queue.messages.is_empty() {
            return None;
        }
        // Also when all that was in is about cancelled calls: then there is room for others.
        self.room.notify_one();
        queue.pop()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().messages.is_empty()
    }

    /// Asks the transport to end the connection; the client comes back after `retry`.
    pub(crate) fn hang_up(&self, retry: Duration) {
        let mut queue = self.lock();
        queue.hang_up = Some(retry);
        wake(queue);
    }

    /// Takes the wish to hang up, once all messages before it are taken.
    pub(crate) fn take_hang_up(&self) -> Option<Duration> {
        let mut queue = self.lock();
        if queue.messages.is_empty() { queue.hang_up.take() } else { None }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Refuses further messages; those that are in stay readable.
    pub(crate) fn close(&self) {
        let mut queue = self.lock();
        queue.closed = true;
        wake(queue);
        self.room.notify_waiters();
    }
}

fn register(queue: &mut Queue, cx: &mut Context<'_>) {
    match &mut queue.reader {
        Some(reader) => reader.clone_from(cx.waker()),
        empty => *empty = Some(cx.waker().clone()),
    }
}

fn wake(mut queue: MutexGuard<'_, Queue>) {
    let reader = queue.reader.take();
    drop(queue);
    if let Some(reader) = reader {
        reader.wake();
    }
}

/// The way back to the client of one call.
///
/// A client hears nothing more of a request that it has cancelled (2026-07-28, basic/transports):
/// what is about a cancelled call is lost, even when it has been pushed before. Of a call that has
/// its answer nothing more is taken either.
#[derive(Clone, Debug)]
pub(crate) struct CallOutbox {
    outbox: Arc<Outbox>,
    call: Cancellation,
}

impl CallOutbox {
    pub(crate) fn new(outbox: Arc<Outbox>, call: Cancellation) -> Self {
        Self { outbox, call }
    }

    /// Whether both are of one call.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.call.is_same(&other.call)
    }

    /// As [`Outbox::holds`].
    pub(crate) fn holds(&self, message: &Bytes) -> bool {
        self.outbox.holds(message)
    }

    pub(crate) fn try_push(&self, message: Bytes) -> Result<(), OutboxFull> {
        if self.call.is_over() {
            return Err(OutboxFull);
        }
        self.outbox.try_queue(Queued { message, call: Some(self.call.clone()) })
    }

    pub(crate) fn hang_up(&self, retry: Duration) {
        self.outbox.hang_up(retry);
    }

    /// Waits for room. Returns at once, with the message lost, when nobody reads any more.
    pub(crate) async fn push(&self, message: Bytes) {
        loop {
            let room = self.outbox.room.notified();
            let lost = || self.outbox.is_closed() || self.call.is_over();
            if self.try_push(message.clone()).is_ok() || lost() {
                return;
            }
            room.await;
        }
    }
}
