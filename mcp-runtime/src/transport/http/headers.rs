//! The headers by which a request of 2026-07-28 repeats what its body says, so that proxies can
//! route it (basic/transports/streamable-http, "Standard Request Headers").

use http::{HeaderMap, HeaderName};
use serde_json::value::RawValue;

pub(super) use crate::server::headers::single;
use crate::{
    protocol::{Params, RpcError},
    server::headers::{decode, mismatch},
};

pub(super) const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
pub(super) const SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// `MCP-Protocol-Version` repeats the version in `_meta`.
///
/// # Errors
///
/// -32020 when it does not.
pub(super) fn check_version(headers: &HeaderMap, version: &str) -> Result<(), RpcError> {
    expect(headers, PROTOCOL_VERSION.as_str(), version)
}

/// `Mcp-Method` repeats the method.
///
/// # Errors
///
/// -32020 when it does not.
pub(super) fn check_method(headers: &HeaderMap, method: &str) -> Result<(), RpcError> {
    expect(headers, METHOD.as_str(), method)
}

fn expect(headers: &HeaderMap, name: &str, body: &str) -> Result<(), RpcError> {
    match single(headers, name)? {
        Some(value) if value == body => Ok(()),
        Some(_) => Err(mismatch(format!("the header `{name}` and the body disagree"))),
        None => Err(mismatch(format!("the header `{name}` is missing"))),
    }
}

/// `Mcp-Name` repeats what the request is about, for the methods that have such a thing.
///
/// # Errors
///
/// -32020 when it does not.
pub(super) fn check_name(
    headers: &HeaderMap,
    method: &str,
    params: &Params<'_>,
) -> Result<(), RpcError> {
    let target = match method {
        "tools/call" | "prompts/get" => params.name,
        "resources/read" => params.uri,
        "tasks/get" | "tasks/update" | "tasks/cancel" => params.task_id,
        _ => return Ok(()),
    };
    // A name that is no string is refused by its method.
    let Some(target) = target.and_then(text) else { return Ok(()) };
    let value = single(headers, NAME.as_str())?
        .ok_or_else(|| mismatch("the header `mcp-name` is missing".to_owned()))?;
    if decode(NAME.as_str(), value)? == target {
        Ok(())
    } else {
        Err(mismatch("the header `mcp-name` and the body disagree".to_owned()))
    }
}

fn text(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}
