//! The bytes of an answer.

use mcp_auth::InsufficientScope;
use serde_json::{Map, Value, json};

use crate::protocol::{ErrorCode, JsonWriter, RequestId, Revision, RpcError, keys};

/// What goes back for one request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A result: the whole message.
    Result(Vec<u8>),
    /// An error, with what a transport needs to know of it: the whole message.
    Error { message: Vec<u8>, fault: Fault },
    /// The caller needs more scopes: the whole message.
    Forbidden { message: Vec<u8>, insufficient: InsufficientScope },
    /// Nothing: the client has cancelled the request.
    Silence,
}

/// What kind of fault an error answer tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The error is the method's own.
    Method(ErrorCode),
    /// The request was not taken: it can be sent again after a while.
    Overload { of_caller: bool },
}

impl Answer {
    pub(crate) fn error(id: Option<&RequestId>, error: &RpcError) -> Self {
        Self::Error { message: error_message(id, error), fault: Fault::Method(error.code()) }
    }

    pub(crate) fn overload(id: &RequestId, of_caller: bool) -> Self {
        let message = if of_caller {
            "too many calls of this caller are running"
        } else {
            "the server is busy"
        };
        let error = RpcError::internal("overload", message);
        Self::Error {
            message: error_message(Some(id), &error),
            fault: Fault::Overload { of_caller },
        }
    }

    pub(crate) fn forbidden(id: &RequestId, insufficient: InsufficientScope) -> Self {
        let message = error_message(Some(id), &insufficient_scope(&insufficient));
        Self::Forbidden { message, insufficient }
    }

    /// The message, if there is one.
    pub(crate) fn into_message(self) -> Option<Vec<u8>> {
        match self {
            Self::Result(message)
            | Self::Error { message, .. }
            | Self::Forbidden { message, .. } => Some(message),
            Self::Silence => None,
        }
    }
}

/// What a caller with too few scopes is told.
pub(crate) fn insufficient_scope(insufficient: &InsufficientScope) -> RpcError {
    RpcError::invalid_request(insufficient.to_string())
        .with_data(json!({ "reason": "insufficient_scope", "scope": insufficient.scope() }))
}

/// An error message. Without an id, the id could not be read; it is left out, as revisions from
/// 2025-11-25 allow and older clients tolerate.
pub(crate) fn error_message(id: Option<&RequestId>, error: &RpcError) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    let mut message = JsonWriter::object(&mut out);
    message.raw("jsonrpc", b"\"2.0\"");
    message.optional("id", id);
    let mut object = message.object_at("error");
    object.member("code", &error.code().value());
    object.member("message", error.message());
    object.optional("data", error.data());
    object.end();
    message.end();
    out
}

/// What the results of one server have in common.
#[derive(Debug)]
pub(crate) struct ResultStyle {
    /// The server's `Implementation`, as the newest revision has it.
    pub(crate) server_info: Vec<u8>,
}

impl ResultStyle {
    /// Writes a result of 2026-07-28 that is not complete, with what its type has.
    pub(crate) fn result_of_type(
        &self,
        kind: &str,
        id: &RequestId,
        write: impl FnOnce(&mut JsonWriter<'_>),
    ) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        let mut message = JsonWriter::object(&mut out);
        message.raw("jsonrpc", b"\"2.0\"");
        message.member("id", id);
        let mut result = message.object_at("result");
        result.member("resultType", kind);
        write(&mut result);
        let mut meta = result.object_at("_meta");
        meta.raw(keys::SERVER_INFO, &self.server_info);
        meta.end();
        result.end();
        message.end();
        out
    }

    /// Writes a result message: the members that `write` adds, and those that each result of the
    /// revision has.
    pub(crate) fn result(
        &self,
        id: &RequestId,
        revision: Revision,
        meta: Option<&Map<String, Value>>,
        write: impl FnOnce(&mut JsonWriter<'_>),
    ) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        let mut message = JsonWriter::object(&mut out);
        message.raw("jsonrpc", b"\"2.0\"");
        message.member("id", id);
        let mut result = message.object_at("result");
        write(&mut result);
        if revision.is_stateless() {
            result.raw("resultType", b"\"complete\"");
            let mut object = result.object_at("_meta");
            for (key, value) in meta.into_iter().flatten() {
                object.entry(key, value);
            }
            object.raw(keys::SERVER_INFO, &self.server_info);
            object.end();
        } else if let Some(meta) = meta.filter(|meta| !meta.is_empty()) {
            result.member("_meta", meta);
        }
        result.end();
        message.end();
        out
    }
}
