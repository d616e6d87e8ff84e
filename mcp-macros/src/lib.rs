//! The attribute macros of `mcp-runtime`.
//!
//! Depend on `mcp-runtime`, which re-exports them: they expand to its private paths.

mod check;
mod ctxt;
mod docs;
mod expand;
mod keys;
mod model;
mod suggest;

use proc_macro::TokenStream;
use syn::parse::Parse;

use model::Kind;

/// Makes a tool of a function.
#[proc_macro_attribute]
pub fn mcp_tool(keys: TokenStream, item: TokenStream) -> TokenStream {
    attribute(keys, item, |keys, function| expand::free(Kind::Tool, keys, function))
}

/// Makes a resource of a function.
#[proc_macro_attribute]
pub fn mcp_resource(keys: TokenStream, item: TokenStream) -> TokenStream {
    attribute(keys, item, |keys, function| expand::free(Kind::Resource, keys, function))
}

/// Makes a prompt of a function.
#[proc_macro_attribute]
pub fn mcp_prompt(keys: TokenStream, item: TokenStream) -> TokenStream {
    attribute(keys, item, |keys, function| expand::free(Kind::Prompt, keys, function))
}

/// Makes a server of an `impl` block.
#[proc_macro_attribute]
pub fn mcp_server(keys: TokenStream, item: TokenStream) -> TokenStream {
    attribute(keys, item, expand::server)
}

#[doc(hidden)]
#[proc_macro]
pub fn tools(input: TokenStream) -> TokenStream {
    list(input, Kind::Tool)
}

#[doc(hidden)]
#[proc_macro]
pub fn resources(input: TokenStream) -> TokenStream {
    list(input, Kind::Resource)
}

#[doc(hidden)]
#[proc_macro]
pub fn prompts(input: TokenStream) -> TokenStream {
    list(input, Kind::Prompt)
}

type Tokens = proc_macro2::TokenStream;

/// Expands an item. One that does not parse stays as it is: the compiler has more to say of it.
fn attribute<I: Parse>(
    keys: TokenStream,
    item: TokenStream,
    expand: impl FnOnce(Tokens, I) -> Tokens,
) -> TokenStream {
    match syn::parse(item.clone()) {
        Ok(parsed) => expand(keys.into(), parsed).into(),
        Err(error) => {
            let mut tokens = TokenStream::from(error.to_compile_error());
            tokens.extend(item);
            tokens
        }
    }
}

fn list(input: TokenStream, kind: Kind) -> TokenStream {
    match syn::parse(input) {
        Ok(list) => expand::list(kind, list).into(),
        Err(error) => error.to_compile_error().into(),
    }
}
