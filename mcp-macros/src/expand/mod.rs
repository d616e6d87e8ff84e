//! The code that a checked model becomes.

mod definition;
mod elicit;
mod free;
mod handler;
mod list;
mod names;
mod param;
mod server;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Path;

pub(crate) use elicit::elicit;
pub(crate) use free::free;
pub(crate) use list::list;
pub(crate) use server::server;

/// The module of the runtime that macros use.
struct Private(TokenStream);

impl Private {
    /// In the crate at `path`, or where the runtime is by default.
    fn of(path: Option<&Path>) -> Self {
        match path {
            Some(path) => Self(quote!(#path::__private)),
            None => Self(quote!(::mcp_runtime::__private)),
        }
    }
}

impl Private {
    /// The same module, which the compiler shows at `span`.
    fn shown_at(&self, span: Span) -> Self {
        Self(shown_at(&self.0, span))
    }
}

/// The same tokens, which mean what they meant, and which the compiler shows at `span`.
fn shown_at(tokens: &impl ToTokens, span: Span) -> TokenStream {
    let tokens = tokens.to_token_stream().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    tokens.collect()
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

/// A local variable that no item of the author's can be mistaken for.
fn local(name: &str) -> Ident {
    format_ident!("__mcp_{name}", span = Span::mixed_site())
}

/// Wraps implementations: the traits by which the way of a return value is found are in scope
/// there, and nothing that is inside can be named from outside.
fn anonymous(implementation: &TokenStream, p: &Private) -> TokenStream {
    quote! {
        #[allow(deprecated, unused_imports)]
        const _: () = {
            use #p::{
                ViaConvert as _, ViaConvertResult as _, ViaNoPrompt as _, ViaNoResource as _,
                ViaNoToolResult as _, ViaStructured as _, ViaStructuredResult as _,
            };

            #implementation
        };
    }
}

/// What the author cannot avoid: arguments are owned; a function that needs no thread of its own is
/// `async`, and one of a server has `&self`.
fn unavoidable_lints() -> TokenStream {
    quote! {
        #[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::unused_self)]
    }
}
