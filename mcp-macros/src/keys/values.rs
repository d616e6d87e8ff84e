//! What stands behind the `=` of a key.

use darling::FromMeta;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Expr, ExprGroup, ExprLit, Ident, Lit, LitBool, LitStr, Meta, Token,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
};

use crate::{
    check,
    suggest::{closest, enumerate},
};

/// `key = "text"`
#[derive(Clone)]
pub(crate) struct Text(pub(crate) LitStr);

/// `key = "name"`, with the name of a tool.
pub(crate) struct ToolName(pub(crate) LitStr);

/// `key = "regular expression"`
pub(crate) struct Pattern(pub(crate) LitStr);

/// `key = "Header-Name"`
pub(crate) struct HeaderName(pub(crate) LitStr);

/// `key = "type/subtype"`
pub(crate) struct MediaType(pub(crate) LitStr);

/// `audience = "user"` or `audience = "assistant"`
pub(crate) enum Audience {
    User,
    Assistant,
}

/// `key` or `key = false`
pub(crate) struct Flag {
    pub(crate) key: Ident,
    pub(crate) value: bool,
}

/// `key = expression`
pub(crate) struct Value(pub(crate) Expr);

/// `icon = "https://.."`, or `icon = expression` of type `Icon`.
pub(crate) enum Icon {
    Source(LitStr),
    Value(Expr),
}

/// `scopes("files:read", ..)`
pub(crate) struct Scopes(pub(crate) Vec<LitStr>);

/// `meta("key" = expression, ..)`
pub(crate) struct Entries(pub(crate) Vec<Entry>);

pub(crate) struct Entry {
    pub(crate) key: LitStr,
    pub(crate) value: Expr,
}

/// `requires(elicitation, sampling)`: what the client must be able to do, as variants of
/// `ClientCapability`.
pub(crate) struct Requires(pub(crate) Vec<Ident>);

/// The names of the capabilities, and the variants.
const CAPABILITIES: [(&str, &str); 5] = [
    ("elicitation", "ElicitationForm"),
    ("elicitation_url", "ElicitationUrl"),
    ("sampling", "Sampling"),
    ("sampling_tools", "SamplingTools"),
    ("roots", "Roots"),
];

pub(super) fn error(tokens: impl ToTokens, message: impl std::fmt::Display) -> darling::Error {
    syn::Error::new_spanned(tokens, message).into()
}

pub(super) fn key(meta: &Meta) -> String {
    meta.path().get_ident().map_or_else(String::new, Ident::to_string)
}

/// The expression behind the `=`.
pub(super) fn expr(meta: &Meta, example: &str) -> darling::Result<Expr> {
    match meta {
        Meta::NameValue(pair) => Ok(ungroup(&pair.value).clone()),
        Meta::Path(_) | Meta::List(_) => {
            let key = key(meta);
            Err(error(meta, format!("`{key}` needs a value, as in `{key} = {example}`")))
        }
    }
}

/// An expression that came through a `macro_rules!` macro is in an invisible group.
pub(crate) fn ungroup(mut expr: &Expr) -> &Expr {
    while let Expr::Group(ExprGroup { expr: inner, .. }) = expr {
        expr = inner;
    }
    expr
}

pub(super) fn literal(meta: &Meta, example: &str) -> darling::Result<LitStr> {
    let value = expr(meta, example)?;
    match &value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text.clone()),
        _ => {
            let key = key(meta);
            Err(error(value, format!("`{key}` takes a string literal, as in `{key} = {example}`")))
        }
    }
}

fn checked(text: LitStr, check: impl Fn(&str) -> Result<(), String>) -> darling::Result<LitStr> {
    match check(&text.value()) {
        Ok(()) => Ok(text),
        Err(message) => Err(error(text, message)),
    }
}

impl FromMeta for Text {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let text = checked(literal(meta, "\"text\"")?, |text| {
            if text.trim().is_empty() {
                return Err(format!("`{}` is empty", key(meta)));
            }
            Ok(())
        })?;
        Ok(Self(text))
    }
}

impl FromMeta for ToolName {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        checked(literal(meta, "\"get_weather\"")?, check::tool_name).map(Self)
    }
}

