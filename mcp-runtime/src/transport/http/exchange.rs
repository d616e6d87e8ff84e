//! One request and its response: answered at once where that is possible, as a stream of events
//! from the moment the call says something before its answer.

use std::{
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use mcp_auth::InsufficientScope;
use tokio::{runtime::Handle, sync::mpsc, time::timeout};

use super::{
    body::Accepts,
    reply::Reply,
    sessions::HttpSession,
    sse::{self, EventStream},
    stream_log::StreamLog,
};
use crate::{
    context::{Cancellation, Outbox},
    primitives::BoxFuture,
    protocol::RequestId,
    server::Limits,
};

/// What a request comes to.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) status: StatusCode,
    pub(super) message: Option<Vec<u8>>,
    /// The id of the session that the request has opened.
    pub(super) session_id: Option<HeaderValue>,
    pub(super) retry_after: Option<u64>,
    /// What the caller needs. Who knows how callers sign in makes a challenge of it.
    pub(super) insufficient_scope: Option<InsufficientScope>,
}

impl Outcome {
    pub(super) fn message(status: StatusCode, message: Vec<u8>) -> Self {
        Self { message: Some(message), ..Self::empty(status) }
    }

    pub(super) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            message: None,
            session_id: None,
            retry_after: None,
            insufficient_scope: None,
        }
    }

    fn into_reply(self) -> Reply {
        let mut reply = match self.message {
            Some(message) => Reply::json(self.status, message),
            None => Reply::empty(self.status),
        };
        if let Some(id) = self.session_id {
            reply.headers_mut().insert("mcp-session-id", id);
        }
        if let Some(insufficient) = self.insufficient_scope {
            reply.need_scope(insufficient);
        }
        match self.retry_after {
            Some(seconds) => reply.retry_after(seconds),
            None => reply,
        }
    }
}

/// What a request and its response share while the request runs.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) outbox: Arc<Outbox>,
    pub(super) cancellation: Cancellation,
    /// Set once the request has turned out to be one of a session. A client of those revisions that
    /// hangs up does not cancel its calls.
    pub(super) session: OnceLock<Arc<HttpSession>>,
    /// The request of the session, if it is a single one.
    pub(super) request: OnceLock<RequestId>,
}

impl Exchange {
    pub(super) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            outbox: Arc::new(Outbox::new(limits.queued_messages, limits.queued_bytes)),
            cancellation: Cancellation::default(),
            session: OnceLock::new(),
            request: OnceLock::new(),
        })
    }
}

/// A request that is being answered. Dropped before its end, it is cancelled, or goes on without
/// anyone waiting, as its revision wants it.
pub(super) struct Work {
    exchange: Arc<Exchange>,
    answering: Option<BoxFuture<'static, Outcome>>,
}

