//! Which revision a request belongs to, whatever brought it here.

use serde_json::json;

use crate::{
    context::{Client, LogThreshold},
    protocol::{Claim, ErrorCode, RequestMeta, Revision, RpcError},
    server::client_info,
};

/// A claim of a revision that is served.
pub(crate) struct Claimed {
    pub(crate) revision: Revision,
    pub(crate) client: Client,
    pub(crate) log: LogThreshold,
}

impl Claimed {
    /// # Errors
    ///
    /// -32022 when the revision is unknown, or is one of those that need `initialize`.
    pub(crate) fn new(claim: Claim, meta: &RequestMeta<'_>) -> Result<Self, RpcError> {
        let revision = Revision::parse(&claim.version)
            .filter(|revision| revision.is_stateless())
            .ok_or_else(|| unsupported(&claim.version))?;
        let client = Client {
            capabilities: claim.capabilities.into(),
            info: client_info(meta.client_info()),
        };
        Ok(Self { revision, client, log: LogThreshold::Request(claim.log_level) })
    }
}

/// -32022, with the revisions that are served.
pub(crate) fn unsupported(requested: &str) -> RpcError {
    let supported = Revision::newest_first();
    RpcError::new(ErrorCode::UNSUPPORTED_REVISION, "unsupported protocol version")
        .with_data(json!({ "supported": supported, "requested": requested.chars().take(64).collect::<String>() }))
}
