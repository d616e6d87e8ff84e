use std::{future::IntoFuture, marker::PhantomData, pin::Pin, sync::Arc, time::Duration};

use serde_json::{Map, Value, json};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

use super::{
    ClientError, Notification, Reply,
    error::Cause,
    inbox::{Event, Waiter, progress_token},
    inner::Inner,
    link::{Carrier, Link, Outgoing},
};
use crate::protocol::{LogLevel, RequestId};

/// A request that is sent when it is awaited.
///
/// It gives an `R`, for example a [`CallResult`](super::CallResult); with [`start`](Self::start)
/// it can be watched and given up while the server works on it.
#[derive(Clone)]
#[must_use = "a request is sent when it is awaited"]
pub struct Request<R> {
    pub(super) client: Arc<Inner>,
    pub(super) method: String,
    pub(super) params: Value,
    /// How many answers of the server this request has led to.
    pub(super) round: usize,
    progress: bool,
    log_level: Option<LogLevel>,
    meta: Map<String, Value>,
    timeout: Duration,
    headers: Vec<(String, String)>,
    result: PhantomData<fn() -> R>,
}

impl<R: From<Reply> + 'static> Request<R> {
    pub(super) fn new(client: &Arc<Inner>, method: impl Into<String>, params: Value) -> Self {
        Self {
            client: Arc::clone(client),
            method: method.into(),
            params,
            round: 0,
            progress: false,
            log_level: None,
            meta: Map::new(),
            timeout: client.timeout,
            headers: Vec::new(),
            result: PhantomData,
        }
    }

    /// Asks for progress: see [`Reply::progress`].
    pub fn progress(mut self) -> Self {
        self.progress = true;
        self
    }

    /// Asks for log messages of this gravity and graver: see [`Reply::logs`].
    ///
    /// In a session, it sets the level of the session first.
    pub fn log_level(mut self, level: LogLevel) -> Self {
        self.log_level = Some(level);
        self
    }

    /// Adds metadata, for example `traceparent`.
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.meta.insert(key.into(), value.into());
        self
    }

    /// How long to wait for the answer, in place of the client's own figure.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sends an HTTP header in place of the one that the client would send. An empty value leaves
    /// the header out. In memory there are none.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends the request without waiting for the answer.
    ///
    /// # Errors
    ///
    /// When there is no way to the server.
    pub async fn start(mut self) -> Result<Running<R>, ClientError> {
        let client = Arc::clone(&self.client);
        client.inbox.assert_sound();
        let modern = client.revision.is_stateless();
        if let (Some(level), false) = (self.log_level, modern) {
            let set = Request::<Value>::new(&client, "logging/setLevel", json!({ "level": level }));
            Box::pin(set.into_future()).await?;
        }
        let input_schema = match self.params.get("name").and_then(Value::as_str) {
            Some(name) if self.method == "tools/call" => client.input_schema(name).await?,
            _ => None,
        };
        let id = client.next_id();
        let token = self.progress.then(|| progress_token(&id));
        self.add_meta(token.as_deref());
        let (sender, events) = mpsc::unbounded_channel();
        let waiter = Waiter {
            method: self.method.clone(),
            progress_token: token,
            log_level: self.log_level,
            last_progress: None,
            acknowledged: false,
            events: sender,
        };
        let what = describe(&self.method, &self.params);
        client.inbox.expect(id.clone(), waiter).map_err(|why| ClientError::closed(&what, why))?;
        let mut running = Running {
            link: client.link_of_round(self.round),
            client: Arc::clone(&client),
            id: id.clone(),
            what,
            deadline: Instant::now() + self.timeout,
            timeout: self.timeout,
            events,
            notifications: Vec::new(),
            answer: None,
            carrier: None,
            result: PhantomData,
        };
        let outgoing = Outgoing {
            id: Some(id),
            method: self.method,
            params: self.params,
            input_schema,
            headers: self.headers,
        };
        running.carrier = Some(running.link.send(outgoing).await?);
        Ok(running)
    }

    /// The same request, for the reply as it is.
    fn into_plain(self) -> Request<Reply> {
        Request {
            client: self.client,
            method: self.method,
            params: self.params,
            round: self.round,
            progress: self.progress,
            log_level: self.log_level,
            meta: self.meta,
            timeout: self.timeout,
            headers: self.headers,
            result: PhantomData,
        }
    }

    fn add_meta(&mut self, token: Option<&str>) {
        let mut meta = std::mem::take(&mut self.meta);
        if self.client.revision.is_stateless() {
            for (key, value) in self.client.claim(self.log_level) {
                meta.entry(key).or_insert(value);
            }
        }
        if let Some(token) = token {
            meta.entry("progressToken").or_insert(token.into());
        }
        if meta.is_empty() {
            return;
        }
        if self.params.is_null() {
            self.params = json!({});
        }
        // Parameters of another type are sent as they are: they are wrong on purpose.
        if let Some(params) = self.params.as_object_mut() {
            let own = params.entry("_meta").or_insert(json!({}));
            for (key, value) in meta {
                own.as_object_mut().map(|own| own.entry(key).or_insert(value));
            }
        }
    }
}

impl<R: From<Reply> + 'static> IntoFuture for Request<R> {
    type Output = Result<R, ClientError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.into_plain().in_rounds().await?.into()) })
    }
}

