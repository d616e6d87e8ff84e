//! Who calls a Model Context Protocol server.
//!
//! A [`Principal`] is the caller that an authentication layer has verified. It is the only identity
//! that holds in every protocol revision: sessions, cursors and lists are bound to it.

mod principal;
// So that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub use principal::Principal;
