use std::fmt;

use syn::Attribute;

/// What a function becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Tool,
    Resource,
    Prompt,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Tool, Self::Resource, Self::Prompt];

    /// The kind that an attribute marks, by the last word of its path.
    pub(crate) fn of(attr: &Attribute) -> Option<Self> {
        let name = &attr.path().segments.last()?.ident;
        Self::ALL.into_iter().find(|kind| name == kind.attribute())
    }

    /// The name of the attribute that marks it.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::Tool => "mcp_tool",
            Self::Resource => "mcp_resource",
            Self::Prompt => "mcp_prompt",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tool => "tool",
            Self::Resource => "resource",
            Self::Prompt => "prompt",
        })
    }
}
