//! The wire: messages, revisions and what differs between them. Nothing here knows of a runtime.

mod capabilities;
mod content;
mod error;
mod icon;
mod id;
mod input_responses;
mod json;
mod log_level;
mod message;
mod meta;
mod object;
mod request;
mod revision;

pub use capabilities::{ClientCapabilities, ClientCapability};
pub use content::{Annotations, Content, ContentKind, ResourceContents, Role};
pub use error::{ErrorCode, RpcError};
pub use icon::{Icon, IconTheme, Implementation};
pub use id::RequestId;
pub use log_level::LogLevel;
pub use revision::Revision;

pub(crate) use input_responses::InputResponses;
pub(crate) use json::JsonWriter;
pub(crate) use message::{Message, is_batch, parse_batch, parse_message, reason};
pub(crate) use meta::{Claim, RequestMeta, TraceContext, keys, missing_meta};
pub(crate) use object::{Object, find_member, object, optional_object};
pub(crate) use request::{Params, Text, claims_revision, member, optional_member};
