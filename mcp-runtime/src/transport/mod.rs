//! Between the bytes of a client and the one dispatch.

mod batch;
mod classify;
#[cfg(feature = "http")]
pub(crate) mod http;
#[cfg(any(feature = "stdio", feature = "sse", feature = "testing"))]
pub(crate) mod pipe;
