//! Streamable HTTP: one endpoint for every revision.

mod access;
mod body;
mod exchange;
mod guards;
mod headers;
mod legacy;
#[cfg(feature = "sse")]
mod legacy_sse;
mod listener;
mod modern;
mod post;
mod reply;
mod sessions;
mod shared_sessions;
mod shared_streams;
mod sse;
mod stream_log;

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header, request::Parts};
use http_body::Body;
use mcp_auth::Principal;
use tokio::sync::Semaphore;

#[cfg(all(feature = "auth", feature = "testing"))]
pub(crate) use access::Vouched;
pub use reply::ReplyBody;

use self::{
    access::Gate,
    exchange::{Exchange, Work},
    post::{Post, names_stateless_revision},
    reply::{Refusal, Reply},
    sessions::{HttpSession, Sessions},
    sse::EventStream,
    stream_log::Reader,
};
use crate::{
    protocol::Revision,
    publish,
    server::{Core, ServerHandle, store_refused},
    tasks::StoreError,
};

/// The endpoint of a server over Streamable HTTP, as a tower service.
///
/// It checks host and origin, method, media types and sizes itself, so that it is safe wherever it
/// is mounted, and who calls, with `Server::auth`. Another authentication layer in front of it puts
/// a [`Principal`] into the request's extensions; whatever else is there, functions find with
/// `Context::http`.
///
/// ```
/// use mcp_runtime::prelude::*;
///
/// /// Say hello.
/// #[mcp_tool]
/// async fn hello() -> String {
///     "hello".into()
/// }
///
/// # fn main() -> mcp_runtime::Result<()> {
/// let server = Server::new("hello", "1.0.0").tools(tools![hello]).build()?;
/// let app: axum::Router = axum::Router::new().route_service("/mcp", server.http_service());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct HttpService(Arc<Endpoint>);

/// What the requests to one endpoint share.
#[derive(Debug)]
pub(crate) struct Endpoint {
    core: Arc<Core>,
    sessions: Arc<Sessions>,
    gate: Gate,
    /// The bytes of bodies that can be in memory at once.
    body_budget: Semaphore,
}

impl ServerHandle {
    /// The server's endpoint for Streamable HTTP, to be mounted in an application. Each call makes
    /// an endpoint with sessions of its own.
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    #[must_use]
    pub fn http_service(&self) -> HttpService {
        let limits = &self.core.limits;
        let budget = limits.body_bytes_in_flight.min(Semaphore::MAX_PERMITS);
        HttpService(Arc::new(Endpoint {
            core: Arc::clone(&self.core),
            sessions: Sessions::new(&self.core),
            gate: Gate::new(&self.core.http),
            body_budget: Semaphore::new(budget),
        }))
    }

    /// An axum router that serves Streamable HTTP at `path`, for example `/mcp`, and with
    /// `Server::auth` the metadata by which clients find the authorization server.
    ///
    /// # Panics
    ///
    /// When `path` does not start with a slash.
    ///
    /// ```no_run
    /// # async fn run() -> mcp_runtime::Result<()> {
    /// let server = mcp_runtime::Server::new("hello", "1.0.0").build()?;
    /// let app = server.router("/mcp").route("/health", axum::routing::get(async || "ok"));
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    /// server.serve(listener, app).await
    /// # }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    pub fn router(&self, path: &str) -> axum::Router {
        let router = axum::Router::new().route_service(path, self.http_service());
        #[cfg(feature = "auth")]
        let router = router.merge(self.metadata_router());
        publish::with_card(router, &self.core, path)
    }

    /// An axum router that serves the metadata by which clients find the authorization server
    /// (RFC 9728), for applications that mount [`http_service`](Self::http_service) themselves. It
    /// has the paths `/.well-known/oauth-protected-resource` and, with the path of the resource
    /// behind it, `/.well-known/oauth-protected-resource/mcp`; none without
    /// [`Server::auth`](crate::Server::auth).
    #[cfg(feature = "auth")]
    #[cfg_attr(docsrs, doc(cfg(feature = "auth")))]
    pub fn metadata_router(&self) -> axum::Router {
        let gate = Arc::new(Gate::new(&self.core.http));
        let paths = self.core.http.auth.iter().flat_map(mcp_auth::AuthLayer::metadata_paths);
        paths.fold(axum::Router::new(), |router, path| {
            let gate = Arc::clone(&gate);
            let answer = async move |request: axum::extract::Request| {
                gate.metadata(&request.into_parts().0).map(axum::body::Body::new)
            };
            router.route(path, axum::routing::any(answer))
        })
    }
}

impl HttpService {
    async fn respond<B>(self, request: Request<B>) -> Response<ReplyBody>
    where
        B: Body<Data = Bytes> + Send,
    {
        let (parts, body) = request.into_parts();
        let endpoint = Arc::clone(&self.0);
        self.0.gate.answer(parts, |parts| endpoint.route(parts, body)).await
    }
}

