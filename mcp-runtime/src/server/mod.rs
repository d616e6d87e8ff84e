//! A server: built once, then asked by its transports.

mod answer;
#[cfg(feature = "http")]
mod background;
mod build;
mod builder;
mod callers;
mod catalog;
mod core;
mod cursor;
mod custom;
mod dispatch;
mod guard;
mod handle;
#[cfg(feature = "http")]
pub(crate) mod headers;
mod lifecycle;
mod limits;
mod listing;
mod lists;
mod prompts;
mod resources;
mod rounds;
mod scopes;
mod session;
mod subscriptions;
mod tasks;
mod tools;

pub use builder::Server;
pub use handle::{Item, ServerHandle};
pub use limits::Limits;

#[cfg(feature = "sse")]
pub(crate) use answer::insufficient_scope;
pub(crate) use answer::{Answer, Fault, error_message};
#[cfg(feature = "http")]
pub(crate) use background::Background;
pub(crate) use builder::HttpOptions;
pub(crate) use core::{Admitted, Core};
pub(crate) use cursor::List;
pub(crate) use dispatch::Request;
pub(crate) use lifecycle::client_info;
pub(crate) use listing::page as list_page;
#[cfg(feature = "http")]
pub(crate) use rounds::identity;
pub(crate) use session::{Entered, InFlight, Session};
pub(crate) use tasks::refused as store_refused;
