use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::Private;
use crate::{
    keys::{Entries, Icon, Text, Value},
    model::Function,
};

/// The function, and beside it the type of the same name that carries `implementation`.
///
/// The type is there even when the function has mistakes, so that a list that names it adds no
/// error of its own.
pub(super) fn beside(
    function: &Function,
    implementation: TokenStream,
    result: syn::Result<()>,
    p: &Private,
) -> TokenStream {
    let errors = result.err().map(|error| error.to_compile_error());
    let is_method = function.sig.receiver().is_some();
    if is_method {
        // An `impl` block has no place for a type.
        return quote!(#errors #function);
    }
    let cfgs: Vec<_> = function.cfgs().collect();
    let (vis, ident) = (&function.vis, &function.sig.ident);
    quote! {
        #errors

        // Arguments are owned, and a function that needs no thread of its own is `async`.
        #[allow(clippy::needless_pass_by_value, clippy::unused_async)]
        #function

        #(#cfgs)*
        #[allow(non_camel_case_types, unreachable_pub, dead_code)]
        #[doc(hidden)]
        #vis struct #ident {}

        #(#cfgs)*
        #[allow(deprecated, unused_imports)]
        const _: () = {
            use #p::{
                ViaConvert as _, ViaConvertResult as _, ViaStructured as _,
                ViaStructuredResult as _, ViaUnsupported as _,
            };

            #implementation
        };
    }
}

/// A value of any type, where there is an error already.
pub(super) fn never() -> TokenStream {
    quote!(::core::unreachable!())
}

/// The builder's calls that tools, resources and prompts share.
pub(super) fn common(
    title: Option<&Text>,
    description: Option<&Value>,
    doc: Option<&str>,
    icons: &[Icon],
    meta: Option<&Entries>,
    p: &Private,
) -> TokenStream {
    let mut calls = TokenStream::new();
    if let Some(title) = title {
        calls.extend(quote!(.title(#title)));
    }
    let description = description.map(ToTokens::to_token_stream);
    if let Some(description) = description.or_else(|| doc.map(ToTokens::to_token_stream)) {
        calls.extend(quote!(.description(#description)));
    }
    for icon in icons {
        let icon = match icon {
            Icon::Source(source) => quote!(#p::Icon::new(#source)),
            Icon::Value(value) => quote!(#value),
        };
        calls.extend(quote!(.icon(#icon)));
    }
    for entry in meta.iter().flat_map(|meta| &meta.0) {
        let (key, value) = (&entry.key, &entry.value);
        calls.extend(quote!(.meta(#key, #value)));
    }
    calls
}
