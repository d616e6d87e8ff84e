//! Tests from the outside: bytes in, bytes out.

mod fixture;
mod notes;
#[cfg(unix)]
mod process;
mod raw;

mod attacks;
mod calls;
mod card;
mod cargo_mcp;
mod clients;
mod conformance;
mod ladder;
mod limits;
mod logging;
mod macros;
mod principals;
#[cfg(unix)]
mod program;
mod readme;
mod revisions;
mod rmcp_client;
mod schema;
mod sse;
#[cfg(unix)]
mod stdio;
mod streams;
mod ui;
