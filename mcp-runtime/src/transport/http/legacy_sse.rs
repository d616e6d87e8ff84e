//! The HTTP+SSE transport of 2024-11-05: the server speaks on one stream, the client by POST.
//!
//! Each stream is a pipe as on stdio: a POST writes a line, and each line that comes back is an
//! event.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use axum::{
    Router,
    body::Body,
    routing::{get, post},
};
use bytes::{Bytes, BytesMut};
use http::{Request, StatusCode, request::Parts};
use mcp_auth::{InsufficientScope, Principal};
use memchr::memchr;
use tokio::{
    io::{AsyncRead as _, AsyncWriteExt as _, DuplexStream, ReadBuf, ReadHalf, WriteHalf, duplex},
    sync::Semaphore,
    time::timeout,
};

use super::{
    access::Gate,
    body,
    reply::{Refusal, Reply},
    sessions::new_id,
    sse::{self, EventStream},
};
use crate::{
    protocol::{claims_revision, is_batch, parse_batch},
    server::{Core, ServerHandle, insufficient_scope},
    transport::{batch, pipe},
};

/// How many bytes are between a client and its pipe.
const BUFFER: usize = 64 * 1024;

impl ServerHandle {
    /// An axum router that serves the HTTP+SSE transport of 2024-11-05, for clients that know
    /// nothing newer: the stream at `stream`, the messages at `messages`, for example `/sse` and
    /// `/messages`. Both are whole paths, as clients see them.
    ///
    /// The protocol has replaced this transport in 2025-03-26; Streamable HTTP serves every
    /// revision.
    ///
    /// ```no_run
    /// # async fn run() -> mcp_runtime::Result<()> {
    /// let server = mcp_runtime::Server::new("hello", "1.0.0").build()?;
    /// let app = server.router("/mcp").merge(server.sse_router("/sse", "/messages"));
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    /// server.serve(listener, app).await
    /// # }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "sse")))]
    pub fn sse_router(&self, stream: &str, messages: &str) -> Router {
        let limits = &self.core.limits;
        let budget = limits.body_bytes_in_flight.min(Semaphore::MAX_PERMITS);
        let endpoint = Arc::new(Endpoint {
            core: Arc::clone(&self.core),
            gate: Gate::new(&self.core.http),
            body_budget: Semaphore::new(budget),
            messages: messages.to_owned(),
            clients: Mutex::default(),
        });
        let (open, send) = (Arc::clone(&endpoint), endpoint);
        Router::new()
            .route(
                stream,
                get(move |request: Request<Body>| async move {
                    let (parts, _) = request.into_parts();
                    let answer =
                        async |parts| open.open(&parts).unwrap_or_else(Refusal::into_reply);
                    open.gate.answer(parts, answer).await.map(Body::new)
                }),
            )
            .route(
                messages,
                post(move |request: Request<Body>| async move {
                    let (parts, body) = request.into_parts();
                    let answer = async |parts| {
                        send.send(&parts, body).await.unwrap_or_else(Refusal::into_reply)
                    };
                    send.gate.answer(parts, answer).await.map(Body::new)
                }),
            )
    }
}

struct Endpoint {
    core: Arc<Core>,
    gate: Gate,
    body_budget: Semaphore,
    /// Where clients send messages.
    messages: String,
    clients: Mutex<HashMap<String, Arc<Client>>>,
}

/// A client whose stream is open.
struct Client {
    principal: Option<Principal>,
    pipe: tokio::sync::Mutex<WriteHalf<DuplexStream>>,
}

