use std::{
    fmt,
    future::Future as _,
    pin::Pin,
    task::{Context, Poll},
    time::SystemTime,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// A response body that ends when the token of its request does.
pub struct UntilExpiry<B> {
    /// Let go of at the end, so that what makes it stops as well.
    body: Option<B>,
    expires_at: Option<SystemTime>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl<B> UntilExpiry<B> {
    pub(crate) fn new(body: B, expires_at: Option<SystemTime>) -> Self {
        Self { body: Some(body), expires_at, timer: None }
    }

    fn has_expired(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(expires_at) = self.expires_at else { return false };
        // A body that is ready at once needs no timer.
        let timer = self.timer.get_or_insert_with(|| {
            Box::pin(sleep(expires_at.duration_since(SystemTime::now()).unwrap_or_default()))
        });
        timer.as_mut().poll(cx).is_ready()
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for UntilExpiry<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = Pin::new(body).poll_frame(cx);
        if frame.is_pending() && self.has_expired(cx) {
            self.body = None;
            return Poll::Ready(None);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl<B> fmt::Debug for UntilExpiry<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntilExpiry").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}
