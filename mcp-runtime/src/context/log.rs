//! Which log messages a client wants, and which call an event belongs to.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};

use super::Context;
use crate::protocol::LogLevel;

/// The gravity from which a client wants log messages.
#[derive(Clone, Debug)]
pub(crate) enum LogThreshold {
    /// Set with the request, or not at all (2026-07-28).
    Request(Option<LogLevel>),
    /// Set for the session, at any time, by `logging/setLevel`.
    Session(Arc<AtomicU8>),
}

impl LogThreshold {
    /// What a session starts with: until the client sets a level, `info` and graver.
    pub(crate) fn for_session() -> Arc<AtomicU8> {
        Arc::new(AtomicU8::new(LogLevel::Info as u8))
    }

    pub(crate) fn allows(&self, level: LogLevel) -> bool {
        match self {
            Self::Request(threshold) => threshold.is_some_and(|threshold| level >= threshold),
            Self::Session(threshold) => level as u8 >= threshold.load(Ordering::Relaxed),
        }
    }
}

/// Whether any layer listens: without one, no call pays for being found by its events.
pub(super) static LAYER_INSTALLED: AtomicBool = AtomicBool::new(false);

thread_local! {
    pub(super) static CURRENT: RefCell<Option<Context>> = const { RefCell::new(None) };
}

/// Runs `poll`, one step of a call, with the events that it makes attributed to the call.
pub(crate) fn with_current<T>(ctx: &Context, poll: impl FnOnce() -> T) -> T {
    let _entered = ctx.info().span.enter();
    if !LAYER_INSTALLED.load(Ordering::Relaxed) {
        return poll();
    }
    struct Restore(Option<Context>);
    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.with(|current| current.replace(self.0.take()));
        }
    }
    let _restore = Restore(CURRENT.with(|current| current.replace(Some(ctx.clone()))));
    poll()
}
