//! Tests from the outside: bytes in, bytes out.

mod fixture;
mod raw;

mod calls;
mod ladder;
mod limits;
mod macros;
mod streams;
mod ui;
