use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::{self, Poll},
};

use super::connection::{Connection, Framing, Reply};
use crate::protocol::{JsonWriter, Revision, RpcError, parse_batch};

impl Connection {
    /// Answers the messages of an array at the same time, in an array.
    pub(super) async fn answer_batch(&self, json: &[u8]) -> Option<Reply> {
        let refuse = |error: RpcError| Some(Reply::error(None, &error));
        let elements = match parse_batch(json, self.max_calls()) {
            Ok(elements) => elements,
            Err(error) => return refuse(error),
        };
        if self.session.get().is_none_or(|it| it.revision != Revision::V2025_03_26) {
            return refuse(RpcError::invalid_request(
                "invalid request: only a session of 2025-03-26 has batches",
            ));
        }
        let answers = elements.into_iter().map(|element| {
            let json = element.get().as_bytes();
            Part::Running(Box::pin(self.answer_message(json, Framing::Batch)))
        });
        let replies = all(answers.collect()).await;
        let mut messages = replies.iter().filter_map(Reply::message).peekable();
        messages.peek()?;
        let mut array = Vec::new();
        let mut writer = JsonWriter::array(&mut array);
        for message in messages {
            writer.item().extend_from_slice(message);
        }
        writer.end();
        Some(Reply::new(array))
    }
}

enum Part<F> {
    Running(Pin<Box<F>>),
    Done(Option<Reply>),
}

impl<F: Future<Output = Option<Reply>>> Part<F> {
    fn is_done(&mut self, cx: &mut task::Context<'_>) -> bool {
        if let Self::Running(answer) = self {
            match answer.as_mut().poll(cx) {
                Poll::Ready(reply) => *self = Self::Done(reply),
                Poll::Pending => return false,
            }
        }
        true
    }
}

/// Runs all of a few at the same time.
async fn all<F: Future<Output = Option<Reply>>>(mut parts: Vec<Part<F>>) -> Vec<Reply> {
    poll_fn(|cx| {
        let pending = parts.iter_mut().filter_map(|part| (!part.is_done(cx)).then_some(())).count();
        if pending == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    let done = parts.into_iter().map(|part| match part {
        Part::Done(reply) => reply,
        Part::Running(_) => None,
    });
    done.flatten().collect()
}
