use darling::FromMeta;

use super::{CommonKeys, Flag, Keys, ToolName};

/// The keys of `#[mcp_tool(..)]`.
#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct ToolKeys {
    pub(crate) name: Option<ToolName>,
    pub(crate) read_only: Option<Flag>,
    pub(crate) destructive: Option<Flag>,
    pub(crate) idempotent: Option<Flag>,
    pub(crate) open_world: Option<Flag>,
    pub(crate) allow_unknown: Option<Flag>,
    #[darling(flatten)]
    pub(crate) common: CommonKeys,
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
        "requires",
        "crate",
    ];
    const REPEATABLE: &'static [&'static str] = &["icon"];
}
