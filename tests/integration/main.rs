//! Tests from the outside: bytes in, bytes out.

mod conformance;
mod http_client;
mod schema;
