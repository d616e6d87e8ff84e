//! How bytes reach a server and leave it.

mod batch;
mod classify;
#[cfg(any(test, feature = "testing"))]
mod memory;
#[cfg(any(test, feature = "stdio", feature = "sse", feature = "testing"))]
pub(crate) mod pipe;
#[cfg(feature = "stdio")]
mod run;
#[cfg(feature = "stdio")]
mod stdio;

#[cfg(feature = "http")]
pub(crate) mod http;
