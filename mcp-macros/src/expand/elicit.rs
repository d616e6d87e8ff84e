use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Expr, ExprLit, Lit, spanned::Spanned};

use super::{Private, at, local, param::is_literal, shown_at};
use crate::{
    ctxt::Ctxt,
    keys::{Bounds, Format, Length, Max, Pattern, Range, Value},
    model::{Form, FormField, FormOption, Shape, is_option},
};

/// The implementation of `Elicit` for a struct, or of `Choice` for an enum.
///
/// It is there even when the type has mistakes, so that what uses the type adds no error of its own.
pub(crate) fn elicit(input: DeriveInput) -> TokenStream {
    let ctxt = Ctxt::new();
    let form = Form::read(input, &ctxt);
    let errors = ctxt.check().err();
    if errors.is_some() && !form.generics.params.is_empty() {
        // What the parameters lack would be an error here as well.
        return errors.map(|error| error.to_compile_error()).unwrap_or_default();
    }
    let p = Private::of(form.krate.as_ref());
    let body = match (&form.shape, &errors) {
        (Shape::Fields(fields), None) => fields_body(fields, &p),
        (Shape::Fields(_), Some(_)) => mistaken_fields_body(&p),
        (Shape::Options(options), None) => options_body(options, &p),
        (Shape::Options(_), Some(_)) => mistaken_options_body(&p),
    };
    let target = match form.shape {
        Shape::Fields(_) => quote!(Elicit),
        Shape::Options(_) => quote!(Choice),
    };
    let ident = &form.ident;
    let (impl_generics, ty_generics, where_clause) = form.generics.split_for_impl();
    let errors = errors.map(|error| error.to_compile_error());
    quote! {
        #errors

        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #p::#target for #ident #ty_generics #where_clause {
            #body
        }
    }
}

