use darling::FromMeta;
use syn::Path;

use super::{Entries, Icon, Requires, Scopes, Text, Value};

/// The keys that tools, resources and prompts share.
#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct CommonKeys {
    pub(crate) title: Option<Text>,
    pub(crate) description: Option<Value>,
    #[darling(multiple)]
    pub(crate) icon: Vec<Icon>,
    pub(crate) scopes: Option<Scopes>,
    pub(crate) meta: Option<Entries>,
    pub(crate) requires: Option<Requires>,
    #[darling(rename = "crate")]
    pub(crate) krate: Option<Path>,
}
