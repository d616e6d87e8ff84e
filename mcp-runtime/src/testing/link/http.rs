//! Streamable HTTP over a socket.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::sleep};

use super::{Outgoing, Owned, headers, sse::SseReader};
use crate::{
    protocol::{RequestId, Revision},
    testing::{
        ClientError, RawReply, check,
        error::Cause,
        inbox::{Inbox, Origin},
    },
};

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// A server behind a socket. Each request has a connection of its own, so that hanging up ends one
/// request and nothing else.
pub(crate) struct HttpLink {
    pub(crate) address: SocketAddr,
    pub(crate) revision: Revision,
    inbox: Arc<Inbox>,
    session: Mutex<Option<HeaderValue>>,
    /// The stream of the session that belongs to no request.
    stream: Mutex<Stream>,
    _server: Owned,
}

#[derive(Default)]
struct Stream {
    reading: Option<Owned>,
    position: Position,
}

/// How far a stream has been read: the id of the last event.
type Position = Arc<Mutex<Option<String>>>;

/// Reads the response to one request.
pub(crate) struct Carrier {
    reading: Option<Owned>,
    position: Position,
}

/// How the body of a response has ended.
enum End {
    Complete,
    /// The server wants the client back after a while.
    Resume(Duration),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl HttpLink {
    pub(crate) fn new(
        address: SocketAddr,
        revision: Revision,
        inbox: Arc<Inbox>,
        serving: &tokio::task::JoinHandle<crate::Result<()>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            address,
            revision,
            inbox,
            session: Mutex::default(),
            stream: Mutex::default(),
            _server: Owned::new(serving),
        })
    }

    pub(super) fn send(self: &Arc<Self>, request: Outgoing) -> Carrier {
        let position = Position::default();
        let (link, seen) = (Arc::clone(self), Arc::clone(&position));
        let reading = tokio::spawn(async move {
            let Some(id) = request.id.clone() else { return };
            if let Err(fault) = link.exchange(&id, request, &seen).await {
                link.inbox.fail(&id, Cause::Closed(fault.to_string()));
            }
        });
        Carrier { reading: Some(Owned::new(&reading)), position }
    }

    async fn exchange(
        self: &Arc<Self>,
        id: &RequestId,
        request: Outgoing,
        position: &Position,
    ) -> Result<(), Fault> {
        let is_initialize = request.method == "initialize";
        let (response, connection) = self.post(&request).await?;
        match response.headers().get(SESSION) {
            Some(session) if is_initialize && !self.revision.is_stateless() => {
                *lock(&self.session) = Some(session.clone());
            }
            Some(_) => {
                self.inbox.violate("no answer but that to `initialize` opens a session", b"")
            }
            None => {}
        }
        self.read_to_answer(id, (response, connection), position).await
    }

    async fn read_to_answer(
        self: &Arc<Self>,
        id: &RequestId,
        (mut response, mut connection): (Response<Incoming>, Owned),
        position: &Position,
    ) -> Result<(), Fault> {
        loop {
            let status = response.status();
            let origin = Origin::Response { request: id.clone(), status: status.as_u16() };
            let end = self.read(response, &origin, position).await?;
            drop(connection);
            if !self.inbox.is_waiting(id) {
                return Ok(());
            }
            match end {
                End::Resume(retry) => sleep(retry).await,
                End::Complete => {
                    return Err(format!("HTTP {status}, and the response has no answer").into());
                }
            }
            (response, connection) = self.get(position).await?;
        }
    }

    /// Goes on with the response to a request, on another connection.
    pub(crate) fn resume(self: &Arc<Self>, id: RequestId, carrier: &mut Carrier) {
        let (link, position) = (Arc::clone(self), Arc::clone(&carrier.position));
        let reading = tokio::spawn(async move {
            let resumed = async {
                let resumed = link.get(&position).await?;
                link.read_to_answer(&id, resumed, &position).await
            };
            if let Err(fault) = resumed.await {
                link.inbox.fail(&id, Cause::Closed(fault.to_string()));
            }
        });
        carrier.reading = Some(Owned::new(&reading));
    }

    pub(super) async fn notify(&self, notification: Outgoing) -> Result<(), ClientError> {
        let method = &notification.method;
        let failed = |fault: Fault| ClientError::closed(method, fault.to_string());
        let (response, _connection) = self.post(&notification).await.map_err(failed)?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(|it| failed(it.into()))?.to_bytes();
        if status == StatusCode::ACCEPTED && body.is_empty() {
            return Ok(());
        }
        let status = status.as_u16();
        let cause = match check::read(&body, self.revision).map(|mut messages| messages.pop()) {
            Ok(Some(check::Incoming::Answer { outcome: Err(error), .. })) => {
                Cause::Rpc { error, status: Some(status) }
            }
            _ => Cause::Http { status, body: String::from_utf8_lossy(&body).into_owned() },
        };
        Err(ClientError { request: method.clone(), cause })
    }

    /// Opens the stream of the session, from where it was left.
    pub(crate) async fn open_stream(self: &Arc<Self>) -> Result<(), ClientError> {
        let position = Arc::clone(&lock(&self.stream).position);
        let failed = |what: String| ClientError::closed("the stream of the session", what);
        let (response, connection) =
            self.get(&position).await.map_err(|fault| failed(fault.to_string()))?;
        let status = response.status();
        if status != StatusCode::OK {
            let body =
                response.into_body().collect().await.map(http_body_util::Collected::to_bytes);
            let body = String::from_utf8_lossy(&body.unwrap_or_default()).into_owned();
            let cause = Cause::Http { status: status.as_u16(), body };
            return Err(ClientError { request: "the stream of the session".into(), cause });
        }
        let link = Arc::clone(self);
        let reading = tokio::spawn(async move {
            let _connection = connection;
            // A stream can end at any time; what matters is what came.
            let _ = link.read(response, &Origin::Stream, &position).await;
        });
        lock(&self.stream).reading = Some(Owned::new(&reading));
        Ok(())
    }

    /// Hangs up on the stream of the session.
    pub(crate) fn close_stream(&self) {
        lock(&self.stream).reading = None;
    }

    /// Ends the session, if there is one.
    pub(crate) async fn end_session(&self) -> Result<(), ClientError> {
        self.close_stream();
        let Some(session) = lock(&self.session).take() else { return Ok(()) };
        let mut headers = self.headers();
        headers.insert(SESSION, session);
        let failed =
            |fault: Fault| ClientError::closed("the end of the session", fault.to_string());
        let sent = self.request(Method::DELETE, headers, Bytes::new()).await;
        let (response, _connection) = sent.map_err(failed)?;
        if response.status() == StatusCode::NO_CONTENT {
            return Ok(());
        }
        let cause = Cause::Http { status: response.status().as_u16(), body: String::new() };
        Err(ClientError { request: "the end of the session".into(), cause })
    }

    pub(super) async fn send_raw(
        &self,
        bytes: Vec<u8>,
        overrides: Vec<(String, String)>,
    ) -> Result<RawReply, ClientError> {
        let failed = |what: String| ClientError::closed("a raw message", what);
        let mut headers = self.headers();
        replace(&mut headers, &overrides).map_err(|fault| failed(fault.to_string()))?;
        let sent = self.request(Method::POST, headers, bytes.into()).await;
        let (response, _connection) = sent.map_err(|fault| failed(fault.to_string()))?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|fault| failed(fault.to_string()))?.to_bytes();
        let messages = if is_type(&parts.headers, "text/event-stream") {
            let events = SseReader::new().read(&body).map_err(failed)?;
            events.into_iter().map(|event| event.data).filter(|data| !data.is_empty()).collect()
        } else if body.is_empty() {
            Vec::new()
        } else {
            vec![String::from_utf8_lossy(&body).into_owned()]
        };
        for message in &messages {
            if let Err(fault) = check::read(message.as_bytes(), self.revision) {
                self.inbox.violate(&fault, message.as_bytes());
            }
        }
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = parts.headers.iter();
        Ok(RawReply {
            status: Some(parts.status.as_u16()),
            headers: headers.map(|(name, value)| (name.to_string(), text(value))).collect(),
            messages: messages.iter().filter_map(|it| serde_json::from_str(it).ok()).collect(),
        })
    }

    async fn post(&self, message: &Outgoing) -> Result<(Response<Incoming>, Owned), Fault> {
        let mut headers = self.headers();
        if self.revision.is_stateless() {
            replace(&mut headers, &headers::of_request(message))?;
        }
        replace(&mut headers, &message.headers)?;
        self.request(Method::POST, headers, message.to_bytes().into()).await
    }

    async fn get(&self, position: &Position) -> Result<(Response<Incoming>, Owned), Fault> {
        let mut headers = self.headers();
        headers.remove(header::CONTENT_TYPE);
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
        if let Some(id) = lock(position).as_deref() {
            headers.insert(LAST_EVENT, HeaderValue::from_str(id)?);
        }
        self.request(Method::GET, headers, Bytes::new()).await
    }

    /// The headers of every request in the revision, and in the session.
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
        let both = HeaderValue::from_static("application/json, text/event-stream");
        headers.insert(header::ACCEPT, both);
        let session = lock(&self.session).clone();
        let agreed = self.revision.is_stateless()
            || (session.is_some() && self.revision >= Revision::V2025_06_18);
        if agreed {
            headers.insert(VERSION, HeaderValue::from_static(self.revision.as_str()));
        }
        if let Some(session) = session {
            headers.insert(SESSION, session);
        }
        headers
    }

    async fn request(
        &self,
        method: Method,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<(Response<Incoming>, Owned), Fault> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = Owned::new(&tokio::spawn(connection));
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = http::Uri::from_static(super::super::builder::PATH);
        *request.headers_mut() = headers;
        let host = HeaderValue::from_str(&self.address.to_string())?;
        request.headers_mut().entry(header::HOST).or_insert(host);
        Ok((sender.send_request(request).await?, connection))
    }

    /// Brings the messages of a response to the inbox.
    async fn read(
        self: &Arc<Self>,
        response: Response<Incoming>,
        origin: &Origin,
        position: &Position,
    ) -> Result<End, Fault> {
        let (parts, mut body) = response.into_parts();
        let status = parts.status.as_u16();
        if !is_type(&parts.headers, "text/event-stream") {
            let body = body.collect().await?.to_bytes();
            if is_type(&parts.headers, "application/json") {
                self.deliver(&body, origin);
            } else if let Origin::Response { request, .. } = origin {
                let body = String::from_utf8_lossy(&body).into_owned();
                self.inbox.fail(request, Cause::Http { status, body });
            }
            return Ok(End::Complete);
        }
        let mut reader = SseReader::new();
        let mut retry = None;
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame?.into_data() else { continue };
            for event in reader.read(&data)? {
                if let Some(id) = event.id {
                    *lock(position) = Some(id);
                }
                retry = event.retry.or(retry);
                if !event.data.is_empty() {
                    self.deliver(event.data.as_bytes(), origin);
                }
            }
        }
        let resumable = !self.revision.is_stateless() && lock(position).is_some();
        Ok(match retry {
            Some(retry) if resumable => End::Resume(Duration::from_millis(retry)),
            _ => End::Complete,
        })
    }

    fn deliver(self: &Arc<Self>, message: &[u8], origin: &Origin) {
        for reply in self.inbox.deliver(message, origin) {
            let link = Arc::clone(self);
            tokio::spawn(async move {
                link.request(Method::POST, link.headers(), reply.into()).await.map(drop)
            });
        }
    }
}

impl Carrier {
    /// Hangs up.
    pub(crate) fn disconnect(&mut self) {
        self.reading = None;
    }
}

fn is_type(headers: &HeaderMap, media_type: &str) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.split(';').next()).is_some_and(|it| it.trim() == media_type)
}

/// Sends these headers in place of others of their names; an empty value leaves a header out.
fn replace(headers: &mut HeaderMap, overrides: &[(String, String)]) -> Result<(), Fault> {
    for (name, value) in overrides {
        let name: HeaderName = name.parse()?;
        if value.is_empty() {
            headers.remove(name);
        } else {
            headers.insert(name, HeaderValue::from_str(value)?);
        }
    }
    Ok(())
}
