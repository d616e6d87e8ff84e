//! Which revision a request belongs to, whatever brought it here.

use serde_json::json;

use crate::{
    context::{Client, LogThreshold},
    protocol::{Claim, ErrorCode, RequestMeta, Revision, RpcError},
    server::client_info,
};

/// The revision that a claim names.
///
/// # Errors
///
/// -32022 for one that does not exist, and for one that starts with `initialize`: it cannot be
/// claimed by a single request.
pub(crate) fn claimed_revision(claim: &Claim) -> Result<Revision, RpcError> {
    Revision::parse(&claim.version).filter(|revision| revision.is_stateless()).ok_or_else(|| {
        let newest_first = Revision::ALL.iter().rev().map(|revision| revision.as_str());
        RpcError::new(ErrorCode::UNSUPPORTED_REVISION, "unsupported protocol version").with_data(
            json!({
                "supported": newest_first.collect::<Vec<_>>(),
                "requested": claim.version.chars().take(64).collect::<String>(),
            }),
        )
    })
}

/// The client as one request describes it, and the log messages that it wants with this request.
pub(crate) fn claimed_client(claim: Claim, meta: &RequestMeta<'_>) -> (Client, LogThreshold) {
    let client =
        Client { capabilities: claim.capabilities.into(), info: client_info(meta.client_info()) };
    (client, LogThreshold::Request(claim.log_level))
}
