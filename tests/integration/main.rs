//! Tests from the outside: bytes in, bytes out.

mod fixture;
mod http_client;
mod raw;

mod calls;
mod conformance;
mod ladder;
mod limits;
mod schema;
mod streams;
mod ui;
