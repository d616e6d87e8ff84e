//! Server-sent events: how messages become events, and the streams that carry them.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::mpsc,
    time::{Instant, Sleep, sleep},
};

use super::{sessions::Active, stream_log::Reader};
use crate::{primitives::BoxFuture, server::Core};

/// Writes one event. What a message holds cannot end it: JSON has no raw line break in a string,
/// and one between members may be any white space.
pub(super) fn event(out: &mut Vec<u8>, id: Option<&str>, message: &[u8]) {
    if let Some(id) = id {
        out.extend_from_slice(b"id: ");
        out.extend_from_slice(id.as_bytes());
        out.push(b'\n');
    }
    out.extend_from_slice(b"event: message\ndata: ");
    out.extend(message.iter().map(|&byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }));
    out.extend_from_slice(b"\n\n");
}

/// An event without data that tells the client from where, and after which time, to come back.
pub(super) fn priming(out: &mut Vec<u8>, id: &str, retry: Duration) {
    let text = format!("id: {id}\nretry: {}\ndata:\n\n", retry.as_millis());
    out.extend_from_slice(text.as_bytes());
}

/// The events of one response.
pub(super) struct EventStream {
    source: Source,
    keep_alive: Duration,
    silence: Pin<Box<Sleep>>,
    /// Ends the stream: when the server stops.
    end: Option<BoxFuture<'static, ()>>,
    _active: Option<Active>,
}

enum Source {
    /// From nothing: it has ended.
    Ended,
    /// From a call that runs while its response is read.
    Direct(mpsc::Receiver<Bytes>),
    /// From the log of a session's stream.
    Log(Reader),
    /// From a pipe.
    #[cfg(feature = "sse")]
    Lines(Box<super::legacy_sse::Lines>),
}

impl EventStream {
    pub(super) fn direct(events: mpsc::Receiver<Bytes>, keep_alive: Duration) -> Self {
        Self::new(Source::Direct(events), keep_alive)
    }

    pub(super) fn log(reader: Reader, keep_alive: Duration) -> Self {
        Self::new(Source::Log(reader), keep_alive)
    }

    #[cfg(feature = "sse")]
    pub(super) fn lines(lines: Box<super::legacy_sse::Lines>, keep_alive: Duration) -> Self {
        Self::new(Source::Lines(lines), keep_alive)
    }

    fn new(source: Source, keep_alive: Duration) -> Self {
        let silence = Box::pin(sleep(keep_alive));
        Self { source, keep_alive, silence, end: None, _active: None }
    }

    /// Keeps a session alive while the stream is read.
    pub(super) fn hold(&mut self, active: Active) {
        self._active = Some(active);
    }

    /// Ends the stream when the server stops.
    pub(super) fn end_with(&mut self, core: Arc<Core>) {
        self.end = Some(Box::pin(async move { core.stopping().await }));
    }

    /// The next events; `None` at the end. A comment when nothing has come for a while.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let next = match &mut self.source {
            Source::Ended => Poll::Ready(None),
            Source::Direct(events) => events.poll_recv(cx),
            Source::Log(reader) => reader.poll_next(cx),
            #[cfg(feature = "sse")]
            Source::Lines(lines) => lines.poll_next(cx),
        };
        if next.is_pending()
            && self.end.as_mut().is_some_and(|end| end.as_mut().poll(cx).is_ready())
        {
            self.end = None;
            self.source = Source::Ended;
            return Poll::Ready(None);
        }
        if next.is_pending() && self.silence.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.silence.as_mut().reset(Instant::now() + self.keep_alive);
        if next.is_ready() {
            return next;
        }
        // Polled once more, so that the timer wakes the stream again.
        let _ = self.silence.as_mut().poll(cx);
        Poll::Ready(Some(Bytes::from_static(b": keep-alive\n\n")))
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventStream")
    }
}
