//! Tests from the outside: bytes in, bytes out.

mod clock;
mod example;
mod fixture;
#[cfg(unix)]
mod process;
mod raw;

mod asking;
mod attacks;
mod auth;
mod calls;
mod card;
mod cargo_mcp;
#[cfg(unix)]
mod chaos;
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
#[cfg(unix)]
mod replicas;
mod revisions;
mod rmcp_client;
mod sampling;
mod schema;
mod sse;
#[cfg(unix)]
mod stdio;
mod streams;
mod task_calls;
#[cfg(unix)]
mod task_examples;
mod tasks;
mod url_mode;
