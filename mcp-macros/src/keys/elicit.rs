use darling::FromMeta;
use proc_macro2::Span;
use syn::{Meta, Path, spanned::Spanned};

use super::{Flag, Keys, Length, Pattern, Range, Text, Value, values};
use crate::{
    case::Case,
    suggest::{closest, enumerate},
};

/// The keys of `#[elicit(..)]` on a struct or an enum.
#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct ElicitKeys {
    pub(crate) rename_all: Option<NameCase>,
    #[darling(rename = "crate")]
    pub(crate) krate: Option<Path>,
}

impl Keys for ElicitKeys {
    const MARKER: &'static str = "`#[elicit]` on a type";
    const ACCEPTED: &'static [&'static str] = &["rename_all", "crate"];
}

/// The keys of `#[elicit(..)]` on a field.
#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct FieldKeys {
    pub(crate) title: Option<Text>,
    pub(crate) description: Option<Value>,
    pub(crate) rename: Option<Text>,
    pub(crate) default: Option<Value>,
    pub(crate) range: Option<Range>,
    pub(crate) length: Option<Length>,
    pub(crate) format: Option<Format>,
    pub(crate) pattern: Option<Pattern>,
    pub(crate) items: Option<Length>,
    pub(crate) not_secret: Option<Flag>,
}

impl Keys for FieldKeys {
    const MARKER: &'static str = "`#[elicit]` on a field";
    const ACCEPTED: &'static [&'static str] = &[
        "title",
        "description",
        "rename",
        "default",
        "range",
        "length",
        "format",
        "pattern",
        "items",
        "not_secret",
    ];
}

/// The keys of `#[elicit(..)]` on a variant.
#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct VariantKeys {
    pub(crate) title: Option<Text>,
    pub(crate) rename: Option<Text>,
}

impl Keys for VariantKeys {
    const MARKER: &'static str = "`#[elicit]` on a variant";
    const ACCEPTED: &'static [&'static str] = &["title", "rename"];
}

/// `rename_all = "snake_case"`
pub(crate) struct NameCase(pub(crate) Case);

impl FromMeta for NameCase {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        one_of(meta, "\"snake_case\"", &Case::ALL).map(Self)
    }
}

/// `format = "date"`
pub(crate) struct Format {
    /// The variant of `TextFormat`.
    pub(crate) variant: &'static str,
    pub(crate) span: Span,
}

impl FromMeta for Format {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let formats =
            [("email", "Email"), ("uri", "Uri"), ("date", "Date"), ("date-time", "DateTime")];
        let variant = one_of(meta, "\"date\"", &formats)?;
        Ok(Self { variant, span: meta.span() })
    }
}

/// What a literal names.
fn one_of<T: Copy>(
    meta: &Meta,
    example: &str,
    choices: &[(&'static str, T)],
) -> darling::Result<T> {
    let literal = values::literal(meta, example)?;
    let name = literal.value();
    if let Some((_, choice)) = choices.iter().find(|(it, _)| *it == name) {
        return Ok(*choice);
    }
    let names = choices.iter().map(|(name, _)| *name);
    let suggestion = closest(&name, names.clone())
        .map(|closest| format!("; did you mean `{closest}`?"))
        .unwrap_or_default();
    let key = values::key(meta);
    let message = format!("unknown value `{name}`{suggestion}\n`{key}` is {}", alternatives(names));
    Err(values::error(literal, message))
}

/// `` `a`, `b` or `c` ``
fn alternatives<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words = enumerate(words);
    match words.rsplit_once(" and ") {
        Some((init, last)) => format!("{init} or {last}"),
        None => words,
    }
}
