//! Batches: several messages in one array, which 2025-03-26 alone has.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::{self, Poll},
};

use crate::protocol::JsonWriter;

/// Runs all of a few at the same time.
pub(crate) async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut parts: Vec<_> =
        futures.into_iter().map(|future| Part::Running(Box::pin(future))).collect();
    poll_fn(|cx| {
        let pending = parts.iter_mut().filter_map(|part| (!part.is_done(cx)).then_some(())).count();
        if pending == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    let done = |part| match part {
        Part::Done(output) => Some(output),
        Part::Running(_) => None,
    };
    parts.into_iter().filter_map(done).collect()
}

enum Part<F: Future> {
    Running(Pin<Box<F>>),
    Done(F::Output),
}

impl<F: Future> Part<F> {
    fn is_done(&mut self, cx: &mut task::Context<'_>) -> bool {
        if let Self::Running(future) = self {
            match future.as_mut().poll(cx) {
                Poll::Ready(output) => *self = Self::Done(output),
                Poll::Pending => return false,
            }
        }
        true
    }
}

/// The answers to a batch, in an array; `None` when it has only notifications and responses.
pub(crate) fn array<'a>(answers: impl IntoIterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
    let mut answers = answers.into_iter().peekable();
    answers.peek()?;
    let mut out = Vec::new();
    let mut array = JsonWriter::array(&mut out);
    for answer in answers {
        array.item().extend_from_slice(answer);
    }
    array.end();
    Some(out)
}
