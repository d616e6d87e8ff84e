//! Reading a request's body within bounds.

use std::{
    future::{Future as _, poll_fn},
    pin::Pin,
    task::Poll,
};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header, request::Parts};
use http_body::Body;
use http_body_util::BodyExt as _;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use super::reply::Refusal;
use crate::server::Limits;

/// A body, and its share of the memory that all bodies may take.
pub(super) struct Received<'a> {
    pub(super) bytes: Bytes,
    _share: Share<'a>,
}

/// Reads the body of a request.
///
/// # Errors
///
/// 413 for a body that is too large, 408 for one that comes too slowly, 503 when too many bodies
/// are in memory, 400 for one that breaks off.
pub(super) async fn receive<'a, B>(
    headers: &HeaderMap,
    body: B,
    limits: &Limits,
    budget: &'a Semaphore,
) -> Result<Received<'a>, Refusal>
where
    B: Body<Data = Bytes> + Send,
{
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|len| len > limits.body_bytes) {
        return Err(too_large(limits));
    }
    let mut share = Share { budget, permit: None };
    let mut body = std::pin::pin!(body);
    let bytes = {
        let read = collect(body.as_mut(), limits, &mut share);
        let mut read = std::pin::pin!(read);
        // A body that is there already needs no timer.
        match poll_fn(|cx| Poll::Ready(read.as_mut().poll(cx))).await {
            Poll::Ready(bytes) => bytes?,
            Poll::Pending => timeout(limits.body_timeout, read).await.map_err(|_| {
                Refusal::new(StatusCode::REQUEST_TIMEOUT, "the body comes too slowly")
            })??,
        }
    };
    Ok(Received { bytes, _share: share })
}

/// Reads a body to its end. It takes its share as it comes: what is only announced keeps nobody
/// else from being heard.
async fn collect<B>(
    mut body: Pin<&mut B>,
    limits: &Limits,
    share: &mut Share<'_>,
) -> Result<Bytes, Refusal>
where
    B: Body<Data = Bytes> + Send,
{
    let mut whole = Bytes::new();
    let mut parts = BytesMut::new();
    while let Some(frame) = body.as_mut().frame().await {
        let frame =
            frame.map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "the body breaks off"))?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + parts.len() + data.len() > limits.body_bytes {
            return Err(too_large(limits));
        }
        share.grow(data.len())?;
        // Nearly every body comes as one piece, which is then taken as it is.
        if whole.is_empty() && parts.is_empty() {
            whole = data;
        } else {
            parts.extend_from_slice(&std::mem::take(&mut whole));
            parts.extend_from_slice(&data);
        }
    }
    Ok(if parts.is_empty() { whole } else { parts.freeze() })
}

/// The part of the memory for bodies that one body has.
struct Share<'a> {
    budget: &'a Semaphore,
    permit: Option<SemaphorePermit<'a>>,
}

impl Share<'_> {
    fn grow(&mut self, len: usize) -> Result<(), Refusal> {
        let busy =
            || Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the server is busy").retry_after(1);
        let len = u32::try_from(len).map_err(|_| busy())?;
        let more = self.budget.try_acquire_many(len).map_err(|_| busy())?;
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            None => self.permit = Some(more),
        }
        Ok(())
    }
}

fn too_large(limits: &Limits) -> Refusal {
    let message = format!("a body has at most {} bytes", limits.body_bytes);
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message)
}

/// Refuses a body that is not plain JSON: a web page can send other types without being asked.
///
/// # Errors
///
/// 415.
pub(super) fn check_content_type(parts: &Parts) -> Result<(), Refusal> {
    let mut types = parts.headers.get_all(header::CONTENT_TYPE).iter();
    let is_json = match (types.next(), types.next()) {
        (Some(value), None) => value.to_str().is_ok_and(is_json),
        _ => false,
    };
    let encoded = parts
        .headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"));
    if is_json && !encoded {
        Ok(())
    } else {
        Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body has to be `application/json`, not compressed",
        ))
    }
}

/// `application/json`, with no parameter but `charset=utf-8`.
fn is_json(value: &str) -> bool {
    let mut parts = value.split(';').map(str::trim);
    parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| {
            parameter.is_empty()
                || parameter.split_once('=').is_some_and(|(name, value)| {
                    name.trim().eq_ignore_ascii_case("charset")
                        && value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
                })
        })
}

/// What the client can read of `application/json` and `text/event-stream`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accepts {
    pub(super) json: bool,
    pub(super) events: bool,
}

/// Reads `Accept` (RFC 9110 section 12.5.1). A request without it accepts everything.
pub(super) fn accepts(headers: &HeaderMap) -> Accepts {
    let mut values = headers.get_all(header::ACCEPT).iter().peekable();
    if values.peek().is_none() {
        return Accepts { json: true, events: true };
    }
    let mut accepts = Accepts { json: false, events: false };
    for range in values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default();
        let refused = parts.any(|parameter| {
            parameter.split_once('=').is_some_and(|(name, q)| {
                name.trim().eq_ignore_ascii_case("q")
                    && q.trim().parse::<f32>().is_ok_and(|q| q <= 0.0)
            })
        });
        if refused {
            continue;
        }
        let is = |name: &str| media.eq_ignore_ascii_case(name);
        accepts.json |= is("*/*") || is("application/*") || is("application/json");
        accepts.events |= is("*/*") || is("text/*") || is("text/event-stream");
    }
    accepts
}
