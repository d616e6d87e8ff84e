//! HTTP responses of the endpoint.

use std::{
    borrow::Cow,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::SystemTime,
};

use bytes::Bytes;
use http::{Extensions, HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::sse::EventStream;
use crate::{
    protocol::{ErrorCode, RequestId, RpcError},
    server::error_message,
};

/// The body of a response: whole, or a stream of events.
#[derive(Debug)]
pub struct ReplyBody(Kind);

#[derive(Debug)]
enum Kind {
    Full(Option<Bytes>),
    Events(Box<EventStream>),
    /// Ends when the caller's token does.
    EventsUntil(Box<EventStream>, Pin<Box<Sleep>>),
}

impl From<Bytes> for ReplyBody {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Full(Some(bytes)))
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let data = match &mut self.0 {
            Kind::Full(bytes) => bytes.take(),
            Kind::Events(events) => std::task::ready!(events.poll_next(cx)),
            Kind::EventsUntil(events, end) => match events.poll_next(cx) {
                Poll::Ready(data) => data,
                Poll::Pending => {
                    std::task::ready!(end.as_mut().poll(cx));
                    self.0 = Kind::Full(None);
                    None
                }
            },
        };
        Poll::Ready(data.map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.0, Kind::Full(None))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Full(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Kind::Events(_) | Kind::EventsUntil(..) => SizeHint::default(),
        }
    }
}

/// A response on its way out.
#[derive(Debug)]
pub(super) struct Reply(Response<ReplyBody>);

impl Reply {
    fn new(status: StatusCode, body: Kind) -> Self {
        let mut response = Response::new(ReplyBody(body));
        *response.status_mut() = status;
        Self(response)
    }

    pub(super) fn empty(status: StatusCode) -> Self {
        Self::new(status, Kind::Full(None))
    }

    /// One JSON message.
    pub(super) fn json(status: StatusCode, message: Vec<u8>) -> Self {
        let mut reply = Self::new(status, Kind::Full(Some(message.into())));
        reply
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        reply
    }

    /// A stream of events.
    pub(super) fn events(events: EventStream) -> Self {
        let mut reply = Self::new(StatusCode::OK, Kind::Events(Box::new(events)));
        let headers = reply.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        reply
    }

    pub(super) fn error(status: StatusCode, id: Option<&RequestId>, error: &RpcError) -> Self {
        Self::json(status, error_message(id, error))
    }

    pub(super) fn headers_mut(&mut self) -> &mut HeaderMap {
        self.0.headers_mut()
    }

    pub(super) fn extensions_mut(&mut self) -> &mut Extensions {
        self.0.extensions_mut()
    }

    /// Ends a stream at a time.
    pub(super) fn end_at(&mut self, time: Option<SystemTime>) {
        let Some(time) = time else { return };
        let kind = &mut self.0.body_mut().0;
        *kind = match std::mem::replace(kind, Kind::Full(None)) {
            Kind::Events(events) => {
                let left = time.duration_since(SystemTime::now()).unwrap_or_default();
                Kind::EventsUntil(events, Box::pin(sleep(left)))
            }
            kind => kind,
        };
    }

    /// Says when to try again.
    pub(super) fn retry_after(mut self, seconds: u64) -> Self {
        self.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        self
    }

    pub(super) fn into_response(self) -> Response<ReplyBody> {
        self.0
    }
}

impl From<Response<ReplyBody>> for Reply {
    fn from(response: Response<ReplyBody>) -> Self {
        Self(response)
    }
}

/// Why a request is not taken, before it has an id.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) message: Cow<'static, str>,
    /// When to try again, in seconds.
    pub(super) retry_after: Option<u64>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into(), retry_after: None }
    }

    pub(super) fn too_many_sessions() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "too many sessions").retry_after(30)
    }

    pub(super) fn too_many_sessions_of_caller() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too many sessions of this caller").retry_after(30)
    }

    pub(super) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    pub(super) fn into_reply(self) -> Reply {
        let error = RpcError::new(ErrorCode::INVALID_REQUEST, self.message);
        let reply = Reply::error(self.status, None, &error);
        match self.retry_after {
            Some(seconds) => reply.retry_after(seconds),
            None => reply,
        }
    }
}