fn fields_body(fields: &[FormField], p: &Private) -> TokenStream {
    let (answer, names) = (local("answer"), fields.iter().map(|field| &field.name));
    let definitions = fields.iter().map(|field| definition(field, p));
    let idents: Vec<&Ident> = fields.iter().map(|field| &field.ident).collect();
    let variables: Vec<Ident> = (0..fields.len())
        .map(|index| format_ident!("__mcp_{index}", span = Span::mixed_site()))
        .collect();
    let reads = fields.iter().map(
        |FormField { ty, name, .. }| quote_spanned!(at(ty.span())=> #p::form::of::<#ty>().read(#answer, #name)),
    );
    quote! {
        fn form() -> #p::Form {
            #p::Form::new() #(.field(#names, #definitions))*
        }

        fn from_answer(
            #answer: &#p::FormAnswer,
        ) -> ::core::result::Result<Self, #p::FormFaults> {
            match (#(#reads,)*) {
                (#(::core::result::Result::Ok(#variables),)*) => {
                    ::core::result::Result::Ok(Self { #(#idents: #variables,)* })
                }
                (#(#variables,)*) => {
                    ::core::result::Result::Err(#p::FormFaults::join([#(#variables.err(),)*]))
                }
            }
        }
    }
}

fn mistaken_fields_body(p: &Private) -> TokenStream {
    quote! {
        fn form() -> #p::Form {
            ::core::unreachable!()
        }

        fn from_answer(_: &#p::FormAnswer) -> ::core::result::Result<Self, #p::FormFaults> {
            ::core::unreachable!()
        }
    }
}

fn options_body(options: &[FormOption], p: &Private) -> TokenStream {
    let name = local("name");
    let idents: Vec<_> = options.iter().map(|option| &option.ident).collect();
    let names: Vec<_> = options.iter().map(|option| &option.name).collect();
    let titles = options.iter().map(|option| option.title.as_ref().map(|it| quote!(.title(#it))));
    quote! {
        fn options() -> ::std::vec::Vec<#p::ChoiceOption> {
            ::std::vec![#(#p::ChoiceOption::new(#names) #titles),*]
        }

        fn name(&self) -> &'static ::core::primitive::str {
            match self {
                #(Self::#idents => #names,)*
            }
        }

        fn from_name(#name: &::core::primitive::str) -> ::core::option::Option<Self> {
            match #name {
                #(#names => ::core::option::Option::Some(Self::#idents),)*
                _ => ::core::option::Option::None,
            }
        }
    }
}

fn mistaken_options_body(p: &Private) -> TokenStream {
    quote! {
        fn options() -> ::std::vec::Vec<#p::ChoiceOption> {
            ::core::unreachable!()
        }

        fn name(&self) -> &'static ::core::primitive::str {
            ::core::unreachable!()
        }

        fn from_name(_: &::core::primitive::str) -> ::core::option::Option<Self> {
            ::core::unreachable!()
        }
    }
}

/// The expression of type `Field`.
fn definition(field: &FormField, p: &Private) -> TokenStream {
    let FormField { ty, doc, keys, .. } = field;
    let mut calls = quote_spanned!(at(ty.span())=> #p::form::of::<#ty>().field());
    if let Some(title) = &keys.title {
        calls.extend(quote!(.title(#title)));
    }
    match (&keys.description, doc) {
        (Some(description), _) => calls.extend(quote!(.description(#description))),
        (None, Some(doc)) => calls.extend(quote!(.description(#doc))),
        (None, None) => {}
    }
    let shown_ty = |span| shown_at(ty, span);
    if let Some(Range(bounds)) = &keys.range {
        let (min, max) = ends(bounds, |value| quote!(#value));
        let maximum = match &bounds.max {
            Some(Max { inclusive: false, .. }) => quote!(ExclusiveMaximum),
            _ => quote!(Maximum),
        };
        let ty = shown_ty(bounds.span());
        calls.extend(quote_spanned! {at(bounds.span())=>
            .ends(#p::form::range::<#ty, _>(#min, #max, #p::Rule::#maximum))
        });
    }
    for (key, bounds) in [("length", &keys.length), ("items", &keys.items)] {
        let Some(Length(bounds)) = bounds else { continue };
        let (min, max) = ends(bounds, |value| quote!((#value) - 1));
        let key = Ident::new(key, at(bounds.span()));
        let ty = shown_ty(bounds.span());
        calls.extend(quote_spanned! {at(bounds.span())=>
            .ends(#p::form::#key::<#ty>(#min, #max))
        });
    }
    if let Some(Pattern(pattern)) = &keys.pattern {
        let ty = shown_ty(pattern.span());
        calls.extend(quote_spanned! {at(pattern.span())=>
            .rule(#p::form::pattern::<#ty>(#pattern))
        });
    }
    if let Some(Format { variant, span }) = &keys.format {
        let ty = shown_ty(*span);
        let variant = Ident::new(variant, at(*span));
        calls.extend(quote_spanned! {at(*span)=>
            .format(#p::form::format::<#ty>(#p::TextFormat::#variant))
        });
    }
    if let Some(Value(value)) = &keys.default {
        calls.extend(default(field, value, p));
    }
    calls
}

/// The ends as `Option`s; `below` makes the greater one when it is not in the range itself.
fn ends(
    Bounds { min, max }: &Bounds,
    below: fn(&Expr) -> TokenStream,
) -> (TokenStream, TokenStream) {
    let option = |value: Option<TokenStream>| match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    };
    let max = max.as_ref().map(|Max { value, inclusive }| match inclusive {
        true => quote!(#value),
        false => below(value),
    });
    (option(min.as_ref().map(|min| quote!(#min))), option(max))
}

/// `.default(..)`, of the field's type.
fn default(FormField { ty, .. }: &FormField, value: &Expr, p: &Private) -> TokenStream {
    let span = at(value.span());
    if let Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) = value {
        let ty = shown_at(ty, value.span());
        return quote_spanned!(span=> .default(#p::form::text_default::<#ty>(#value)));
    }
    let is_list = matches!(value, Expr::Array(_));
    let mut given = match is_list {
        true => quote_spanned!(span=> ::core::convert::From::from(#value)),
        false => quote!(#value),
    };
    if (is_list || is_literal(value)) && is_option(ty) {
        given = quote!(::core::option::Option::Some(#given));
    }
    let default = local("default");
    let of = quote_spanned!(at(ty.span())=> #p::form::of::<#ty>());
    quote_spanned! {span=>
        .default({
            let #default: #ty = #given;
            #of.default(&#default)
        })
    }
}
