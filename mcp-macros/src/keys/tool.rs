use darling::FromMeta;
use syn::Path;

use super::{Entries, Flag, Icon, Keys, Text, ToolName, Value};

/// The keys of `#[mcp_tool(..)]`.
#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct ToolKeys {
    pub(crate) name: Option<ToolName>,
    pub(crate) title: Option<Text>,
    pub(crate) description: Option<Value>,
    pub(crate) read_only: Option<Flag>,
    pub(crate) destructive: Option<Flag>,
    pub(crate) idempotent: Option<Flag>,
    pub(crate) open_world: Option<Flag>,
    pub(crate) allow_unknown: Option<Flag>,
    #[darling(multiple)]
    pub(crate) icon: Vec<Icon>,
    pub(crate) meta: Option<Entries>,
    #[darling(rename = "crate")]
    pub(crate) krate: Option<Path>,
}

impl Keys for ToolKeys {
    const MARKER: &'static str = "`#[mcp_tool]`";
    const ACCEPTED: &'static [&'static str] = &[
        "name",
        "title",
        "description",
        "read_only",
        "destructive",
        "idempotent",
        "open_world",
        "allow_unknown",
        "icon",
        "meta",
        "crate",
    ];
    const REPEATABLE: &'static [&'static str] = &["icon"];
}
