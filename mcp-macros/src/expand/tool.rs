use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{Private, at, handler::Parts, item};
use crate::{
    check,
    ctxt::Ctxt,
    keys::{Keys, ToolKeys},
    model::{Callable, Function, Kind, Site},
};

/// `#[mcp_tool]` on a function of its own.
pub(crate) fn tool(keys: TokenStream, mut function: Function) -> TokenStream {
    let ctxt = Ctxt::new();
    let keys = ToolKeys::read(keys, &ctxt);
    let attrs = function.strip_params();
    let callable = Callable::read(&function, &attrs, Kind::Tool, Site::Free, &ctxt);
    let name = name(&keys, &callable, &ctxt);
    let p = Private::of(keys.krate.as_ref());
    let result = ctxt.check();
    let value = match &result {
        Ok(()) => definition(&keys, &callable, &name, &p),
        Err(_) => item::never(),
    };
    let ident = &callable.ident;
    let implementation = quote! {
        #[automatically_derived]
        impl #p::ToolFn for #ident {
            const NAME: &'static str = #name;

            fn tool() -> #p::Tool {
                #value
            }
        }
    };
    item::beside(&function, implementation, result, &p)
}

/// The tool's name.
pub(super) fn name(keys: &ToolKeys, callable: &Callable, ctxt: &Ctxt) -> String {
    if let Some(name) = &keys.name {
        return name.0.value();
    }
    let name = callable.name();
    if let Err(message) = check::tool_name(&name) {
        ctxt.error(&callable.ident, format!("{message}; give another with `name = \"..\"`"));
    }
    name
}

/// The expression of type `Tool`.
pub(super) fn definition(
    keys: &ToolKeys,
    callable: &Callable,
    name: &str,
    p: &Private,
) -> TokenStream {
    let Parts { prelude, handler, params, via, output } = Parts::of(callable, Kind::Tool, p);
    let common = item::common(
        keys.title.as_ref(),
        keys.description.as_ref(),
        callable.doc.as_deref(),
        &keys.icon,
        keys.meta.as_ref(),
        p,
    );
    let hints = [&keys.read_only, &keys.destructive, &keys.idempotent, &keys.open_world];
    let hints = hints.into_iter().flatten().map(|flag| {
        let (key, value) = (&flag.key, flag.value);
        quote!(.#key(#value))
    });
    let allow_unknown =
        keys.allow_unknown.as_ref().filter(|flag| flag.value).map(|_| quote!(.allow_unknown()));
    let output_schema = quote_spanned! {at(callable.output.span())=>
        .output_schema(#via.output_schema(#p::Probe::<#output>::NEW))
    };
    quote! {
        #prelude
        #p::Tool::new(#name, #handler)
            #common
            #(#hints)*
            #allow_unknown
            #params
            #output_schema
    }
}