impl Work {
    pub(super) fn new(exchange: Arc<Exchange>, answering: BoxFuture<'static, Outcome>) -> Self {
        Self { exchange, answering: Some(answering) }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Outcome> {
        let Some(answering) = &mut self.answering else { return Poll::Pending };
        let outcome = std::task::ready!(answering.as_mut().poll(cx));
        self.answering = None;
        // Work that the call has left behind must not wait for someone to read what it says.
        self.exchange.outbox.close();
        Poll::Ready(outcome)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let Some(answering) = self.answering.take() else { return };
        // Nobody reads what it says from here on.
        self.exchange.outbox.close();
        match self.exchange.session.get() {
            None => self.exchange.cancellation.cancel(),
            Some(session) if Handle::try_current().is_ok() => {
                session.spawn(async { drop(answering.await) });
            }
            Some(_) => {}
        }
    }
}

/// Answers a request.
pub(super) async fn respond(mut work: Work, accepts: Accepts, limits: &Limits) -> Reply {
    let exchange = Arc::clone(&work.exchange);
    let outbox = &exchange.outbox;
    let outcome = std::future::poll_fn(|cx| {
        if let Poll::Ready(outcome) = work.poll(cx) {
            return Poll::Ready(Some(outcome));
        }
        while outbox.poll_ready(cx) {
            if accepts.events {
                return Poll::Ready(None);
            }
            // A client that cannot read events is not told what would come before the answer.
            if outbox.try_pop().is_none() {
                break;
            }
        }
        Poll::Pending
    })
    .await;
    let outcome = match outcome {
        // Nothing came before it, or nothing that the client can or should read.
        Some(outcome)
            if outbox.is_empty() || !accepts.events || outcome.status != StatusCode::OK =>
        {
            return outcome.into_reply();
        }
        outcome => outcome,
    };
    let request = exchange.request.get().cloned();
    let stream = exchange.session.get().and_then(|it| Some((it, it.open_stream(request)?)));
    let Some((session, log)) = stream else {
        let (events, read) = mpsc::channel(1);
        tokio::spawn(feed(work, outcome, events, limits.write_timeout));
        return Reply::events(EventStream::direct(read, limits.keep_alive));
    };
    let reader = log.read_new();
    session.spawn(pump(work, log, limits.write_timeout, outcome));
    Reply::events(EventStream::log(reader, limits.keep_alive))
}

/// Brings what a call says, and its answer, into the log of a stream.
async fn pump(
    mut work: Work,
    log: Arc<StreamLog>,
    patience: Duration,
    mut outcome: Option<Outcome>,
) {
    enum Step {
        Message(Bytes),
        HangUp(Duration),
        Done(Outcome),
    }
    let exchange = Arc::clone(&work.exchange);
    loop {
        let step = std::future::poll_fn(|cx| {
            if let Poll::Ready(Some(message)) = exchange.outbox.poll_pop(cx) {
                return Poll::Ready(Step::Message(message));
            }
            if let Some(retry) = exchange.outbox.take_hang_up() {
                return Poll::Ready(Step::HangUp(retry));
            }
            if let Some(outcome) = outcome.take() {
                return Poll::Ready(Step::Done(outcome));
            }
            match work.poll(cx) {
                // What it has said comes before its answer.
                Poll::Ready(done) if !exchange.outbox.is_empty() => {
                    outcome = Some(done);
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                Poll::Ready(outcome) => Poll::Ready(Step::Done(outcome)),
                Poll::Pending => Poll::Pending,
            }
        })
        .await;
        match step {
            Step::Message(message) => push(&log, message, patience).await,
            Step::HangUp(retry) => log.hang_up(retry),
            Step::Done(outcome) => {
                if let Some(message) = outcome.message {
                    push(&log, message.into(), patience).await;
                }
                log.finish();
                return;
            }
        }
    }
}

/// Waits for a slow reader, and cuts off one that does not read at all.
pub(super) async fn push(log: &StreamLog, message: Bytes, patience: Duration) {
    if timeout(patience, log.push(message.clone())).await.is_err() {
        tracing::debug!("a client does not read its stream and is cut off");
        log.cut_off();
        log.push(message).await;
    }
}

/// Brings what a call without a log says, and its answer, to its response.
///
/// The call runs as far as that is read, and is dropped when the client hangs up or does not read:
/// whatever serves the connection need not look after that.
async fn feed(
    mut work: Work,
    mut outcome: Option<Outcome>,
    events: mpsc::Sender<Bytes>,
    patience: Duration,
) {
    let mut finished = false;
    while !finished {
        let Ok(Ok(place)) = timeout(patience, events.reserve()).await else {
            tracing::debug!("a client does not read its stream and is cut off");
            return;
        };
        let next = std::future::poll_fn(|cx| {
            let (next, done) = std::task::ready!(poll_events(&mut work, outcome.take(), cx));
            finished = done;
            Poll::Ready(next)
        });
        tokio::select! {
            next = next => {
                if !next.is_empty() {
                    place.send(next);
                }
            }
            () = events.closed() => return,
        }
    }
}

/// The next events, and whether they are the last. `outcome` is what the call has come to, if that
/// is known.
fn poll_events(
    work: &mut Work,
    outcome: Option<Outcome>,
    cx: &mut Context<'_>,
) -> Poll<(Bytes, bool)> {
    let outcome = outcome.map_or_else(|| work.poll(cx), Poll::Ready);
    let mut events = Vec::new();
    while let Poll::Ready(Some(message)) = work.exchange.outbox.poll_pop(cx) {
        sse::event(&mut events, None, &message);
    }
    let finished = outcome.is_ready();
    if let Poll::Ready(Outcome { message: Some(message), .. }) = outcome {
        sse::event(&mut events, None, &message);
    }
    if finished || !events.is_empty() {
        Poll::Ready((events.into(), finished))
    } else {
        Poll::Pending
    }
}
