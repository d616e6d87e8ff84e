//! What changes in one process, for the clients of the others.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::runtime::Handle;

use super::{Backend, Heard, Signal, next_heard};
use crate::events::{Bus, Event};

/// How many events wait for the backend; of more, all are told that they may have missed some.
const MAX_WAITING: usize = 1024;
/// The pause before the next attempt to reach the backend.
const PAUSE: Duration = Duration::from_secs(1);

/// Brings events to other processes, and theirs to this one.
#[derive(Clone, Debug)]
pub(crate) struct Relay(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    backend: Arc<dyn Backend>,
    outgoing: Mutex<Outgoing>,
    hears: AtomicBool,
}

#[derive(Debug, Default)]
struct Outgoing {
    waiting: Vec<Event>,
    overflowed: bool,
    /// Somebody sends what waits.
    sending: bool,
}

impl Outgoing {
    fn next(&mut self) -> Option<Signal> {
        if std::mem::take(&mut self.overflowed) {
            self.waiting.clear();
            return Some(Signal::Missed);
        }
        let next = (!self.waiting.is_empty()).then(|| Signal::Event(self.waiting.remove(0)));
        self.sending = next.is_some();
        next
    }
}

impl Relay {
    pub(crate) fn new(backend: Arc<dyn Backend>) -> Self {
        Self(Arc::new(Inner { backend, outgoing: Mutex::default(), hears: AtomicBool::new(false) }))
    }

    /// Tells the other processes, now or when the backend can be reached. An event that waits
    /// already stands for this one as well.
    pub(crate) fn send(&self, event: &Event) {
        let mut outgoing = self.0.outgoing();
        if outgoing.waiting.len() >= MAX_WAITING {
            outgoing.overflowed = true;
        } else if !outgoing.waiting.contains(event) {
            outgoing.waiting.push(event.clone());
        }
        if !outgoing.sending
            && let Ok(runtime) = Handle::try_current()
        {
            outgoing.sending = true;
            runtime.spawn(send_waiting(Arc::clone(&self.0)));
        }
    }

    /// From here on, brings to `bus` what others tell, and `all_changed` after a time in which they
    /// were not heard. Needs a runtime. Does nothing the second time.
    pub(crate) fn hear(&self, bus: &Arc<Bus>, all_changed: Vec<Event>) {
        if self.0.hears.swap(true, Ordering::Relaxed) {
            return;
        }
        let (mut heard, bus) = (self.0.backend.listen(), Arc::downgrade(bus));
        tokio::spawn(async move {
            while let Some(next) = next_heard(&mut heard).await {
                let Some(bus) = bus.upgrade() else { return };
                match next {
                    Heard::Signal(Signal::Event(event)) => bus.publish(&event),
                    Heard::Signal(_) => {}
                    Heard::Gap => bus.publish_all(&all_changed),
                }
            }
        });
    }
}

impl Inner {
    fn outgoing(&self) -> MutexGuard<'_, Outgoing> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn send_waiting(inner: Arc<Inner>) {
    loop {
        let Some(signal) = inner.outgoing().next() else { return };
        while let Err(error) = inner.backend.signal(&signal).await {
            tracing::warn!(%error, "other processes hear of a change later");
            tokio::time::sleep(PAUSE).await;
        }
    }
}
