use darling::FromMeta;

use super::{CommonKeys, Keys, Text};

/// The keys of `#[mcp_prompt(..)]`.
#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct PromptKeys {
    pub(crate) name: Option<Text>,
    #[darling(flatten)]
    pub(crate) common: CommonKeys,
}

impl Keys for PromptKeys {
    const MARKER: &'static str = "`#[mcp_prompt]`";
    const ACCEPTED: &'static [&'static str] =
        &["name", "title", "description", "scopes", "icon", "meta", "requires", "crate"];
    const REPEATABLE: &'static [&'static str] = &["icon"];
}
