//! The MCP registry: `server.json`, what the registry demands of it, and the registry's API.
//!
//! [`judge`] tells everything that is wrong with a `server.json`, by the rules of schema 2025-12-11
//! and of the official registry's validators.

mod fault;
mod judge;
mod model;
mod package;
mod reader;
mod readme;
mod text;
mod transport;
mod version;

#[cfg(test)]
mod tests;

pub use fault::{Fault, Severity};
pub use judge::{CURRENT_SCHEMA, judge, judge_text};
pub use model::{Argument, Input, Package, Remote, Repository, ServerJson, Transport};
pub use readme::{readme_line, readme_names};
