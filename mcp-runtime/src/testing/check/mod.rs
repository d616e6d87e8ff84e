//! What every message of a server has to be, in each revision. A fault is a text for the author of
//! the test.

mod features;
mod json;
mod notifications;
mod questions;
mod results;

use serde_json::{Map, Value};

pub(super) use notifications::{ACKNOWLEDGED, check_notification};
pub(super) use questions::check_question;
pub(super) use results::check_result;

use super::Notification;
use crate::protocol::{ErrorCode, RequestId, Revision, RpcError};

/// A message of a server, of the right shape.
#[derive(Debug)]
pub(super) enum Incoming {
    /// Without an id when the server could not read the request's.
    Answer {
        id: Option<RequestId>,
        outcome: Result<Value, RpcError>,
    },
    Notification(Notification),
    Request {
        id: RequestId,
        method: String,
        params: Value,
    },
}

pub(super) type Checked<T = ()> = Result<T, String>;

/// Reads what came at once: one message, or those of a batch.
pub(super) fn read(bytes: &[u8], revision: Revision) -> Checked<Vec<Incoming>> {
    match json::parse(bytes)? {
        Value::Array(messages) if revision == Revision::V2025_03_26 => {
            if messages.is_empty() {
                return Err("a batch is empty".into());
            }
            messages.into_iter().map(message).collect()
        }
        Value::Array(_) => Err("a batch, which 2025-03-26 alone has".into()),
        single => message(single).map(|it| vec![it]),
    }
}

/// Reads one message (JSON-RPC 2.0 sections 4 and 5).
fn message(message: Value) -> Checked<Incoming> {
    let Value::Object(mut members) = message else { return Err("it is no object".into()) };
    if members.remove("jsonrpc") != Some("2.0".into()) {
        return Err("`jsonrpc` is not \"2.0\"".into());
    }
    let id = members.remove("id");
    let method = members.remove("method");
    let incoming = match (method, id) {
        (Some(Value::String(method)), id) => {
            let params = members.remove("params").unwrap_or_default();
            if !params.is_object() && !params.is_null() {
                return Err("`params` is no object".into());
            }
            match id {
                Some(id) => Incoming::Request { id: request_id(id)?, method, params },
                None => Incoming::Notification(Notification { method, params }),
            }
        }
        (Some(_), _) => return Err("`method` is no string".into()),
        (None, id) => answer(id, &mut members)?,
    };
    match members.keys().next() {
        Some(stranger) => Err(format!("`{stranger}` is no member of such a message")),
        None => Ok(incoming),
    }
}

fn answer(id: Option<Value>, members: &mut Map<String, Value>) -> Checked<Incoming> {
    let outcome = match (members.remove("result"), members.remove("error")) {
        (Some(result @ Value::Object(_)), None) => Ok(result),
        (Some(_), None) => return Err("`result` is no object".into()),
        (None, Some(error)) => Err(rpc_error(error)?),
        (Some(_), Some(_)) => return Err("both `result` and `error`".into()),
        (None, None) => return Err("none of `method`, `result` and `error`".into()),
    };
    let id = match id {
        None | Some(Value::Null) if outcome.is_ok() => return Err("a result without an id".into()),
        None | Some(Value::Null) => None,
        Some(id) => Some(request_id(id)?),
    };
    Ok(Incoming::Answer { id, outcome })
}

fn request_id(id: Value) -> Checked<RequestId> {
    serde_json::from_value(id).map_err(|_| "`id` is neither a string nor an integer".to_owned())
}

fn rpc_error(error: Value) -> Checked<RpcError> {
    let Value::Object(mut members) = error else { return Err("`error` is no object".into()) };
    let code = members.remove("code").and_then(|code| i32::try_from(code.as_i64()?).ok());
    let code = code.ok_or("`error.code` is no integer of 32 bits")?;
    let Some(Value::String(message)) = members.remove("message") else {
        return Err("`error.message` is no string".into());
    };
    let mut error = RpcError::new(ErrorCode::received(code), message);
    if let Some(data) = members.remove("data") {
        error = error.with_data(data);
    }
    match members.keys().next() {
        Some(stranger) => Err(format!("`error.{stranger}` is no member of an error")),
        None => Ok(error),
    }
}

/// Codes belong to revisions (basic, "Error Codes"), and over HTTP to a status.
pub(super) fn check_error(error: &RpcError, revision: Revision, status: Option<u16>) -> Checked {
    let code = error.code();
    let modern = [
        ErrorCode::HEADER_MISMATCH,
        ErrorCode::MISSING_CLIENT_CAPABILITY,
        ErrorCode::UNSUPPORTED_REVISION,
    ];
    if revision.is_stateless() {
        let undefined = (-32099..=-32020).contains(&code.value()) && !modern.contains(&code);
        if undefined || code == ErrorCode::RESOURCE_NOT_FOUND || code.value() == -32042 {
            return Err(format!("2026-07-28 has no error code {}", code.value()));
        }
        let expected = if code == ErrorCode::METHOD_NOT_FOUND { 404 } else { 400 };
        let fixed = code == ErrorCode::METHOD_NOT_FOUND || modern.contains(&code);
        // An error at the end of a stream has the stream's status.
        if fixed && status.is_some_and(|status| status != expected && status != 200) {
            return Err(format!("the error {} comes with HTTP {expected}", code.value()));
        }
    } else if modern.contains(&code) {
        return Err(format!("{revision} has no error code {}", code.value()));
    }
    Ok(())
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
