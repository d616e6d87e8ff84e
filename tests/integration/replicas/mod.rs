//! Servers that share one Redis, as clients see them.

mod attacks;
mod changes;
pub mod client;
mod clocks;
pub mod fleet;
mod lost;
mod pair;
mod sessions;
mod streams;
mod together;
mod urls;
