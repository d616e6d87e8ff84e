//! Runs an author's function so that nothing it does leaves the client without an answer.

use std::{
    any::Any,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    task::{self, Poll},
};

use tokio::time::{Instant, Sleep, sleep_until};

use super::{Limits, dispatch::Refusal};
use crate::{
    context::{Context, with_current},
    primitives::BoxFuture,
};

/// Why a function gave no value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Abort {
    /// It has asked what the next round answers.
    Asked,
    Cancelled,
    Panicked,
    TimedOut,
}

/// A function at work: a panic, a cancelled call and a time limit each end it.
pub(crate) struct Guarded<'a, T> {
    /// Taken out to be dropped, because a `Drop` can panic as well.
    function: Option<BoxFuture<'a, T>>,
    ctx: &'a Context,
    limits: &'a Limits,
    clock: Option<Clock>,
}

/// Started when the function first waits: one that never does needs no timer.
struct Clock {
    timer: Pin<Box<Sleep>>,
    end: Instant,
}

impl<'a, T> Guarded<'a, T> {
    pub(crate) fn new(function: BoxFuture<'a, T>, ctx: &'a Context, limits: &'a Limits) -> Self {
        Self { function: Some(function), ctx, limits, clock: None }
    }

    fn finish(&mut self) {
        let Some(function) = self.function.take() else { return };
        self.ctx.info().effects.end();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(function))) {
            report_panic(&*panic);
        }
    }

    fn is_out_of_time(&mut self, cx: &mut task::Context<'_>) -> bool {
        let clock = self.clock.get_or_insert_with(|| {
            let now = Instant::now();
            let end = now + self.limits.call_total;
            let idle = now + self.limits.call_idle;
            Clock { timer: Box::pin(sleep_until(idle.min(end))), end }
        });
        while clock.timer.as_mut().poll(cx).is_ready() {
            let now = Instant::now();
            let info = self.ctx.info();
            // Waiting for the client is no idleness: a question has a time limit of its own.
            let last = if info.effects.is_waiting() { Some(now) } else { info.last_progress.get() };
            let idle = last.map(|last| last + self.limits.call_idle);
            match idle.map(|idle| idle.min(clock.end)) {
                Some(deadline) if deadline > now => clock.timer.as_mut().reset(deadline),
                _ => return true,
            }
        }
        false
    }
}

impl<T> Future for Guarded<'_, T> {
    type Output = Result<T, Abort>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(function) = this.function.as_mut() else {
            return Poll::Ready(Err(Abort::Cancelled));
        };
        let step = || with_current(this.ctx, || function.as_mut().poll(cx));
        let outcome = match catch_unwind(AssertUnwindSafe(step)) {
            Ok(Poll::Ready(value)) => Ok(value),
            Ok(Poll::Pending) if this.ctx.info().cancellation.poll(cx.waker()) => {
                Err(Abort::Cancelled)
            }
            Ok(Poll::Pending) if this.ctx.info().effects.ends_round(cx.waker()) => {
                Err(Abort::Asked)
            }
            Ok(Poll::Pending) if this.is_out_of_time(cx) => Err(Abort::TimedOut),
            Ok(Poll::Pending) => return Poll::Pending,
            Err(panic) => {
                report_panic(&*panic);
                Err(Abort::Panicked)
            }
        };
        this.finish();
        Poll::Ready(outcome)
    }
}

impl<T> Drop for Guarded<'_, T> {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Runs what is not a function of an author but can run an author's code, such as a filter or a
/// `Serialize`: a panic in there is an answer as well.
pub(super) async fn catch_panic<T>(
    future: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    let mut future = pin!(future);
    let step = |cx: &mut task::Context<'_>| {
        catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))).unwrap_or_else(|panic| {
            report_panic(&*panic);
            Poll::Ready(Err(Abort::Panicked.into()))
        })
    };
    poll_fn(step).await
}

/// The panic hook has told where; the payload can hold an argument's value and is not repeated.
fn report_panic(_: &(dyn Any + Send)) {
    tracing::error!("a function panicked");
}
