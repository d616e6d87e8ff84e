//! The headers by which a call of 2026-07-28 repeats some of its arguments (basic/transports/
//! streamable-http, "Custom Headers from Tool Parameters").

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::HeaderMap;
use serde_json::{Value, value::RawValue};

use crate::{
    primitives::HeaderParam,
    protocol::{ErrorCode, RpcError, find_member},
};

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
    for HeaderParam { path, header } in params {
        let argument = arguments.and_then(|arguments| {
            path.iter().try_fold(arguments, |object, name| find_member(object, name))
        });
        let argument = argument.filter(|argument| argument.get() != "null");
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
fn repeats(value: &str, argument: &RawValue) -> bool {
    if argument.get().starts_with(['[', '{']) {
        return false;
    }
    match serde_json::from_str(argument.get()) {
        Ok(Value::String(text)) => value == text,
        Ok(Value::Bool(flag)) => value == if flag { "true" } else { "false" },
        Ok(Value::Number(number)) => {
            let exact = number.as_i64().zip(value.parse::<i64>().ok()).map(|(a, b)| a == b);
            exact.unwrap_or_else(|| {
                number.as_f64().zip(value.parse::<f64>().ok()).is_some_and(|(a, b)| a == b)
            })
        }
        _ => false,
    }
}

pub(crate) fn mismatch(message: String) -> RpcError {
    RpcError::new(ErrorCode::HEADER_MISMATCH, message)
}

/// The one value of a header, without the white space around it.
///
/// # Errors
///
/// -32020 when the header occurs twice, or is not visible ASCII.
pub(crate) fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, RpcError> {
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

/// Decodes `=?base64?..?=`; other values mean themselves.
pub(crate) fn decode<'v>(name: &str, value: &'v str) -> Result<Cow<'v, str>, RpcError> {
    let encoded = value.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?="));
    let Some(encoded) = encoded else { return Ok(Cow::Borrowed(value)) };
    BASE64
        .decode(encoded)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .map(Cow::Owned)
        .ok_or_else(|| mismatch(format!("the header `{name}` is not base64 of UTF-8")))
}
