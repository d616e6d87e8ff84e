//! The MCP registry: `server.json`, what the registry demands of it, and the registry's API.
//!
//! [`judge`] tells everything that is wrong with a `server.json`, by the rules of schema 2025-12-11
//! and of the official registry's validators.

mod address;
mod api;
mod credentials;
mod fault;
mod github;
mod judge;
mod key;
mod model;
mod package;
mod reader;
mod readme;
mod text;
mod transport;
mod version;

#[cfg(test)]
mod tests;

pub use address::RegistryUrl;
pub(crate) use api::install_tls;
pub use api::{Api, Status, Token, VersionStatus};
pub use credentials::Credentials;
pub use fault::{Fault, Severity};
pub(crate) use github::{GitHub, device_flow, oidc_token};
pub use judge::{CURRENT_SCHEMA, judge, judge_text};
pub use key::{Algorithm, PrivateKey};
pub use model::{Argument, Input, Package, Remote, Repository, ServerJson, Transport};
pub use readme::{readme_line, readme_names};

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