impl Endpoint {
    fn clients(&self) -> MutexGuard<'_, HashMap<String, Arc<Client>>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(self: &Arc<Self>, parts: &Parts) -> Result<Reply, Refusal> {
        if !body::accepts(&parts.headers).events {
            let message = "the answer is `text/event-stream`";
            return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, message));
        }
        let principal = parts.extensions.get::<Principal>().cloned();
        let id = new_id()?;
        let (near, far) = duplex(BUFFER);
        let (lines, pipe) = tokio::io::split(near);
        let client = Client { principal: principal.clone(), pipe: pipe.into() };
        {
            let mut clients = self.clients();
            if clients.len() >= self.core.limits.sessions {
                return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too many sessions")
                    .retry_after(30));
            }
            clients.insert(id.clone(), Arc::new(client));
        }
        let (reader, writer) = tokio::io::split(far);
        let serving = pipe::serve(Arc::clone(&self.core), reader, writer, principal, false);
        tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::debug!(%error, "a client has gone");
            }
        });
        let greeting = format!("event: endpoint\ndata: {}?session_id={id}\n\n", self.messages);
        let lines = Lines {
            greeting: Some(greeting.into()),
            pipe: lines,
            read: BytesMut::new(),
            searched: 0,
            _place: Place { endpoint: Arc::clone(self), id },
        };
        let keep_alive = self.core.limits.keep_alive;
        Ok(Reply::events(EventStream::lines(Box::new(lines), keep_alive)))
    }

    async fn send(&self, parts: &Parts, body: Body) -> Result<Reply, Refusal> {
        let unknown = || Refusal::new(StatusCode::NOT_FOUND, "there is no such session");
        let id = parts
            .uri
            .query()
            .into_iter()
            .flat_map(|query| query.split('&'))
            .find_map(|pair| pair.strip_prefix("session_id="))
            .ok_or_else(unknown)?;
        let client = self.clients().get(id).cloned().ok_or_else(unknown)?;
        let principal = parts.extensions.get::<Principal>();
        if client.principal.as_ref() != principal {
            return Err(unknown());
        }
        body::check_content_type(parts)?;
        let limits = &self.core.limits;
        let received = body::receive(&parts.headers, body, limits, &self.body_budget).await?;
        if claims_revision(&received.bytes) {
            let message = "2026-07-28 is served over Streamable HTTP";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, message));
        }
        // The answer comes on the stream, and a challenge does not.
        if let Err(insufficient) = self.check_scopes(&received.bytes, principal) {
            let fault = insufficient_scope(&insufficient);
            let mut reply = Reply::error(StatusCode::FORBIDDEN, None, &fault);
            reply.need_scope(insufficient);
            return Ok(reply);
        }
        // A line break can only be between the members of the message.
        let break_to_space = |&byte: &u8| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte };
        let mut line: Vec<u8> = received.bytes.iter().map(break_to_space).collect();
        line.push(b'\n');
        let write = async { client.pipe.lock().await.write_all(&line).await };
        match timeout(limits.body_timeout, write).await {
            Ok(Ok(())) => Ok(Reply::empty(StatusCode::ACCEPTED)),
            Ok(Err(_)) => Err(unknown()),
            Err(_) => {
                Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the server is busy")
                    .retry_after(1))
            }
        }
    }
}

impl Endpoint {
    fn check_scopes(
        &self,
        json: &[u8],
        principal: Option<&Principal>,
    ) -> Result<(), InsufficientScope> {
        if !is_batch(json) {
            return self.core.check_message(json, principal);
        }
        let messages = parse_batch(json, batch::MAX_MESSAGES).unwrap_or_default();
        messages.iter().try_for_each(|it| self.core.check_message(it.get().as_bytes(), principal))
    }
}

/// The lines of a pipe, as events.
pub(super) struct Lines {
    greeting: Option<Bytes>,
    pipe: ReadHalf<DuplexStream>,
    read: BytesMut,
    /// How many bytes of it are known to hold no `\n`.
    searched: usize,
    _place: Place,
}

impl Lines {
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(greeting) = self.greeting.take() {
            return Poll::Ready(Some(greeting));
        }
        loop {
            let rest = self.read.get(self.searched..).unwrap_or_default();
            if let Some(end) = memchr(b'\n', rest).map(|at| self.searched + at) {
                self.searched = 0;
                let line = self.read.split_to(end + 1);
                let mut event = Vec::with_capacity(line.len() + 32);
                sse::event(&mut event, None, line.get(..end).unwrap_or_default());
                return Poll::Ready(Some(event.into()));
            }
            self.searched = self.read.len();
            let mut chunk = [0; 4096];
            let mut chunk = ReadBuf::new(&mut chunk);
            match ready!(Pin::new(&mut self.pipe).poll_read(cx, &mut chunk)) {
                Ok(()) if !chunk.filled().is_empty() => self.read.extend_from_slice(chunk.filled()),
                _ => return Poll::Ready(None),
            }
        }
    }
}

/// A client's place in the table, given up with its stream.
struct Place {
    endpoint: Arc<Endpoint>,
    id: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.endpoint.clients().remove(&self.id);
    }
}
