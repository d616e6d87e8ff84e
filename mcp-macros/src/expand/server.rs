use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Meta};

use super::{Private, anonymous, definition::definition, local, names::Names, unavoidable_lints};
use crate::{
    check,
    ctxt::Ctxt,
    docs,
    keys::{Keys, ServerKeys},
    model::{Function, Kind, Member, Primitive, ServerImpl, Site},
};

/// An `impl` block stays as it is, and beside it comes an implementation of `McpServer`.
pub(crate) fn server(keys: TokenStream, mut server: ServerImpl) -> TokenStream {
    let ctxt = Ctxt::new();
    let keys = ServerKeys::read(keys, &ctxt);
    check::server(&server, &ctxt);
    let p = Private::of(keys.krate.as_ref());
    let primitives: Vec<(Primitive, Vec<Attribute>)> = server
        .members
        .iter_mut()
        .filter_map(|member| match member {
            Member::Method(method) => read(method, &ctxt),
            Member::Other(_) => None,
        })
        .collect();
    check::distinct_primitives(primitives.iter().map(|(primitive, _)| primitive), &ctxt);
    let (errors, primitives) = match ctxt.check() {
        Ok(()) => (None, primitives),
        Err(error) => (Some(error.to_compile_error()), Vec::new()),
    };
    if server.trait_for.is_some() || server.generics.lifetimes().next().is_some() {
        return quote!(#errors #server);
    }
    let implementation = implementation(&keys, &server, &primitives, &p);
    quote! {
        #errors
        #server
        #implementation
    }
}

/// Reads a method that is marked, and takes the marks away.
fn read(method: &mut Function, ctxt: &Ctxt) -> Option<(Primitive, Vec<Attribute>)> {
    check::one_marker(method.markers(), None, ctxt);
    let (kind, marker) = method.markers().next()?;
    let keys = match &marker.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(pair) => {
            ctxt.error(pair, "write the keys in parentheses");
            TokenStream::new()
        }
    };
    method.attrs.retain(|attr| Kind::of(attr).is_none());
    let attrs = method.strip_params();
    let primitive = Primitive::read(kind, keys, method, &attrs, Site::Method, ctxt);
    if let Some(krate) = &primitive.common().krate {
        ctxt.error(krate, "the `impl` block says where the crate is: `#[mcp_server(crate = ..)]`");
    }
    let cfgs = method.cfgs().cloned().collect();
    method.lint(unavoidable_lints());
    Some((primitive, cfgs))
}

fn implementation(
    keys: &ServerKeys,
    server: &ServerImpl,
    primitives: &[(Primitive, Vec<Attribute>)],
    p: &Private,
) -> TokenStream {
    let given = |value: &Option<crate::keys::Value>| value.as_ref().map(ToTokens::to_token_stream);
    let name = given(&keys.name).unwrap_or_else(|| quote!(::core::env!("CARGO_PKG_NAME")));
    let version = given(&keys.version).unwrap_or_else(|| quote!(::core::env!("CARGO_PKG_VERSION")));
    let instructions = given(&keys.instructions)
        .or_else(|| docs::text(&server.attrs).map(ToTokens::into_token_stream));
    let instructions = match instructions {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    };
    let tools = lister(Kind::Tool, "tools", primitives, p);
    let resources = lister(Kind::Resource, "resources", primitives, p);
    let prompts = lister(Kind::Prompt, "prompts", primitives, p);
    let self_ty = &server.self_ty;
    let (impl_generics, _, where_clause) = server.generics.split_for_impl();
    anonymous(
        &quote! {
            #[automatically_derived]
            impl #impl_generics #p::McpServer for #self_ty #where_clause {
                const NAME: &'static ::core::primitive::str = #name;
                const VERSION: &'static ::core::primitive::str = #version;
                const INSTRUCTIONS: ::core::option::Option<&'static ::core::primitive::str> =
                    #instructions;

                #tools
                #resources
                #prompts
            }
        },
        p,
    )
}

/// The function that makes the definitions of one kind.
fn lister(
    kind: Kind,
    name: &str,
    primitives: &[(Primitive, Vec<Attribute>)],
    p: &Private,
) -> TokenStream {
    let (list, this) = (local("list"), local("this"));
    let Names { ty, .. } = Names::of(kind);
    let name = quote::format_ident!("{name}");
    let pushes = primitives.iter().filter(|(primitive, _)| primitive.kind() == kind).map(
        |(primitive, cfgs)| {
            let definition = definition(primitive, p);
            quote!(#(#cfgs)* #list.push({ #definition });)
        },
    );
    quote! {
        fn #name(#this: &#p::Arc<Self>) -> ::std::vec::Vec<#p::#ty> {
            #[allow(unused_mut)]
            let mut #list = ::std::vec::Vec::new();
            #(#pushes)*
            #list
        }
    }
}
