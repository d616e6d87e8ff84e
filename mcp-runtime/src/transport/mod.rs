//! How bytes reach a server and leave it.

mod batch;
mod classify;

#[cfg(feature = "http")]
pub(crate) mod http;
