//! Batches: several messages in one array, which 2025-03-26 alone has.

use std::{future::Future, pin::Pin, task::Poll};

use serde_json::value::RawValue;

use crate::{
    protocol::{JsonWriter, Message, RpcError, parse_message},
    server::error_message,
};

/// How many messages one batch has at most.
pub(crate) const MAX_MESSAGES: usize = 100;

/// Answers the messages side by side, and puts the answers into one array. `None` when there are
/// only notifications and responses.
pub(crate) async fn answer<'a, F>(
    elements: &[&'a RawValue],
    mut handle: impl FnMut(Message<'a>) -> F,
) -> Option<Vec<u8>>
where
    F: Future<Output = Option<Vec<u8>>> + Send,
{
    let mut answers: Vec<Vec<u8>> = Vec::new();
    let mut running: Vec<Pin<Box<F>>> = Vec::new();
    for element in elements {
        match parse_message(element.get().as_bytes()) {
            Err(malformed) => answers.push(error_message(malformed.id.as_ref(), &malformed.error)),
            Ok(Message::Request { id, method, .. }) if method == "initialize" => {
                let fault = RpcError::invalid_request("`initialize` cannot be in a batch");
                answers.push(error_message(Some(&id), &fault));
            }
            Ok(message) => running.push(Box::pin(handle(message))),
        }
    }
    std::future::poll_fn(|cx| {
        running.retain_mut(|handling| match handling.as_mut().poll(cx) {
            Poll::Ready(answer) => {
                answers.extend(answer);
                false
            }
            Poll::Pending => true,
        });
        if running.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    if answers.is_empty() {
        return None;
    }
    let mut out = Vec::new();
    let mut array = JsonWriter::array(&mut out);
    for answer in &answers {
        array.item().extend_from_slice(answer);
    }
    array.end();
    Some(out)
}
