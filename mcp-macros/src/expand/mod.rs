//! The code that a checked model becomes.

mod handler;
mod item;
mod list;
mod param;
mod tool;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Path;

pub(crate) use list::list;
pub(crate) use tool::tool;

/// The module of the runtime that macros use.
#[derive(Clone)]
pub(crate) struct Private(TokenStream);

impl Private {
    /// In the crate at `path`, or where the runtime is by default.
    pub(crate) fn of(path: Option<&Path>) -> Self {
        match path {
            Some(path) => Self(quote!(#path::__private)),
            None => Self(quote!(::mcp_runtime::__private)),
        }
    }
}

impl ToTokens for Private {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

/// Generated code that the compiler shows at the author's token, but does not lint as the author's.
fn at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}
