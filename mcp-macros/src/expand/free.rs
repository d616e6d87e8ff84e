use proc_macro2::TokenStream;
use quote::quote;

use super::{Private, anonymous, definition::definition, names::Names, unavoidable_lints};
use crate::{
    check,
    ctxt::Ctxt,
    model::{Function, Kind, Primitive, Site},
};

/// A function of its own stays as it is, and beside it comes the type of its name that carries the
/// definition.
///
/// The type is there even when the function has mistakes, so that a list that names it adds no
/// error of its own.
pub(crate) fn free(kind: Kind, keys: TokenStream, mut function: Function) -> TokenStream {
    let ctxt = Ctxt::new();
    check::one_marker(function.markers(), Some(kind), &ctxt);
    function.attrs.retain(|attr| Kind::of(attr).is_none());
    let attrs = function.strip_params();
    let primitive = Primitive::read(kind, keys, &function, &attrs, Site::Free, &ctxt);
    let p = Private::of(primitive.common().krate.as_ref());
    let (errors, value) = match ctxt.check() {
        Ok(()) => (None, definition(&primitive, &p)),
        Err(error) => (Some(error.to_compile_error()), quote!(::core::unreachable!())),
    };
    function.lint(unavoidable_lints());
    if function.sig.receiver().is_some() {
        // An `impl` block has no place for a type.
        return quote!(#errors #function);
    }
    let (vis, ident, id) = (&function.vis, &function.sig.ident, &primitive.id);
    let Names { ty, function: function_trait, id: id_name, make, .. } = Names::of(kind);
    let implementation = anonymous(
        &quote! {
            #[automatically_derived]
            impl #p::#function_trait for #ident {
                const #id_name: &'static ::core::primitive::str = #id;

                fn #make() -> #p::#ty {
                    #value
                }
            }
        },
        &p,
    );
    let cfgs: Vec<_> = function.cfgs().collect();
    quote! {
        #errors

        #function

        #(#cfgs)*
        #[allow(non_camel_case_types, unreachable_pub, dead_code)]
        #[doc(hidden)]
        #vis struct #ident {}

        #(#cfgs)*
        #implementation
    }
}
