//! Tests from the outside: bytes in, bytes out.

mod fixture;
mod http_client;
#[cfg(unix)]
mod process;
mod raw;

mod calls;
mod conformance;
mod ladder;
mod limits;
#[cfg(unix)]
mod program;
mod schema;
#[cfg(unix)]
mod stdio;
mod streams;
mod ui;
