//! The keys of the attributes: `#[mcp_tool(name = "add", read_only)]`.
//!
//! One struct an attribute, one field a key. A new key is a field and its name in `ACCEPTED`.

mod arg;
mod bounds;
mod common;
mod elicit;
mod prompt;
mod resource;
mod server;
mod task;
mod tool;
mod values;

use std::{collections::HashSet, slice};

use darling::{FromMeta, ast::NestedMeta};
use proc_macro2::TokenStream;
use syn::{Attribute, Meta, Path};

pub(crate) use arg::ArgKeys;
pub(crate) use bounds::{Bounds, Length, Max, Range};
pub(crate) use common::CommonKeys;
pub(crate) use elicit::{ElicitKeys, FieldKeys, Format, VariantKeys};
pub(crate) use prompt::PromptKeys;
pub(crate) use resource::ResourceKeys;
pub(crate) use server::ServerKeys;
pub(crate) use task::{Task, Time};
pub(crate) use tool::ToolKeys;
pub(crate) use values::{
    Audience, Entries, Flag, HeaderName, Icon, MediaType, Pattern, Requires, Scopes, Text,
    ToolName, Value, ungroup,
};

use crate::{
    ctxt::Ctxt,
    suggest::{closest, enumerate},
};

/// The keys of one attribute.
pub(crate) trait Keys: FromMeta + Default {
    /// The attribute as authors write it.
    const MARKER: &'static str;
    /// The name of each key.
    const ACCEPTED: &'static [&'static str];
    /// The keys that may occur more than once.
    const REPEATABLE: &'static [&'static str] = &[];

    /// Reads the keys. A mistake is reported, and its key is as if it were not there.
    fn read(tokens: TokenStream, ctxt: &Ctxt) -> Self {
        match NestedMeta::parse_meta_list(tokens) {
            Ok(items) => Self::from_items(items, ctxt),
            Err(error) => {
                ctxt.push(error);
                Self::default()
            }
        }
    }

    /// The keys of the attribute `name` among `attrs`, which is there once at most.
    fn of_attribute(name: &str, attrs: &[Attribute], ctxt: &Ctxt) -> Self {
        let mut named = attrs.iter().filter(|attr| attr.path().is_ident(name));
        let Some(attr) = named.next() else { return Self::default() };
        for again in named {
            ctxt.error(again, format!("a second `#[{name}]`: write all keys into one"));
        }
        match &attr.meta {
            Meta::Path(_) => Self::default(),
            Meta::List(list) => Self::read(list.tokens.clone(), ctxt),
            Meta::NameValue(pair) => {
                ctxt.error(pair, format!("write the keys in parentheses: `#[{name}(..)]`"));
                Self::default()
            }
        }
    }

    /// As `read`, for items that are parsed already.
    fn from_items(mut items: Vec<NestedMeta>, ctxt: &Ctxt) -> Self {
        let mut seen = HashSet::new();
        items.retain(|item| match key_of::<Self>(item) {
            Ok(key) if !seen.insert(key) && !Self::REPEATABLE.contains(&key) => {
                ctxt.error(path_of(item), format!("`{key}` is given twice"));
                false
            }
            Ok(_) => match Self::from_list(slice::from_ref(item)) {
                Ok(_) => true,
                Err(error) => {
                    ctxt.push(error.into());
                    false
                }
            },
            Err(error) => {
                ctxt.push(error);
                false
            }
        });
        Self::from_list(&items).unwrap_or_default()
    }
}

fn key_of<K: Keys>(item: &NestedMeta) -> syn::Result<&'static str> {
    let Some(path) = path_of(item) else {
        return Err(syn::Error::new_spanned(
            item,
            format!("{} takes keys: {}", K::MARKER, enumerate(K::ACCEPTED.iter().copied())),
        ));
    };
    if let NestedMeta::NameValueInvalidExpr(invalid) = item {
        return Err(invalid.error.clone().into());
    }
    let accepted = K::ACCEPTED.iter().copied();
    if let Some(key) = accepted.clone().find(|key| path.is_ident(key)) {
        return Ok(key);
    }
    let key = path.segments.iter().map(|it| it.ident.to_string()).collect::<Vec<_>>().join("::");
    let suggestion = closest(&key, accepted.clone())
        .map(|closest| format!("; did you mean `{closest}`?"))
        .unwrap_or_default();
    Err(syn::Error::new_spanned(
        path,
        format!("unknown key `{key}`{suggestion}\n{} takes {}", K::MARKER, enumerate(accepted)),
    ))
}

fn path_of(item: &NestedMeta) -> Option<&Path> {
    match item {
        NestedMeta::Meta(Meta::Path(path)) => Some(path),
        NestedMeta::Meta(Meta::List(list)) => Some(&list.path),
        NestedMeta::Meta(Meta::NameValue(pair)) => Some(&pair.path),
        NestedMeta::NameValueInvalidExpr(pair) => Some(&pair.path),
        NestedMeta::Lit(_) => None,
    }
}
