//! Tests from the outside: bytes in, bytes out.

mod fixture;
mod raw;

mod ladder;
mod ui;
