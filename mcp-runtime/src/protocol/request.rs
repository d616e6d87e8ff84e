//! The parameters of a request, split into members and not yet decoded.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Message, RequestMeta, RpcError, message::reason, object, parse_message};

/// The members of `params` that the protocol's own methods read.
///
/// Each stays raw until its method decodes it, so a member that a method does not know cannot
/// make the request fail. A member that occurs twice does.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
pub(crate) struct Params<'a> {
    #[serde(borrow, default, rename = "_meta", deserialize_with = "object")]
    pub(crate) meta: RequestMeta<'a>,
    #[serde(borrow, default)]
    pub(crate) name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) arguments: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) uri: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) cursor: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) level: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "ref")]
    pub(crate) reference: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) argument: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) context: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) notifications: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) request_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) protocol_version: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) capabilities: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) client_info: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) input_responses: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) request_state: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) task: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) task_id: Option<&'a RawValue>,
}

impl<'a> Params<'a> {
    /// Splits `params`; none are the same as empty ones.
    ///
    /// # Errors
    ///
    /// -32602 when they are not an object, when `_meta` is not one, or a member occurs twice.
    pub(crate) fn parse(raw: Option<&'a RawValue>) -> Result<Self, RpcError> {
        let Some(raw) = raw else { return Ok(Self::default()) };
        if !raw.get().starts_with('{') {
            return Err(RpcError::invalid_params("`params` is not an object"));
        }
        serde_json::from_str(raw.get()).map_err(|error| {
            RpcError::invalid_params(format!("invalid `params`: {}", reason(&error)))
        })
    }
}

impl<'a> Params<'a> {
    /// `name` or `uri`, which are strings.
    ///
    /// # Errors
    ///
    /// -32602 when it is missing or not a string.
    pub(crate) fn text(&self, name: &'static str) -> Result<Cow<'a, str>, RpcError> {
        let raw = match name {
            "name" => self.name,
            "uri" => self.uri,
            _ => None,
        };
        member::<Text<'a>>(raw, name, "a string").map(|Text(text)| text)
    }
}

/// Whether a message claims a revision, and so stands alone.
pub(crate) fn claims_revision(json: &[u8]) -> bool {
    let Ok(Message::Request { params, .. } | Message::Notification { params, .. }) =
        parse_message(json)
    else {
        return false;
    };
    Params::parse(params).is_ok_and(|params| params.meta.claims_revision())
}

/// A string, borrowed where it has no escapes.
#[derive(Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// Decodes one member of `params`.
///
/// # Errors
///
/// -32602 when it is missing or not a `T`, with `expected` in the message.
pub(crate) fn member<'a, T: Deserialize<'a>>(
    raw: Option<&'a RawValue>,
    name: &str,
    expected: &str,
) -> Result<T, RpcError> {
    optional_member(raw, name, expected)?
        .ok_or_else(|| RpcError::invalid_params(format!("`params.{name}` is missing")))
}

/// Decodes one member of `params` that may be missing.
///
/// # Errors
///
/// -32602 when it is there and not a `T`.
pub(crate) fn optional_member<'a, T: Deserialize<'a>>(
    raw: Option<&'a RawValue>,
    name: &str,
    expected: &str,
) -> Result<Option<T>, RpcError> {
    raw.map(|raw| {
        serde_json::from_str(raw.get())
            .map_err(|_| RpcError::invalid_params(format!("`params.{name}` is not {expected}")))
    })
    .transpose()
}
