//! Where tasks are kept.

mod memory;
mod records;
#[cfg(unix)]
mod redis;
