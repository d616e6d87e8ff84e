//! Bare axum: one route, TCP_NODELAY, a set of session ids, and streams that stay open.

use std::{
    collections::HashSet,
    convert::Infallible,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::post,
    serve::ListenerExt as _,
};
use futures_core::Stream;

use crate::{
    answer,
    wire::{Request, Tool},
};

const SESSION: &str = "mcp-session-id";

struct Server {
    tools: Vec<Tool>,
    sessions: Mutex<Sessions>,
}

#[derive(Default)]
struct Sessions {
    opened: u64,
    open: HashSet<String>,
}

impl Server {
    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[tokio::main]
pub(crate) async fn serve(address: &str) -> anyhow::Result<()> {
    let server = Server { tools: answer::tools()?, sessions: Mutex::default() };
    let router = Router::new()
        .route("/mcp", post(message).get(stream).delete(end_session))
        .with_state(Arc::new(server));
    let listener = tokio::net::TcpListener::bind(address).await?.tap_io(|connection| {
        // A connection that is gone already fails at its first read.
        let _ = connection.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

async fn message(State(server): State<Arc<Server>>, headers: HeaderMap, body: Bytes) -> Response {
    match respond(&server, &headers, &body) {
        Ok(response) => response,
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error:#}")).into_response(),
    }
}

fn respond(server: &Server, headers: &HeaderMap, body: &[u8]) -> anyhow::Result<Response> {
    let request: Request<'_> = serde_json::from_slice(body)?;
    if request.method == "subscriptions/listen" {
        return Ok(open_stream(Some(acknowledgement(&request))));
    }
    if !session_known(server, headers) {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    let json = [(CONTENT_TYPE, "application/json")];
    let Some(answer) = answer::answer(&request, &server.tools)? else {
        return Ok(StatusCode::ACCEPTED.into_response());
    };
    if request.method == "initialize" {
        return Ok((json, [(SESSION, new_session(server))], answer).into_response());
    }
    Ok((json, answer).into_response())
}

async fn stream(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    if headers.contains_key(SESSION) && session_known(&server, &headers) {
        open_stream(None)
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

async fn end_session(State(server): State<Arc<Server>>, headers: HeaderMap) -> StatusCode {
    let id = headers.get(SESSION).and_then(|id| id.to_str().ok());
    if id.is_some_and(|id| server.sessions().open.remove(id)) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}

/// Whether the session that a request names is open; a request may name none.
fn session_known(server: &Server, headers: &HeaderMap) -> bool {
    headers
        .get(SESSION)
        .is_none_or(|id| id.to_str().is_ok_and(|id| server.sessions().open.contains(id)))
}

fn new_session(server: &Server) -> String {
    let mut sessions = server.sessions();
    let id = format!("{:032x}", sessions.opened);
    sessions.opened += 1;
    sessions.open.insert(id.clone());
    id
}

fn acknowledgement(request: &Request<'_>) -> Bytes {
    let id = request.id.map_or("null", |id| id.get());
    let notification = format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{{"_meta":{{"io.modelcontextprotocol/subscriptionId":{id}}},"notifications":{{"toolsListChanged":true}}}}}}"#
    );
    Bytes::from(format!("event: message\ndata: {notification}\n\n"))
}

fn open_stream(first: Option<Bytes>) -> Response {
    ([(CONTENT_TYPE, "text/event-stream")], Body::from_stream(OpenStream { first })).into_response()
}

/// A stream of at most one event that never ends.
struct OpenStream {
    first: Option<Bytes>,
}

impl Stream for OpenStream {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.first.take().map_or(Poll::Pending, |event| Poll::Ready(Some(Ok(event))))
    }
}
