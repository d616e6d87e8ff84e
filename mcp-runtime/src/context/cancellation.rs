use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
};

use tokio::sync::Notify;

/// Tells a call that nobody waits for its answer, and what it leaves behind that there is one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancellation(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    cancelled: AtomicBool,
    answered: AtomicBool,
    /// Whoever polls the call.
    driver: Mutex<Option<Waker>>,
    /// Work that has left the call.
    notify: Notify,
}

impl Cancellation {
    pub(crate) fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Release);
        let driver = self.0.driver.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(driver) = driver {
            driver.wake();
        }
        self.0.notify.notify_waiters();
    }

    /// The call has its answer.
    pub(crate) fn set_answered(&self) {
        self.0.answered.store(true, Ordering::Release);
    }

    /// Whether the client is to hear nothing more of the call.
    pub(crate) fn is_over(&self) -> bool {
        self.is_cancelled() || self.0.answered.load(Ordering::Acquire)
    }

    /// Whether both are of one call.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Acquire)
    }

    pub(crate) async fn cancelled(&self) {
        // Registered before the flag is read, so that a cancel in between is not missed.
        let notified = self.0.notify.notified();
        if !self.is_cancelled() {
            notified.await;
        }
    }

    /// Whether it is cancelled; if not, `waker` is woken when it is.
    pub(crate) fn poll(&self, waker: &Waker) -> bool {
        let mut driver = self.0.driver.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *driver {
            Some(driver) => driver.clone_from(waker),
            empty => *empty = Some(waker.clone()),
        }
        self.is_cancelled()
    }
}
