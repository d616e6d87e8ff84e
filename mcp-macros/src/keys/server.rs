use darling::FromMeta;
use syn::Path;

use super::{Keys, Value};

/// The keys of `#[mcp_server(..)]`.
#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct ServerKeys {
    pub(crate) name: Option<Value>,
    pub(crate) version: Option<Value>,
    pub(crate) instructions: Option<Value>,
    #[darling(rename = "crate")]
    pub(crate) krate: Option<Path>,
}

impl Keys for ServerKeys {
    const MARKER: &'static str = "`#[mcp_server]`";
    const ACCEPTED: &'static [&'static str] = &["name", "version", "instructions", "crate"];
}
