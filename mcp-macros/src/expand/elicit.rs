use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Expr, ExprLit, Lit, spanned::Spanned};

use super::{Private, at, local, param::is_literal};
use crate::{
    ctxt::Ctxt,
    keys::{Bounds, Format, Length, Range, Value},
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
        |FormField { ty, name, .. }| quote_spanned!(at(ty.span())=> #answer.get::<#ty>(#name)),
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
    let mut calls = quote_spanned!(at(ty.span())=> #p::form::field::<#ty>());
    if let Some(title) = &keys.title {
        calls.extend(quote!(.title(#title)));
    }
    match (&keys.description, doc) {
        (Some(description), _) => calls.extend(quote!(.description(#description))),
        (None, Some(doc)) => calls.extend(quote!(.description(#doc))),
        (None, None) => {}
    }
    if let Some(Range(bounds)) = &keys.range {
        calls.extend(range(field, bounds, p));
    }
    if let Some(Length(bounds)) = &keys.length {
        calls.extend(length(field, bounds, &quote!(text_rule), p));
    }
    if let Some(Length(bounds)) = &keys.items {
        calls.extend(length(field, bounds, &quote!(list_rule), p));
    }
    if let Some(pattern) = &keys.pattern {
        let pattern = &pattern.0;
        calls.extend(quote_spanned! {at(pattern.span())=>
            .rule(#p::form::text_rule::<#ty>(#p::Rule::Pattern(#pattern)))
        });
    }
    if let Some(format) = &keys.format {
        calls.extend(self::format(field, format, p));
    }
    if let Some(Value(value)) = &keys.default {
        calls.extend(default(field, value, p));
    }
    calls
}

fn range(
    FormField { ty, .. }: &FormField,
    Bounds { min, max }: &Bounds,
    p: &Private,
) -> TokenStream {
    let min = min
        .as_ref()
        .map(|min| quote_spanned!(at(min.span())=> .rule(#p::form::minimum::<#ty>(#min))));
    let max = max.as_ref().map(|max| {
        let value = &max.value;
        let rule = if max.inclusive { quote!(maximum) } else { quote!(exclusive_maximum) };
        quote_spanned!(at(value.span())=> .rule(#p::form::#rule::<#ty>(#value)))
    });
    quote!(#min #max)
}

fn length(
    FormField { ty, .. }: &FormField,
    Bounds { min, max }: &Bounds,
    rule: &TokenStream,
    p: &Private,
) -> TokenStream {
    let min = min.as_ref().map(|min| {
        quote_spanned! {at(min.span())=>
            .rule(#p::form::#rule::<#ty>(#p::Rule::MinLength(#min)))
        }
    });
    let max = max.as_ref().map(|max| {
        let value = &max.value;
        let last = if max.inclusive { quote!(#value) } else { quote!((#value) - 1) };
        quote_spanned! {at(value.span())=>
            .rule(#p::form::#rule::<#ty>(#p::Rule::MaxLength(#last)))
        }
    });
    quote!(#min #max)
}

fn format(FormField { ty, .. }: &FormField, format: &Format, p: &Private) -> TokenStream {
    let span = at(format.span);
    let variant = Ident::new(format.variant, span);
    quote_spanned!(span=> .format(#p::form::text_format::<#ty>(#p::TextFormat::#variant)))
}

fn default(FormField { ty, .. }: &FormField, value: &Expr, p: &Private) -> TokenStream {
    let span = at(value.span());
    if let Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) = value {
        return quote_spanned!(span=> .default(#p::form::text_default::<#ty>(#value)));
    }
    let list = matches!(value, Expr::Array(_));
    let mut of_type = match list {
        true => quote_spanned!(span=> ::core::convert::From::from(#value)),
        false => quote!(#value),
    };
    if (list || is_literal(value)) && is_option(ty) {
        of_type = quote!(::core::option::Option::Some(#of_type));
    }
    quote_spanned!(span=> .default(#p::form::default::<#ty>(#of_type)))
}
