//! The wire: messages, revisions and what differs between them. Nothing here knows of a runtime.

mod capabilities;
mod content;
mod error;
mod icon;
mod id;
mod json;
mod log_level;
mod message;
mod meta;
mod request;
mod revision;

pub use capabilities::ClientCapabilities;
pub use content::{Annotations, Content, ContentKind, ResourceContents, Role};
pub use error::{ErrorCode, RpcError};
pub use icon::{Icon, IconTheme, Implementation};
pub use id::RequestId;
pub use log_level::LogLevel;
pub use revision::Revision;

pub(crate) use json::{JsonWriter, write_json_string};
pub(crate) use message::{Malformed, Message, parse_batch, parse_message};
pub(crate) use meta::{Claim, RequestMeta, TraceContext, keys};
pub(crate) use request::Params;
