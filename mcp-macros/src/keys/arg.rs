use darling::FromMeta;

use super::{Flag, HeaderName, Keys, Length, Pattern, Range, Text, Value};

/// The keys of `#[arg(..)]`.
#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct ArgKeys {
    pub(crate) default: Option<Value>,
    pub(crate) range: Option<Range>,
    pub(crate) length: Option<Length>,
    pub(crate) pattern: Option<Pattern>,
    pub(crate) rename: Option<Text>,
    pub(crate) header: Option<HeaderName>,
    pub(crate) flatten: Option<Flag>,
    pub(crate) schema: Option<Value>,
    pub(crate) complete: Option<Value>,
    pub(crate) description: Option<Value>,
}

impl Keys for ArgKeys {
    const MARKER: &'static str = "`#[arg]`";
    const ACCEPTED: &'static [&'static str] = &[
        "default",
        "range",
        "length",
        "pattern",
        "rename",
        "header",
        "flatten",
        "schema",
        "complete",
        "description",
    ];
}

impl ArgKeys {
    pub(crate) fn flattens(&self) -> bool {
        self.flatten.as_ref().is_some_and(|flag| flag.value)
    }
}
