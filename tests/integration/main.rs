//! Tests from the outside: bytes in, bytes out.
