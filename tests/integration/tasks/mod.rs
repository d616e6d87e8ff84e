//! Where tasks are kept.

mod memory;
mod records;
