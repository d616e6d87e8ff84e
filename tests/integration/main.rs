//! Tests from the outside: bytes in, bytes out.

mod fixture;
mod notes;
mod raw;

mod calls;
mod clients;
mod conformance;
mod ladder;
mod limits;
mod macros;
mod principals;
mod revisions;
mod rmcp_client;
mod schema;
mod sse;
mod streams;
mod ui;
