//! Servers in processes of their own that share one Redis, as clients see them.

pub mod client;
pub mod fleet;
mod lost;
mod together;
