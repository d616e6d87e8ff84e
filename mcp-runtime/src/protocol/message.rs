//! JSON-RPC messages, split without building a tree.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{Object, RequestId, RpcError, Text};

/// One message from the client.
#[derive(Debug)]
pub(crate) enum Message<'a> {
    Request {
        id: RequestId,
        method: Cow<'a, str>,
        params: Option<&'a RawValue>,
    },
    Notification {
        method: Cow<'a, str>,
        params: Option<&'a RawValue>,
    },
    /// The answer to a request of the server's.
    Response {
        id: RequestId,
        answer: Result<&'a RawValue, RpcError>,
    },
}

/// What could not be read as a message, with the id if that much could be read.
#[derive(Debug)]
pub(crate) struct Malformed {
    pub(crate) id: Option<RequestId>,
    pub(crate) error: RpcError,
}

/// The longest method name that is read.
const MAX_METHOD_BYTES: usize = 256;

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Envelope<'a> {
    #[serde(borrow, default)]
    jsonrpc: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    method: Option<&'a RawValue>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
    #[serde(borrow, default)]
    result: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

/// Keeps a `null` apart from a missing member, which `Option` alone does not.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Splits one message.
///
/// # Errors
///
/// -32700 when the bytes are not JSON; -32600 when the JSON is not a message.
pub(crate) fn parse_message(json: &[u8]) -> Result<Message<'_>, Malformed> {
    let Object(envelope) =
        serde_json::from_slice::<Object<Envelope<'_>>>(json).map_err(|error| {
            let error = if error.is_data() {
                RpcError::invalid_request(format!("invalid request: {}", reason(&error)))
            } else {
                parse_error()
            };
            Malformed { id: None, error }
        })?;
    envelope.classify()
}

/// The elements of a batch, each of them one message.
///
/// # Errors
///
/// -32700 when the bytes are not JSON; -32600 when the array is empty, or has more than `max`
/// elements.
pub(crate) fn parse_batch(json: &[u8], max: usize) -> Result<Vec<&RawValue>, RpcError> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let elements = deserializer
        .deserialize_seq(FirstElements(max.saturating_add(1)))
        .and_then(|elements| deserializer.end().map(|()| elements))
        .map_err(|_| parse_error())?;
    if elements.is_empty() {
        return Err(RpcError::invalid_request("a batch cannot be empty"));
    }
    if elements.len() > max {
        return Err(RpcError::invalid_request(format!("a batch has at most {max} messages")));
    }
    Ok(elements)
}

/// Reads an array whole and keeps so many of its elements.
struct FirstElements(usize);

impl<'de> Visitor<'de> for FirstElements {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while elements.len() < self.0 {
            match array.next_element()? {
                Some(element) => elements.push(element),
                None => return Ok(elements),
            }
        }
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(elements)
    }
}

/// Whether the bytes are a JSON array, if they are JSON at all.
pub(crate) fn is_batch(json: &[u8]) -> bool {
    json.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[')
}

fn parse_error() -> RpcError {
    RpcError::new(super::ErrorCode::PARSE_ERROR, "Parse error")
}

/// The reader's own words, without its position, which means nothing to the sender of one line, and
/// without the names of the program's types. They repeat what was found, which can be long.
pub(crate) fn reason(error: &serde_json::Error) -> String {
    const MAX_CHARS: usize = 128;
    let text = error.to_string();
    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    let names_type =
        |expected: &str| ["struct ", "enum ", "variant "].iter().any(|it| expected.contains(it));
    let (found, expected) = reason.rsplit_once(", expected ").unwrap_or((reason, ""));
    let mut reason: String = found.chars().take(MAX_CHARS).collect();
    if !expected.is_empty() && !names_type(expected) {
        reason += ", expected ";
        reason += expected;
    }
    reason
}

impl<'a> Envelope<'a> {
    fn classify(self) -> Result<Message<'a>, Malformed> {
        let id = match self.id {
            None => None,
            Some(raw) => Some(serde_json::from_str::<RequestId>(raw.get()).map_err(|_| Malformed {
                id: None,
                error: RpcError::invalid_request(
                    "invalid request: `id` is a string of at most 256 bytes or a 64-bit integer",
                ),
            })?),
        };
        let invalid = |id: &Option<RequestId>, what: &str| Malformed {
            id: id.clone(),
            error: RpcError::invalid_request(format!("invalid request: {what}")),
        };
        if self.jsonrpc.map(RawValue::get) != Some("\"2.0\"") {
            return Err(invalid(&id, "`jsonrpc` is not \"2.0\""));
        }
        let Some(method) = self.method else {
            let Some(id) = id else {
                return Err(invalid(&None, "neither `method` nor `id`"));
            };
            return match (self.result, self.error) {
                (Some(result), None) => Ok(Message::Response { id, answer: Ok(result) }),
                (None, Some(error)) => {
                    Ok(Message::Response { id, answer: Err(RpcError::received(error)) })
                }
                (Some(_), Some(_)) => Err(invalid(&Some(id), "both `result` and `error`")),
                (None, None) => Err(invalid(&Some(id), "`method` is missing")),
            };
        };
        if self.result.is_some() || self.error.is_some() {
            return Err(invalid(&id, "a request has neither `result` nor `error`"));
        }
        let method = method_name(method)
            .ok_or_else(|| invalid(&id, "`method` is a string of at most 256 bytes"))?;
        Ok(match id {
            Some(id) => Message::Request { id, method, params: self.params },
            None => Message::Notification { method, params: self.params },
        })
    }
}

fn method_name(raw: &RawValue) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Text<'_>>(raw.get())
        .ok()
        .map(|Text(method)| method)
        .filter(|method| method.len() <= MAX_METHOD_BYTES)
}
