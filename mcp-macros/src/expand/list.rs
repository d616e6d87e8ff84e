use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    Path, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    spanned::Spanned,
};

use super::{at, names::Names};
use crate::{ctxt::Ctxt, model::Kind};

/// What `tools![..]` and its like hand on: the runtime's crate, and the entries.
pub(crate) struct List {
    krate: TokenTree,
    entries: Punctuated<Path, Token![,]>,
}

impl Parse for List {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self { krate: input.parse()?, entries: Punctuated::parse_terminated(input)? })
    }
}

/// A vector of definitions, no two of which have the same name.
pub(crate) fn list(kind: Kind, List { krate, entries }: List) -> TokenStream {
    let p = quote!(#krate::__private);
    let Names { ty, function, id, make, .. } = Names::of(kind);
    let ctxt = Ctxt::new();
    let mut seen = std::collections::HashSet::new();
    let entries: Vec<Path> = entries
        .into_iter()
        .filter(|entry| {
            let new = seen.insert(entry.to_token_stream().to_string());
            if !new {
                ctxt.error(entry, format!("this {kind} is in the list already"));
            }
            new
        })
        .collect();
    let errors = ctxt.check().err().map(|error| error.to_compile_error());
    let names = entries
        .iter()
        .map(|entry| quote_spanned!(at(entry.span())=> <#entry as #p::#function>::#id));
    let makers = entries
        .iter()
        .map(|entry| quote_spanned!(at(entry.span())=> <#entry as #p::#function>::#make));
    let message = match kind {
        Kind::Resource => "another resource of this list has the same URI".to_owned(),
        _ => format!("another {kind} of this list has the same name"),
    };
    let distinct = entries.iter().enumerate().skip(1).map(|(index, entry)| {
        quote_spanned! {at(entry.span())=>
            const _: () = if #p::occurs_before(NAMES, #index) { ::core::panic!(#message) };
        }
    });
    quote! {{
        #errors
        const NAMES: &[&::core::primitive::str] = &[#(#names),*];
        #(#distinct)*
        #p::collect::<#p::#ty>(&[#(#makers),*])
    }}
}
