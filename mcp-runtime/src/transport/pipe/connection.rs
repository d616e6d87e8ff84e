use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use mcp_auth::Principal;
use serde_json::value::RawValue;

use crate::{
    context::{Cancellation, Client, LogThreshold, Outbox},
    protocol::{
        Message, Params, RequestId, Revision, RpcError, is_batch, member, missing_meta,
        parse_message,
    },
    server::{Core, Entered, InFlight, Request, Session, error_message},
    transport::classify::Claimed,
};

/// One client, and what has been agreed with it.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) core: Arc<Core>,
    pub(super) outbox: Arc<Outbox>,
    /// The requests of both eras: a cancellation does not say of which its request is.
    pub(super) in_flight: Arc<InFlight>,
    pub(super) session: OnceLock<Arc<Session>>,
    /// Who the client is, where an authentication layer knows.
    principal: Option<Principal>,
    hung_up: Cancellation,
}

/// What goes back for one line.
#[derive(Debug)]
pub(super) struct Reply {
    message: Vec<u8>,
    /// Keeps the id taken until the answer is on its way.
    request: Option<Entered>,
}

impl Reply {
    pub(super) fn new(message: Vec<u8>) -> Self {
        Self { message, request: None }
    }

    pub(super) fn error(id: Option<&RequestId>, error: &RpcError) -> Self {
        Self::new(error_message(id, error))
    }

    /// The message, unless the client has cancelled the request.
    pub(super) fn message(&self) -> Option<&[u8]> {
        let cancelled = self.request.as_ref().is_some_and(Entered::is_cancelled);
        (!cancelled).then_some(&self.message)
    }
}

/// Whether a message came alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Line,
    Batch,
}

impl Connection {
    pub(super) fn new(core: Arc<Core>, principal: Option<Principal>) -> Self {
        let outbox = Outbox::new(core.limits.queued_messages, core.limits.queued_bytes);
        Self {
            core,
            outbox: Arc::new(outbox),
            in_flight: Arc::default(),
            session: OnceLock::new(),
            principal,
            hung_up: Cancellation::default(),
        }
    }

    /// How many requests run at once; others wait.
    pub(super) fn max_calls(&self) -> usize {
        // One client is one caller.
        self.core.limits.calls.min(self.core.limits.calls_per_caller)
    }

    /// Ends what would run for as long as there is a client.
    pub(super) fn hang_up(&self) {
        self.hung_up.cancel();
    }

    pub(super) async fn answer_line(self: Arc<Self>, line: Bytes) -> Option<Reply> {
        if is_batch(&line) {
            return self.answer_batch(&line).await;
        }
        self.answer_message(&line, Framing::Line).await
    }

    pub(super) async fn answer_message(&self, json: &[u8], framing: Framing) -> Option<Reply> {
        match parse_message(json) {
            Ok(Message::Request { id, method, params }) => {
                self.answer_request(id, method, params, framing).await
            }
            Ok(Message::Notification { method, params }) => {
                self.notice(&method, params);
                None
            }
            Ok(Message::Response { id, .. }) => {
                tracing::debug!(%id, "a response that answers nothing is dropped");
                None
            }
            Err(malformed) => Some(Reply::error(malformed.id.as_ref(), &malformed.error)),
        }
    }

    fn notice(&self, method: &str, params: Option<&RawValue>) {
        match method {
            "notifications/cancelled" => {
                if let Some(id) = cancelled_request(params) {
                    self.in_flight.cancel(&id);
                }
            }
            "notifications/initialized" => {
                if let Some(session) = self.session.get() {
                    session.start();
                }
            }
            _ => {}
        }
    }

    async fn answer_request(
        &self,
        id: RequestId,
        method: Cow<'_, str>,
        raw_params: Option<&RawValue>,
        framing: Framing,
    ) -> Option<Reply> {
        let cancellation = Cancellation::default();
        let Some(entered) = self.in_flight.enter(&id, &cancellation) else {
            let error = RpcError::invalid_request("a request with this id is still in flight");
            return Some(Reply::error(Some(&id), &error));
        };
        let message = match self.run(&id, method, raw_params, cancellation, framing).await {
            Ok(message) => message?,
            Err(error) => error_message(Some(&id), &error),
        };
        Some(Reply { message, request: Some(entered) })
    }

    async fn run(
        &self,
        id: &RequestId,
        method: Cow<'_, str>,
        raw_params: Option<&RawValue>,
        cancellation: Cancellation,
        framing: Framing,
    ) -> Result<Option<Vec<u8>>, RpcError> {
        let params = Params::parse(raw_params)?;
        let speaker = if params.meta.claims_revision() {
            Speaker::alone(&params, framing)?
        } else if method == "initialize" {
            return self.initialize(id, &params).map(Some);
        } else if let Some(session) = self.session.get() {
            if method != "ping" {
                session.start();
            }
            Speaker::of(session)
        } else if method == "ping" {
            let any = Revision::LATEST_WITH_SESSIONS;
            return Ok(Some(self.core.style.result(id, any, None, |_| {})));
        } else {
            return Err(missing_meta(&params.meta.missing_keys()));
        };
        let request = Request {
            id: id.clone(),
            method,
            params,
            raw_params,
            revision: speaker.revision,
            client: speaker.client,
            log: speaker.log,
            principal: self.principal.clone(),
            session: speaker.session,
            outbox: Arc::clone(&self.outbox),
            cancellation,
            #[cfg(feature = "http")]
            http: None,
        };
        if request.method == "subscriptions/listen" {
            return tokio::select! {
                answer = Box::pin(self.core.dispatch(request)) => Ok(answer.into_message()),
                () = self.hung_up.cancelled() => Ok(None),
            };
        }
        Ok(self.core.dispatch(request).await.into_message())
    }

    fn initialize(&self, id: &RequestId, params: &Params<'_>) -> Result<Vec<u8>, RpcError> {
        if self.session.get().is_some() {
            return Err(RpcError::invalid_request("`initialize` has been answered already"));
        }
        let (outbox, in_flight) = (self.outbox.clone(), Arc::clone(&self.in_flight));
        let (session, message) =
            self.core.initialize(id, params, self.principal.clone(), outbox, in_flight)?;
        // Messages are taken in one after the other up to their first wait, and there is none
        // between the question and here.
        let _ = self.session.set(Arc::new(session));
        Ok(message)
    }
}

/// Who sends a request, in which revision.
struct Speaker {
    revision: Revision,
    client: Client,
    log: LogThreshold,
    session: Option<Arc<Session>>,
}

impl Speaker {
    /// As the request itself says.
    fn alone(params: &Params<'_>, framing: Framing) -> Result<Self, RpcError> {
        if framing == Framing::Batch {
            return Err(RpcError::invalid_request("a batch has requests of 2025-03-26 only"));
        }
        let claim = params.meta.claim()?;
        let Claimed { revision, client, log } = Claimed::new(claim, &params.meta)?;
        Ok(Self { revision, client, log, session: None })
    }

    /// As was agreed by `initialize`.
    fn of(session: &Arc<Session>) -> Self {
        Self {
            revision: session.revision,
            client: session.client.clone(),
            log: session.log_threshold(),
            session: Some(Arc::clone(session)),
        }
    }
}

/// The request that a `notifications/cancelled` names.
pub(super) fn cancelled_request(params: Option<&RawValue>) -> Option<RequestId> {
    let params = Params::parse(params).ok()?;
    member(params.request_id, "requestId", "the id of a request").ok()
}
