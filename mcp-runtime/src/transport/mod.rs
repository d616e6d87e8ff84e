//! Between the bytes of a client and the one dispatch.

mod classify;
#[cfg(any(feature = "stdio", feature = "testing"))]
mod pipe;
