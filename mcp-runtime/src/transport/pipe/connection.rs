use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use mcp_auth::Principal;
use serde_json::value::RawValue;

use crate::{
    context::{Cancellation, Outbox},
    protocol::{
        Message, Params, RequestId, Revision, RpcError, claims_revision, is_batch, member,
        missing_meta, parse_batch, parse_message,
    },
    server::{Core, Entered, InFlight, Request, Session, error_message},
    transport::{batch, classify::Claimed},
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
    /// Nobody else reaches the process in this way.
    is_only_client: bool,
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

    fn into_message(self) -> Option<Vec<u8>> {
        self.message().is_some().then_some(self.message)
    }
}

impl Connection {
    pub(super) fn new(core: Arc<Core>, principal: Option<Principal>, is_only_client: bool) -> Self {
        let outbox = Outbox::new(core.limits.queued_messages, core.limits.queued_bytes);
        Self {
            core,
            outbox: Arc::new(outbox),
            in_flight: Arc::default(),
            session: OnceLock::new(),
            principal,
            is_only_client,
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
        if let Some(session) = self.session.get() {
            session.asks.close();
        }
    }

    pub(super) async fn answer_line(self: Arc<Self>, line: Bytes) -> Option<Reply> {
        if is_batch(&line) {
            return self.answer_batch(&line).await;
        }
        match parse_message(&line) {
            Ok(message) => self.answer_message(message).await,
            Err(malformed) => Some(Reply::error(malformed.id.as_ref(), &malformed.error)),
        }
    }

    async fn answer_batch(&self, json: &[u8]) -> Option<Reply> {
        let refuse = |fault: &RpcError| Some(Reply::error(None, fault));
        let elements = match parse_batch(json, batch::MAX_MESSAGES) {
            Ok(elements) => elements,
            Err(fault) => return refuse(&fault),
        };
        let has_batches =
            self.session.get().is_some_and(|session| session.revision == Revision::V2025_03_26);
        if !has_batches || elements.iter().any(|it| claims_revision(it.get().as_bytes())) {
            let fault = "only a session of 2025-03-26 has batches";
            return refuse(&RpcError::invalid_request(fault));
        }
        let answer =
            |message| async { self.answer_message(message).await.and_then(Reply::into_message) };
        batch::answer(&elements, answer).await.map(Reply::new)
    }

    async fn answer_message(&self, message: Message<'_>) -> Option<Reply> {
        match message {
            Message::Request { id, method, params } => {
                self.answer_request(id, method, params).await
            }
            Message::Notification { method, params } => {
                self.notice(&method, params);
                None
            }
            Message::Response { id, answer } => {
                if let Some(session) = self.session.get() {
                    session.take_answer(&id, answer);
                }
                None
            }
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
    ) -> Option<Reply> {
        let cancellation = Cancellation::default();
        let Some(entered) = self.in_flight.enter(&id, &cancellation) else {
            return Some(Reply::error(Some(&id), &id_in_flight()));
        };
        let message = match self.run(&id, method, raw_params, cancellation).await {
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
    ) -> Result<Option<Vec<u8>>, RpcError> {
        let params = Params::parse(raw_params)?;
        let (revision, client, log, session) = if params.meta.claims_revision() {
            let claimed = Claimed::new(params.meta.claim()?, &params.meta)?;
            (claimed.revision, claimed.client, claimed.log, None)
        } else if method == "initialize" {
            return self.initialize(id, &params).map(Some);
        } else if let Some(session) = self.session.get() {
            if method != "ping" {
                session.start();
            }
            let client = session.client.clone();
            (session.revision, client, session.log_threshold(), Some(Arc::clone(session)))
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
            revision,
            client,
            log,
            principal: self.principal.clone(),
            session,
            outbox: Arc::clone(&self.outbox),
            cancellation,
            is_only_client: self.is_only_client,
            can_ask: true,
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
        let principal = self.principal.clone();
        let only = self.is_only_client;
        let (session, message) =
            self.core.initialize(id, params, principal, outbox, in_flight, only)?;
        // Messages are taken in one after the other up to their first wait, and there is none
        // between the question and here.
        let _ = self.session.set(Arc::new(session));
        Ok(message)
    }
}

pub(super) fn id_in_flight() -> RpcError {
    RpcError::invalid_request("a request with this id is still in flight")
}

/// The request that a `notifications/cancelled` names.
pub(super) fn cancelled_request(params: Option<&RawValue>) -> Option<RequestId> {
    let params = Params::parse(params).ok()?;
    member(params.request_id, "requestId", "the id of a request").ok()
}
