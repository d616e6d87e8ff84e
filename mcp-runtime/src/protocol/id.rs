use std::{fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The id of a JSON-RPC request: an integer or a string, echoed as it came.
///
/// An integer is one of `i64`; a string has at most 256 bytes. Everything else is an invalid
/// request (JSON-RPC 2.0 section 4, restricted by MCP: `null` and fractions are refused).
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestId {
    /// An integer.
    Number(i64),
    /// A string.
    String(Arc<str>),
}

impl RequestId {
    pub(crate) const MAX_BYTES: usize = 256;
}

impl From<i64> for RequestId {
    fn from(id: i64) -> Self {
        Self::Number(id)
    }
}

impl From<&str> for RequestId {
    fn from(id: &str) -> Self {
        Self::String(id.into())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(id) => id.fmt(f),
            Self::String(id) => id.fmt(f),
        }
    }
}

/// As JSON has it, so that a log can hold it: a string is the client's, and has quotes and escapes.
impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(id) => fmt::Debug::fmt(id, f),
            Self::String(id) => fmt::Debug::fmt(id, f),
        }
    }
}

impl Serialize for RequestId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(id) => serializer.serialize_i64(*id),
            Self::String(id) => serializer.serialize_str(id),
        }
    }
}

impl<'de> Deserialize<'de> for RequestId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = RequestId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an integer")
            }

            fn visit_i64<E>(self, id: i64) -> Result<RequestId, E> {
                Ok(RequestId::Number(id))
            }

            fn visit_u64<E: de::Error>(self, id: u64) -> Result<RequestId, E> {
                i64::try_from(id)
                    .map(RequestId::Number)
                    .map_err(|_| E::custom("an integer id must fit 64 bits"))
            }

            fn visit_str<E: de::Error>(self, id: &str) -> Result<RequestId, E> {
                if id.len() > RequestId::MAX_BYTES {
                    return Err(E::custom("a string id has at most 256 bytes"));
                }
                Ok(RequestId::String(id.into()))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