impl<R> std::fmt::Debug for Request<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&describe(&self.method, &self.params))
    }
}

/// A request that the server works on.
///
/// Dropped before its answer, it is cancelled, in the way of the revision and the transport.
pub struct Running<R> {
    client: Arc<Inner>,
    link: Link,
    id: RequestId,
    what: String,
    deadline: Instant,
    timeout: Duration,
    events: mpsc::UnboundedReceiver<Event>,
    notifications: Vec<Notification>,
    answer: Option<Result<Value, Cause>>,
    carrier: Option<Carrier>,
    result: PhantomData<fn() -> R>,
}

impl<R: From<Reply>> Running<R> {
    /// The id of the request.
    #[must_use]
    pub fn id(&self) -> &RequestId {
        &self.id
    }

    /// Waits for what the server says next of this request.
    ///
    /// # Errors
    ///
    /// When it answers before it says anything, or is silent for too long.
    ///
    /// # Panics
    ///
    /// When the server breaks the protocol.
    pub async fn next_notification(&mut self) -> Result<Notification, ClientError> {
        let deadline = Instant::now() + self.timeout;
        match self.next(deadline).await? {
            Event::Notification(notification) => Ok(notification),
            Event::Answer(answer) => {
                let what = format!("a notification of {}", self.what);
                let answered = format!("it has its answer already: {answer:?}");
                self.answer = Some(answer);
                Err(ClientError::closed(what, answered))
            }
        }
    }

    /// Waits for the answer.
    ///
    /// # Errors
    ///
    /// When the server answers with an error, or not in time.
    ///
    /// # Panics
    ///
    /// When the server breaks the protocol.
    pub async fn finish(mut self) -> Result<R, ClientError> {
        loop {
            if let Some(answer) = self.answer.take() {
                let notifications = std::mem::take(&mut self.notifications);
                return match answer {
                    Ok(result) => Ok(Reply { result, notifications }.into()),
                    Err(cause) => Err(ClientError { request: self.what.clone(), cause }),
                };
            }
            if let Event::Answer(answer) = self.next(self.deadline).await? {
                self.answer = Some(answer);
            }
        }
    }

    async fn next(&mut self, deadline: Instant) -> Result<Event, ClientError> {
        if let Some(answer) = self.answer.take() {
            return Ok(Event::Answer(answer));
        }
        match timeout_at(deadline, self.events.recv()).await {
            Ok(Some(event)) => {
                if let Event::Notification(notification) = &event {
                    self.notifications.push(notification.clone());
                }
                Ok(event)
            }
            Ok(None) => {
                self.client.inbox.assert_sound();
                Err(ClientError::closed(&self.what, "the request was given up"))
            }
            Err(_) => {
                self.client.inbox.assert_sound();
                let cause = Cause::Timeout { after: self.timeout, heard: self.notifications.len() };
                Err(ClientError { request: self.what.clone(), cause })
            }
        }
    }

    /// Gives the request up, in the way of the revision and the transport: by hanging up over HTTP
    /// in 2026-07-28, by `notifications/cancelled` otherwise.
    ///
    /// # Errors
    ///
    /// When the server does not take the notification.
    pub async fn cancel(mut self) -> Result<(), ClientError> {
        match self.give_up() {
            Some(notification) => self.link.notify(notification).await,
            None => Ok(()),
        }
    }

    /// Hangs up without giving the request up: in a session over HTTP, the server works on, and
    /// keeps the answer. Nothing to do in memory.
    pub fn disconnect(&mut self) {
        #[cfg(feature = "http")]
        if let Some(Carrier::Http(carrier)) = &mut self.carrier {
            carrier.disconnect();
        }
    }

    /// Comes back after [`disconnect`](Self::disconnect), with the id of the last event that has
    /// come (`Last-Event-ID`). Nothing to do in memory.
    pub fn resume(&mut self) {
        #[cfg(feature = "http")]
        if let (super::link::Link::Http(link), Some(Carrier::Http(carrier))) =
            (&self.link, &mut self.carrier)
        {
            link.resume(self.id.clone(), carrier);
        }
    }
}

impl<R> Running<R> {
    /// Stops waiting. What there is to tell the server, unless hanging up tells it.
    fn give_up(&mut self) -> Option<Outgoing> {
        let waited = self.client.inbox.forget(&self.id);
        self.carrier = None;
        (waited && self.link.cancels_by_message()).then(|| Outgoing {
            id: None,
            method: "notifications/cancelled".into(),
            params: json!({ "requestId": self.id, "reason": "the test has given it up" }),
            input_schema: None,
            headers: Vec::new(),
        })
    }
}

impl<R> Drop for Running<R> {
    fn drop(&mut self) {
        let link = self.link.clone();
        if let (Some(notification), Ok(runtime)) =
            (self.give_up(), tokio::runtime::Handle::try_current())
        {
            // The test does not wait for it, and ends before it where it ends.
            runtime.spawn(async move { link.notify(notification).await });
        }
    }
}

impl<R> std::fmt::Debug for Running<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (id {})", self.what, self.id)
    }
}

/// What a message for people calls the request.
pub(super) fn describe(method: &str, params: &Value) -> String {
    let target = params.get("name").or_else(|| params.get("uri")).and_then(Value::as_str);
    match target {
        Some(target) => format!("{method} `{target}`"),
        None => method.to_owned(),
    }
}
