use proc_macro2::{Ident, Span};

use crate::model::Kind;

/// What the runtime calls a kind of function.
pub(super) struct Names {
    /// The type of definitions.
    pub(super) ty: Ident,
    /// The trait of the type beside a function.
    pub(super) function: Ident,
    /// The trait's constant that tells functions of the kind apart.
    pub(super) id: Ident,
    /// The trait's function that makes the definition, and the method that converts a return value.
    pub(super) make: Ident,
    /// What the return value becomes.
    pub(super) target: Ident,
}

impl Names {
    pub(super) fn of(kind: Kind) -> Self {
        let [ty, function, id, make, target] = match kind {
            Kind::Tool => ["Tool", "ToolFn", "NAME", "tool", "ForTool"],
            Kind::Resource => ["Resource", "ResourceFn", "URI", "resource", "ForResource"],
            Kind::Prompt => ["Prompt", "PromptFn", "NAME", "prompt", "ForPrompt"],
        }
        .map(|name| Ident::new(name, Span::mixed_site()));
        Self { ty, function, id, make, target }
    }
}
