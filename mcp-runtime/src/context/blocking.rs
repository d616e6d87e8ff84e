use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::{Context, with_current};

/// How many functions run that do not await, in all of the process.
static BLOCKING: AtomicUsize = AtomicUsize::new(0);

/// Whether a function runs that does not await. The end of a runtime waits for it.
#[cfg(feature = "stdio")]
pub(crate) fn is_blocking() -> bool {
    BLOCKING.load(Ordering::Acquire) > 0
}

struct Counted;

impl Counted {
    fn new() -> Self {
        BLOCKING.fetch_add(1, Ordering::AcqRel);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        BLOCKING.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Runs a function that does not await where it cannot hold up others.
///
/// The function runs to its end even when the call is cancelled: nothing can stop it. So that
/// cancelled calls do not fill all threads, no more run at once than calls can; others wait.
pub async fn blocking<T: Send + 'static>(
    ctx: &Context,
    function: impl FnOnce() -> T + Send + 'static,
) -> T {
    // The semaphore is never closed.
    let place = Arc::clone(&ctx.info().blocking).acquire_owned().await.ok();
    let ctx = ctx.clone();
    let work = move || {
        let _place = place;
        let _counted = Counted::new();
        with_current(&ctx, function)
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only the end of the runtime cancels it, and nobody waits for an answer then.
            Err(_) => std::future::pending().await,
        },
    }
}
