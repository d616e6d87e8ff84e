//! How bytes reach a server and leave it.

mod batch;
mod classify;
#[cfg(any(feature = "stdio", feature = "testing"))]
mod pipe;

#[cfg(feature = "http")]
pub(crate) mod http;
