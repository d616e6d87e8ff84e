//! Tests from the outside: bytes in, bytes out.

mod fixture;
mod raw;

mod calls;
mod conformance;
mod ladder;
mod limits;
mod schema;
mod streams;
mod ui;