impl Endpoint {
    async fn route<B>(self: Arc<Self>, parts: Parts, body: B) -> Reply
    where
        B: Body<Data = Bytes> + Send,
    {
        let principal = parts.extensions.get::<Principal>().cloned();
        match parts.method {
            Method::POST => self.post(parts, body, principal).await,
            Method::GET => self.get(&parts, principal.as_ref()).await,
            Method::DELETE => self.delete(&parts, principal.as_ref()).await,
            _ => method_not_allowed(),
        }
    }

    async fn post<B>(self: Arc<Self>, parts: Parts, body: B, principal: Option<Principal>) -> Reply
    where
        B: Body<Data = Bytes> + Send,
    {
        let accepts = body::accepts(&parts.headers);
        if !accepts.json {
            return Refusal::new(
                StatusCode::NOT_ACCEPTABLE,
                "the answer may be `application/json`",
            )
            .into_reply();
        }
        if let Err(refusal) = body::check_content_type(&parts) {
            return refusal.into_reply();
        }
        let limits = &self.core.limits;
        // The body's share of the memory is given back when the answer, or its stream, begins.
        let received = match body::receive(&parts.headers, body, limits, &self.body_budget).await {
            Ok(received) => received,
            Err(refusal) => return refusal.into_reply(),
        };
        let exchange = Exchange::new(limits);
        let post = Post {
            endpoint: Arc::clone(&self),
            exchange: Arc::clone(&exchange),
            parts,
            body: received.bytes.clone(),
            principal,
        };
        let work = Work::new(exchange, Box::pin(post.answer()));
        exchange::respond(work, accepts, limits).await
    }

    /// What the server says without being asked, or what a client has missed.
    async fn get(&self, parts: &Parts, principal: Option<&Principal>) -> Reply {
        if names_stateless_revision(parts) || !parts.headers.contains_key(headers::SESSION_ID) {
            return method_not_allowed();
        }
        if !body::accepts(&parts.headers).events {
            return Refusal::new(StatusCode::NOT_ACCEPTABLE, "the answer is `text/event-stream`")
                .into_reply();
        }
        let session = match legacy::find_session(self, parts, principal).await {
            Ok(session) => session,
            Err((status, fault)) => return Reply::error(status, None, &fault),
        };
        if session.session.revision < Revision::V2025_03_26 {
            return method_not_allowed();
        }
        let reader = match headers::single(&parts.headers, "last-event-id") {
            Ok(None) if session.unsolicited.has_reader() => {
                return Refusal::new(StatusCode::CONFLICT, "the session has a stream open already")
                    .into_reply();
            }
            Ok(None) if session.is_full() => {
                return Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too many streams")
                    .retry_after(1)
                    .into_reply();
            }
            Ok(None) => Some(session.unsolicited.read_new()),
            Ok(Some(id)) => match self.read_after(&session, id).await {
                Ok(reader) => reader,
                Err(error) => {
                    let fault = store_refused(error);
                    return Reply::error(StatusCode::SERVICE_UNAVAILABLE, None, &fault);
                }
            },
            Err(_) => None,
        };
        match reader {
            Some(reader) => {
                let keep_alive = self.core.limits.keep_alive;
                let mut stream = EventStream::log(reader, keep_alive);
                stream.hold(session.enter());
                stream.end_with(Arc::clone(&self.core));
                Reply::events(stream)
            }
            // Not 404, which would say that the session is gone.
            None => {
                Refusal::new(StatusCode::BAD_REQUEST, "the events after `last-event-id` are gone")
                    .into_reply()
            }
        }
    }

    /// What comes after the event that a client has seen, here or at another process.
    async fn read_after(
        &self,
        session: &Arc<HttpSession>,
        event_id: &str,
    ) -> Result<Option<Reader>, StoreError> {
        let Some((number, seen)) = stream_log::parse_event_id(event_id) else { return Ok(None) };
        if let Some(log) = session.stream(number)
            && let Some(reader) = log.read_after(seen)
        {
            return Ok(Some(reader));
        }
        if session.session.shared().is_none() {
            return Ok(None);
        }
        if number == session.unsolicited.number() {
            // What another process has told, and what it has not, is told once more.
            let reader = session.unsolicited.read_new();
            session.session.tell_all(&self.core.all_lists_changed());
            return Ok(Some(reader));
        }
        session.follow(number, seen).await
    }

    async fn delete(&self, parts: &Parts, principal: Option<&Principal>) -> Reply {
        if names_stateless_revision(parts) || !parts.headers.contains_key(headers::SESSION_ID) {
            return method_not_allowed();
        }
        match legacy::find_session(self, parts, principal).await {
            Ok(session) => match self.sessions.remove(&session).await {
                Ok(()) => Reply::empty(StatusCode::NO_CONTENT),
                Err(error) => {
                    Reply::error(StatusCode::SERVICE_UNAVAILABLE, None, &store_refused(error))
                }
            },
            Err((status, fault)) => Reply::error(status, None, &fault),
        }
    }
}

fn method_not_allowed() -> Reply {
    let mut reply = Reply::empty(StatusCode::METHOD_NOT_ALLOWED);
    reply.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    reply
}

impl<B> tower_service::Service<Request<B>> for HttpService
where
    B: Body<Data = Bytes> + Send + 'static,
{
    type Response = Response<ReplyBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move { Ok(service.respond(request).await) })
    }
}
