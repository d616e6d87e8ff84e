//! Requests of 2026-07-28: each stands alone.

use std::sync::Arc;

use http::{StatusCode, request::Parts};
use mcp_auth::Principal;
use serde_json::json;

use super::{
    Endpoint, body,
    exchange::{Exchange, Outcome},
    headers,
    post::{Envelope, bad_request, outcome, refused},
};
use crate::{
    protocol::{ErrorCode, Revision, RpcError, missing_meta},
    server::{Fault, Request},
    transport::classify::Claimed,
};

/// Answers a request that claims its revision.
pub(super) async fn answer(
    endpoint: &Arc<Endpoint>,
    exchange: &Arc<Exchange>,
    envelope: Envelope<'_>,
    parts: Parts,
    principal: Option<Principal>,
) -> Outcome {
    let claimed = match check(endpoint, &envelope, &parts) {
        Ok(claimed) => claimed,
        Err(fault) => return bad_request(Some(&envelope.id), &fault),
    };
    if envelope.method == "subscriptions/listen" && !body::accepts(&parts.headers).events {
        let fault = RpcError::invalid_request("the answer is `text/event-stream`");
        return refused(StatusCode::NOT_ACCEPTABLE, Some(&envelope.id), &fault);
    }
    let request = Request {
        id: envelope.id,
        method: envelope.method,
        params: envelope.params,
        raw_params: envelope.raw_params,
        revision: claimed.revision,
        client: claimed.client,
        log: claimed.log,
        principal,
        session: None,
        outbox: Arc::clone(&exchange.outbox),
        cancellation: exchange.cancellation.clone(),
        is_only_client: false,
        can_ask: true,
        http: Some(Box::new(parts)),
    };
    outcome(endpoint.core.dispatch(request).await, |fault| match fault {
        Fault::Method(ErrorCode::METHOD_NOT_FOUND) => StatusCode::NOT_FOUND,
        Fault::Method(
            ErrorCode::HEADER_MISMATCH
            | ErrorCode::MISSING_CLIENT_CAPABILITY
            | ErrorCode::UNSUPPORTED_REVISION,
        ) => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    })
}

/// The steps in their order: a defect of the claim outranks a header that disagrees, and that
/// outranks a revision that is not served. A method that is not offered needs no name.
fn check(endpoint: &Endpoint, envelope: &Envelope<'_>, parts: &Parts) -> Result<Claimed, RpcError> {
    let params = &envelope.params;
    let claim = params.meta.claim()?;
    headers::check_version(&parts.headers, &claim.version)?;
    let claimed = Claimed::new(claim, &params.meta)?;
    headers::check_method(&parts.headers, &envelope.method)?;
    if endpoint.core.declared.offers(&envelope.method) {
        headers::check_name(&parts.headers, &envelope.method, params)?;
    }
    Ok(claimed)
}

/// A request whose header names 2026-07-28 and whose body does not.
pub(super) fn without_claim(envelope: &Envelope<'_>) -> Outcome {
    let fault = if envelope.method == "initialize" {
        let supported = Revision::newest_first();
        RpcError::new(
            ErrorCode::HEADER_MISMATCH,
            "`initialize` belongs to older revisions than the header `mcp-protocol-version` names",
        )
        .with_data(json!({ "supported": supported }))
    } else {
        missing_meta(&envelope.params.meta.missing_keys())
    };
    bad_request(Some(&envelope.id), &fault)
}
