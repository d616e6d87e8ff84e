use proc_macro2::Ident;
use syn::{Attribute, ReturnType, Type, TypeTuple, ext::IdentExt, punctuated::Punctuated};

use super::{Function, Kind, Param, param};
use crate::{check, ctxt::Ctxt, docs};

/// Where a function stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// On its own.
    Free,
    /// In an `impl` block with `#[mcp_server]`.
    Method,
}

/// A function as a handler calls it.
pub(crate) struct Callable {
    pub(crate) site: Site,
    pub(crate) ident: Ident,
    pub(crate) is_async: bool,
    pub(crate) params: Vec<Param>,
    pub(crate) output: Type,
    pub(crate) doc: Option<String>,
}

impl Callable {
    /// Reads the signature. `attrs` are those of the parameters, one list for each.
    pub(crate) fn read(
        function: &Function,
        attrs: &[Vec<Attribute>],
        kind: Kind,
        site: Site,
        ctxt: &Ctxt,
    ) -> Self {
        let sig = &function.sig;
        check::signature(sig, kind, site, ctxt);
        let params = param::typed(&sig.inputs)
            .zip(attrs)
            .filter_map(|(param, attrs)| Param::read(param?, attrs, kind, ctxt))
            .collect::<Vec<_>>();
        check::distinct_arguments(&params, ctxt);
        let output = match &sig.output {
            ReturnType::Default => unit(&sig.ident),
            ReturnType::Type(_, ty) => {
                check::output_type(ty, ctxt);
                (**ty).clone()
            }
        };
        Self {
            site,
            ident: sig.ident.clone(),
            is_async: sig.asyncness.is_some(),
            params,
            output,
            doc: docs::text(&function.attrs),
        }
    }

    /// The name as the client sees it when the author gives no other.
    pub(crate) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }
}

/// What a function without `->` returns, at its name.
fn unit(ident: &Ident) -> Type {
    let mut paren_token = syn::token::Paren::default();
    let mut group = proc_macro2::Group::new(
        proc_macro2::Delimiter::Parenthesis,
        proc_macro2::TokenStream::new(),
    );
    group.set_span(ident.span());
    paren_token.span = group.delim_span();
    Type::Tuple(TypeTuple { attrs: Vec::new(), paren_token, elems: Punctuated::new() })
}
