//! Where tasks are kept.

mod contract;
mod memory;
mod records;
#[cfg(unix)]
pub mod redis;
