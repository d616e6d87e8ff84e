//! Requests of the revisions with sessions, 2024-11-05 to 2025-11-25.

use std::sync::Arc;

use http::{StatusCode, request::Parts};
use mcp_auth::Principal;
use serde_json::value::RawValue;

use super::{
    Endpoint, body,
    exchange::{Exchange, Outcome},
    headers,
    post::{Envelope, bad_request, names_stateless_revision, outcome, refused},
    sessions::HttpSession,
};
use crate::{
    context::Cancellation,
    events::Sink,
    protocol::{
        Message, Params, RequestId, Revision, RpcError, claims_revision, optional_member,
        parse_batch,
    },
    server::{Answer, InFlight, Request, store_refused},
    transport::batch,
};

/// Answers a request of a session, or the one that opens it.
pub(super) async fn answer(
    endpoint: &Arc<Endpoint>,
    exchange: &Arc<Exchange>,
    envelope: Envelope<'_>,
    parts: Parts,
    principal: Option<Principal>,
) -> Outcome {
    if envelope.method == "initialize" {
        return initialize(endpoint, &envelope, &parts, principal).await;
    }
    let session = match find_session(endpoint, &parts, principal.as_ref()).await {
        Ok(session) => session,
        Err((status, fault)) => return refused(status, Some(&envelope.id), &fault),
    };
    let active = session.enter();
    let _ = exchange.request.set(envelope.id.clone());
    let cancellation = &exchange.cancellation;
    let answer =
        answer_in_session(endpoint, exchange, cancellation, &session, envelope, parts).await;
    let outcome = outcome(answer, |_| StatusCode::OK);
    drop(active);
    outcome
}

async fn answer_in_session(
    endpoint: &Arc<Endpoint>,
    exchange: &Arc<Exchange>,
    cancellation: &Cancellation,
    session: &Arc<HttpSession>,
    envelope: Envelope<'_>,
    parts: Parts,
) -> Answer {
    if session.is_full() {
        return Answer::overload(&envelope.id, true);
    }
    let Some(_entered) = session.session.in_flight.enter(&envelope.id, cancellation) else {
        let fault = RpcError::invalid_request("a request with this id has no answer yet");
        return Answer::error(Some(&envelope.id), &fault);
    };
    if envelope.method != "ping" {
        session.session.start_everywhere().await;
    }
    // From here on a client that hangs up does not cancel.
    let _ = exchange.session.set(Arc::clone(session));
    let request = Request {
        id: envelope.id.clone(),
        method: envelope.method,
        params: envelope.params,
        raw_params: envelope.raw_params,
        revision: session.session.revision,
        client: session.session.client.clone(),
        log: session.session.log_threshold(),
        // The same caller, with what this token allows.
        principal: parts.extensions.get::<Principal>().cloned(),
        session: Some(Arc::clone(&session.session)),
        outbox: Arc::clone(&exchange.outbox),
        cancellation: cancellation.clone(),
        is_only_client: false,
        can_ask: body::accepts(&parts.headers).events,
        http: Some(Box::new(parts)),
    };
    endpoint.core.dispatch(request).await
}

async fn initialize(
    endpoint: &Arc<Endpoint>,
    envelope: &Envelope<'_>,
    parts: &Parts,
    principal: Option<Principal>,
) -> Outcome {
    if parts.headers.contains_key(headers::SESSION_ID) {
        let fault = RpcError::invalid_request("the session is initialized already");
        return bad_request(Some(&envelope.id), &fault);
    }
    let revision = envelope
        .params
        .protocol_version
        .and_then(|raw| serde_json::from_str::<String>(raw.get()).ok())
        .and_then(|name| Revision::parse(&name));
    let unsolicited = endpoint.sessions.unsolicited(revision);
    let sink: Arc<dyn Sink> = unsolicited.clone();
    let opened = endpoint.core.initialize(
        &envelope.id,
        &envelope.params,
        principal,
        sink,
        Arc::<InFlight>::default(),
        false,
    );
    match opened {
        Err(fault) => bad_request(Some(&envelope.id), &fault),
        Ok((session, message)) => {
            match endpoint.sessions.open(session, unsolicited, endpoint.core.backend.as_ref()).await
            {
                Ok(id) => {
                    let mut outcome = Outcome::message(StatusCode::OK, message);
                    outcome.session_id = Some(id);
                    outcome
                }
                Err(refusal) => {
                    let fault = RpcError::internal("overload", refusal.message);
                    let mut outcome = refused(refusal.status, Some(&envelope.id), &fault);
                    outcome.retry_after = refusal.retry_after;
                    outcome
                }
            }
        }
    }
}

