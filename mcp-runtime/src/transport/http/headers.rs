//! The headers by which a request of 2026-07-28 repeats what its body says, so that proxies can
//! route it (basic/transports/streamable-http, "Standard Request Headers").

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::{HeaderMap, HeaderName};
use serde_json::{Value, value::RawValue};

use crate::{
    primitives::HeaderParam,
    protocol::{ErrorCode, Params, RpcError},
};

pub(super) const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
pub(super) const SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

fn mismatch(message: String) -> RpcError {
    RpcError::new(ErrorCode::HEADER_MISMATCH, message)
}

/// The one value of a header, without the white space around it.
///
/// # Errors
///
/// -32020 when the header occurs twice, or is not visible ASCII.
pub(super) fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, RpcError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(mismatch(format!("the header `{name}` occurs twice")));
    }
    let text = value
        .to_str()
        .map_err(|_| mismatch(format!("the header `{name}` has characters that are not ASCII")))?;
    Ok(Some(text.trim_matches([' ', '\t'])))
}

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

/// The headers of annotated arguments repeat the arguments.
///
/// # Errors
///
/// -32020 when one does not.
pub(super) fn check_params(
    headers: &HeaderMap,
    params: &[HeaderParam],
    arguments: Option<&RawValue>,
) -> Result<(), RpcError> {
    if params.is_empty() {
        return Ok(());
    }
    let arguments: Value =
        arguments.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
    for HeaderParam { path, header } in params {
        let argument = path.iter().try_fold(&arguments, |value, name| value.get(name));
        let argument = argument.filter(|value| !value.is_null());
        let value = single(headers, header)?.map(|value| decode(header, value)).transpose()?;
        let agree = match (argument, value.as_deref()) {
            (None, None) => true,
            (Some(argument), Some(value)) => repeats(value, argument),
            _ => false,
        };
        if !agree {
            return Err(mismatch(format!("the header `{header}` and the argument disagree")));
        }
    }
    Ok(())
}

/// Whether a header's value stands for an argument. Numbers compare as numbers: `42.0` is `42`.
fn repeats(value: &str, argument: &Value) -> bool {
    match argument {
        Value::String(text) => value == text,
        Value::Bool(flag) => value == if *flag { "true" } else { "false" },
        Value::Number(number) => {
            let exact = number.as_i64().zip(value.parse::<i64>().ok()).map(|(a, b)| a == b);
            exact.unwrap_or_else(|| {
                number.as_f64().zip(value.parse::<f64>().ok()).is_some_and(|(a, b)| a == b)
            })
        }
        _ => false,
    }
}

/// Decodes `=?base64?..?=`; other values mean themselves.
fn decode<'v>(name: &str, value: &'v str) -> Result<Cow<'v, str>, RpcError> {
    let encoded = value.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?="));
    let Some(encoded) = encoded else { return Ok(Cow::Borrowed(value)) };
    BASE64
        .decode(encoded)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .map(Cow::Owned)
        .ok_or_else(|| mismatch(format!("the header `{name}` is not base64 of UTF-8")))
}

fn text(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}
