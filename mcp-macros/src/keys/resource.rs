use darling::{FromMeta, ast::NestedMeta};
use proc_macro2::TokenStream;
use syn::{Expr, ExprLit, Lit, LitStr, Meta};

use super::{Audience, CommonKeys, Keys, MediaType, Text, Value};
use crate::ctxt::Ctxt;

/// The keys of `#[mcp_resource("uri", ..)]`.
#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct ResourceKeys {
    /// In front of the keys, without one.
    #[darling(skip)]
    pub(crate) uri: Option<LitStr>,
    pub(crate) name: Option<Text>,
    pub(crate) mime_type: Option<MediaType>,
    pub(crate) size: Option<Value>,
    pub(crate) list: Option<Value>,
    #[darling(multiple)]
    pub(crate) audience: Vec<Audience>,
    pub(crate) priority: Option<Value>,
    #[darling(flatten)]
    pub(crate) common: CommonKeys,
}

impl Keys for ResourceKeys {
    const MARKER: &'static str = "`#[mcp_resource]`";
    const ACCEPTED: &'static [&'static str] = &[
        "name",
        "title",
        "description",
        "mime_type",
        "size",
        "list",
        "audience",
        "priority",
        "scopes",
        "icon",
        "meta",
        "requires",
        "crate",
    ];
    const REPEATABLE: &'static [&'static str] = &["icon", "audience"];

    fn read(tokens: TokenStream, ctxt: &Ctxt) -> Self {
        let mut items = match NestedMeta::parse_meta_list(tokens) {
            Ok(items) => items,
            Err(error) => {
                ctxt.push(error);
                return Self::default();
            }
        };
        let uri = match items.first() {
            Some(NestedMeta::Lit(Lit::Str(uri))) => {
                let uri = uri.clone();
                items.remove(0);
                Some(uri)
            }
            _ => uri_with_key(&mut items, ctxt),
        };
        Self { uri, ..Self::from_items(items, ctxt) }
    }
}

/// A URI that has a key by mistake.
fn uri_with_key(items: &mut Vec<NestedMeta>, ctxt: &Ctxt) -> Option<LitStr> {
    let (index, pair) = items.iter().enumerate().find_map(|(index, item)| match item {
        NestedMeta::Meta(Meta::NameValue(pair)) if pair.path.is_ident("uri") => Some((index, pair)),
        _ => None,
    })?;
    let Expr::Lit(ExprLit { lit: Lit::Str(uri), .. }) = &pair.value else { return None };
    let uri = uri.clone();
    ctxt.error(
        &pair.path,
        "the URI comes first, without a key: `#[mcp_resource(\"notes://{id}\")]`",
    );
    items.remove(index);
    Some(uri)
}