/// The session that the request names.
///
/// # Errors
///
/// 400 when it names none, or a version that is not the session's; 404 when there is none of this
/// id for this caller; 503 when it cannot be known.
pub(super) async fn find_session(
    endpoint: &Endpoint,
    parts: &Parts,
    principal: Option<&Principal>,
) -> Result<Arc<HttpSession>, (StatusCode, RpcError)> {
    let bad = |fault| (StatusCode::BAD_REQUEST, fault);
    let id = headers::single(&parts.headers, headers::SESSION_ID.as_str())
        .map_err(|_| bad(RpcError::invalid_request("`mcp-session-id` cannot be read")))?
        .ok_or_else(|| {
            bad(RpcError::invalid_request(
                "this request needs the header `mcp-session-id` of a session that `initialize` \
                 opened, or the `_meta` of 2026-07-28",
            ))
        })?;
    let found = endpoint.sessions.find(id, principal, &endpoint.core).await;
    let session = found
        .map_err(|error| (StatusCode::SERVICE_UNAVAILABLE, store_refused(error)))?
        .ok_or_else(|| {
        (StatusCode::NOT_FOUND, RpcError::invalid_request("there is no such session"))
    })?;
    let version = headers::single(&parts.headers, headers::PROTOCOL_VERSION.as_str());
    match version {
        Ok(None) => Ok(session),
        Ok(Some(version)) if version == session.session.revision.as_str() => Ok(session),
        _ => Err(bad(RpcError::invalid_request(
            "the header `mcp-protocol-version` is not the version that the session has agreed on",
        ))),
    }
}

/// Takes a notification. One of 2026-07-28 has nothing to say over HTTP.
pub(super) async fn notification(
    endpoint: &Endpoint,
    parts: &Parts,
    principal: Option<&Principal>,
    method: &str,
    params: Option<&RawValue>,
) -> Outcome {
    let claims = Params::parse(params).is_ok_and(|params| params.meta.claims_revision());
    if claims || names_stateless_revision(parts) {
        return Outcome::empty(StatusCode::ACCEPTED);
    }
    match find_session(endpoint, parts, principal).await {
        Err((status, fault)) => refused(status, None, &fault),
        Ok(session) => {
            let _active = session.enter();
            notify(&session, method, params).await;
            Outcome::empty(StatusCode::ACCEPTED)
        }
    }
}

async fn notify(session: &HttpSession, method: &str, params: Option<&RawValue>) {
    match method {
        "notifications/initialized" => session.session.start_everywhere().await,
        "notifications/cancelled" => {
            if let Ok(params) = Params::parse(params)
                && let Ok(Some(id)) =
                    optional_member::<RequestId>(params.request_id, "requestId", "a request id")
            {
                session.session.cancel_everywhere(&id).await;
            }
        }
        _ => {}
    }
}

/// Takes the answer to a request of the server's.
pub(super) async fn response(
    endpoint: &Endpoint,
    parts: &Parts,
    principal: Option<&Principal>,
    id: &RequestId,
    answer: Result<&RawValue, RpcError>,
) -> Outcome {
    if names_stateless_revision(parts) {
        let fault = RpcError::invalid_request("a client of 2026-07-28 sends no responses");
        return bad_request(None, &fault);
    }
    match find_session(endpoint, parts, principal).await {
        Err((status, fault)) => refused(status, None, &fault),
        Ok(session) => {
            let _active = session.enter();
            match session.session.take_answer_anywhere(id, answer).await {
                Ok(()) => Outcome::empty(StatusCode::ACCEPTED),
                Err(error) => refused(StatusCode::SERVICE_UNAVAILABLE, None, &store_refused(error)),
            }
        }
    }
}

/// Answers a batch, which 2025-03-26 alone has.
pub(super) async fn batch(
    endpoint: &Arc<Endpoint>,
    exchange: &Arc<Exchange>,
    parts: Parts,
    body: &[u8],
    principal: Option<Principal>,
) -> Outcome {
    let elements = match parse_batch(body, batch::MAX_MESSAGES) {
        Ok(elements) => elements,
        Err(fault) => return bad_request(None, &fault),
    };
    let refuse = |fault: &str| bad_request(None, &RpcError::invalid_request(fault));
    if names_stateless_revision(&parts)
        || elements.iter().any(|it| claims_revision(it.get().as_bytes()))
    {
        return refuse("2026-07-28 has no batches");
    }
    let session = match find_session(endpoint, &parts, principal.as_ref()).await {
        Ok(session) => session,
        Err((status, fault)) => return refused(status, None, &fault),
    };
    if session.session.revision != Revision::V2025_03_26 {
        return refuse("the revision of this session has no batches");
    }
    let _active = session.enter();
    let answers = batch::answer(&elements, |message| {
        let (endpoint, session, parts) = (endpoint, &session, &parts);
        async move {
            match message {
                Message::Notification { method, params } => {
                    notify(session, &method, params).await;
                    None
                }
                Message::Response { id, answer } => {
                    if let Err(error) = session.session.take_answer_anywhere(&id, answer).await {
                        tracing::warn!(%error, "a client's answer is lost");
                    }
                    None
                }
                Message::Request { id, method, params: raw_params } => {
                    let params = match Params::parse(raw_params) {
                        Ok(params) => params,
                        Err(fault) => return Answer::error(Some(&id), &fault).into_message(),
                    };
                    let envelope = Envelope { id, method, raw_params, params };
                    // Each request of a batch is cancelled by itself.
                    let cancellation = Cancellation::default();
                    let parts = parts.clone();
                    answer_in_session(endpoint, exchange, &cancellation, session, envelope, parts)
                        .await
                        .into_message()
                }
            }
        }
    })
    .await;
    match answers {
        None => Outcome::empty(StatusCode::ACCEPTED),
        Some(answers) => Outcome::message(StatusCode::OK, answers),
    }
}
