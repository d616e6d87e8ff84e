//! The ladder by which a POST finds its revision.
//!
//! Each step stops at the first failure. A request that claims a revision in its `_meta` stands
//! alone; every other belongs to a session, or opens one.

use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use http::{StatusCode, request::Parts};
use mcp_auth::Principal;
use serde_json::value::RawValue;

use super::{
    Endpoint,
    exchange::{Exchange, Outcome},
    headers, legacy, modern,
};
use crate::{
    protocol::{Message, Params, RequestId, Revision, RpcError, is_batch, parse_message},
    server::{Answer, Fault, error_message},
};

/// How large the request for a subscription can be: it is in memory for as long as that is open.
const MAX_SUBSCRIPTION_BYTES: usize = 64 * 1024;

/// A POST whose body has been read.
pub(super) struct Post {
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) exchange: Arc<Exchange>,
    pub(super) parts: Parts,
    pub(super) body: Bytes,
    pub(super) principal: Option<Principal>,
}

/// A request as its envelope gives it.
pub(super) struct Envelope<'a> {
    pub(super) id: RequestId,
    pub(super) method: Cow<'a, str>,
    pub(super) raw_params: Option<&'a RawValue>,
    pub(super) params: Params<'a>,
}

impl Post {
    pub(super) async fn answer(self) -> Outcome {
        let Self { endpoint, exchange, parts, body, principal } = self;
        if is_batch(&body) {
            return legacy::batch(&endpoint, &exchange, parts, &body, principal).await;
        }
        let message = match parse_message(&body) {
            Ok(message) => message,
            Err(malformed) => return bad_request(malformed.id.as_ref(), &malformed.error),
        };
        let (id, method, raw_params) = match message {
            Message::Request { id, method, params } => (id, method, params),
            Message::Notification { method, params } => {
                return legacy::notification(
                    &endpoint,
                    &parts,
                    principal.as_ref(),
                    &method,
                    params,
                )
                .await;
            }
            Message::Response { id, answer } => {
                return legacy::response(&endpoint, &parts, principal.as_ref(), &id, answer).await;
            }
        };
        let params = match Params::parse(raw_params) {
            Ok(params) => params,
            Err(fault) => return bad_request(Some(&id), &fault),
        };
        let envelope = Envelope { id, method, raw_params, params };
        if envelope.params.meta.claims_revision() {
            if envelope.method == "subscriptions/listen" && body.len() > MAX_SUBSCRIPTION_BYTES {
                let fault = RpcError::invalid_params(format!(
                    "a subscription has at most {MAX_SUBSCRIPTION_BYTES} bytes"
                ));
                return bad_request(Some(&envelope.id), &fault);
            }
            modern::answer(&endpoint, &exchange, envelope, parts, principal).await
        } else if names_stateless_revision(&parts) {
            modern::without_claim(&envelope)
        } else {
            legacy::answer(&endpoint, &exchange, envelope, parts, principal).await
        }
    }
}

/// Whether the version header names a revision in which each request stands alone.
pub(super) fn names_stateless_revision(parts: &Parts) -> bool {
    parts
        .headers
        .get(headers::PROTOCOL_VERSION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| Revision::parse(value.trim()))
        .is_some_and(Revision::is_stateless)
}

/// A refusal with an error message.
pub(super) fn refused(status: StatusCode, id: Option<&RequestId>, fault: &RpcError) -> Outcome {
    Outcome::message(status, error_message(id, fault))
}

pub(super) fn bad_request(id: Option<&RequestId>, fault: &RpcError) -> Outcome {
    refused(StatusCode::BAD_REQUEST, id, fault)
}

/// The outcome of an answer, with the status that a fault of the method has in the revision.
pub(super) fn outcome(answer: Answer, status_of: impl FnOnce(Fault) -> StatusCode) -> Outcome {
    match answer {
        Answer::Result(message) => Outcome::message(StatusCode::OK, message),
        Answer::Error { message, fault } => {
            let status = match fault {
                Fault::Overload { of_caller: true } => StatusCode::TOO_MANY_REQUESTS,
                Fault::Overload { of_caller: false } => StatusCode::SERVICE_UNAVAILABLE,
                fault @ Fault::Method(_) => status_of(fault),
            };
            let mut outcome = Outcome::message(status, message);
            if matches!(fault, Fault::Overload { .. }) {
                outcome.retry_after = Some(1);
            }
            outcome
        }
        Answer::Forbidden { message, insufficient } => {
            let mut outcome = Outcome::message(StatusCode::FORBIDDEN, message);
            outcome.insufficient_scope = Some(insufficient);
            outcome
        }
        // The client has cancelled the request and expects nothing of it.
        Answer::Silence => Outcome::empty(StatusCode::ACCEPTED),
    }
}