impl FromMeta for Pattern {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        checked(literal(meta, "\"^[a-z]+$\"")?, |pattern| {
            regex_lite::Regex::new(pattern)
                .map(drop)
                .map_err(|error| format!("not a regular expression: {error}"))
        })
        .map(Self)
    }
}

impl FromMeta for HeaderName {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        checked(literal(meta, "\"Region\"")?, check::header_name).map(Self)
    }
}

impl FromMeta for MediaType {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        checked(literal(meta, "\"text/plain\"")?, check::media_type).map(Self)
    }
}

impl FromMeta for Audience {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let audience = literal(meta, "\"user\"")?;
        match audience.value().as_str() {
            "user" => Ok(Self::User),
            "assistant" => Ok(Self::Assistant),
            _ => Err(error(audience, "the audience is `user` or `assistant`")),
        }
    }
}

impl FromMeta for Flag {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let path = meta.path();
        let key = path.require_ident()?.clone();
        let value = match meta {
            Meta::Path(_) => true,
            Meta::NameValue(pair) => match ungroup(&pair.value) {
                Expr::Lit(ExprLit { lit: Lit::Bool(LitBool { value, .. }), .. }) => *value,
                other => return Err(error(other, flag_message(&key))),
            },
            Meta::List(_) => return Err(error(meta, flag_message(&key))),
        };
        Ok(Self { key, value })
    }
}

fn flag_message(key: &Ident) -> String {
    format!("`{key}` is a flag: write `{key}`, or `{key} = false`")
}

impl FromMeta for Value {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        expr(meta, "..").map(Self)
    }
}

impl FromMeta for Icon {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        match expr(meta, "\"https://example.com/icon.png\"")? {
            Expr::Lit(ExprLit { lit: Lit::Str(source), .. }) => {
                checked(source, check::icon_source).map(Self::Source)
            }
            value => Ok(Self::Value(value)),
        }
    }
}

impl FromMeta for Requires {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let names = || CAPABILITIES.iter().map(|(name, _)| *name);
        let Meta::List(list) = meta else {
            let message = "`requires` takes capabilities, as in `requires(elicitation)`";
            return Err(error(meta, message));
        };
        let given = Punctuated::<Ident, Token![,]>::parse_terminated.parse2(list.tokens.clone())?;
        if given.is_empty() {
            return Err(error(meta, "`requires` is empty"));
        }
        let variant = |ident: &Ident| {
            let name = ident.to_string();
            match CAPABILITIES.iter().find(|(known, _)| *known == name) {
                Some((_, variant)) => Ok(Ident::new(variant, ident.span())),
                None => {
                    let suggestion = closest(&name, names())
                        .map(|closest| format!("; did you mean `{closest}`?"))
                        .unwrap_or_default();
                    let names = enumerate(names());
                    Err(error(
                        ident,
                        format!(
                            "unknown capability `{name}`{suggestion}\n`requires` takes {names}"
                        ),
                    ))
                }
            }
        };
        given.iter().map(variant).collect::<darling::Result<_>>().map(Self)
    }
}

impl FromMeta for Scopes {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let Meta::List(list) = meta else {
            let key = key(meta);
            let message = format!("`{key}` takes scopes, as in `{key}(\"files:read\")`");
            return Err(error(meta, message));
        };
        let scopes =
            Punctuated::<LitStr, Token![,]>::parse_terminated.parse2(list.tokens.clone())?;
        if scopes.is_empty() {
            return Err(error(meta, "without a scope, everyone may use it: leave `scopes` out"));
        }
        scopes
            .into_iter()
            .map(|scope| checked(scope, check::scope))
            .collect::<darling::Result<_>>()
            .map(Self)
    }
}

impl FromMeta for Entries {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let Meta::List(list) = meta else {
            let key = key(meta);
            let message = format!("`{key}` takes entries, as in `{key}(\"key\" = value)`");
            return Err(error(meta, message));
        };
        let entries =
            Punctuated::<Entry, Token![,]>::parse_terminated.parse2(list.tokens.clone())?;
        let mut seen = std::collections::HashSet::new();
        for Entry { key, .. } in &entries {
            if !seen.insert(key.value()) {
                return Err(error(key, format!("`{}` is given twice", key.value())));
            }
        }
        Ok(Self(entries.into_iter().collect()))
    }
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok(Self { key, value: input.parse()? })
    }
}

impl ToTokens for Text {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

impl ToTokens for Value {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
