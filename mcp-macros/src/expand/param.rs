use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, ExprLit, ExprUnary, Lit, LitFloat, LitInt, UnOp, spanned::Spanned};

use super::{Private, at};
use crate::{
    keys::{Bounds, Value},
    model::{Argument, is_option},
};

/// The expression of type `Param`.
pub(super) fn param(argument: &Argument, default: Option<&Ident>, p: &Private) -> TokenStream {
    let Argument { name, ty, doc, keys, .. } = argument;
    let mut param = quote_spanned!(at(ty.span())=> #p::Param::new::<#ty>(#name));
    let description = match (&keys.description, doc) {
        (Some(Value(description)), _) => Some(quote!(#description)),
        (None, Some(doc)) => Some(quote!(#doc)),
        (None, None) => None,
    };
    if let Some(description) = description {
        param.extend(quote!(.description(#description)));
    }
    if let (Some(default), Some(Value(expr))) = (default, &keys.default) {
        let span = at(expr.span());
        let default = Ident::new(&default.to_string(), span);
        param.extend(quote_spanned!(span=> .default(#default())));
    }
    if let Some(range) = &keys.range {
        param.extend(number_rules(&range.0, p));
    }
    if let Some(length) = &keys.length {
        param.extend(length_rules(&length.0, p));
    }
    if let Some(pattern) = &keys.pattern {
        let pattern = &pattern.0;
        param.extend(quote!(.rule(#p::Rule::Pattern(#pattern))));
    }
    if let Some(header) = &keys.header {
        let header = &header.0;
        param.extend(quote!(.header(#header)));
    }
    if keys.flattens() {
        param.extend(quote!(.flatten()));
    }
    if let Some(Value(schema)) = &keys.schema {
        param.extend(quote!(.schema(#schema)));
    }
    if let Some(Value(completer)) = &keys.complete {
        param.extend(quote_spanned!(at(completer.span())=> .complete(#completer)));
    }
    param
}

/// A function that makes the default, of the parameter's type.
pub(super) fn default(argument: &Argument) -> Option<TokenStream> {
    let Argument { ty, keys, .. } = argument;
    let Value(expr) = keys.default.as_ref()?;
    let value = match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) => {
            quote_spanned!(at(expr.span())=> ::core::convert::From::from(#expr))
        }
        _ => quote!(#expr),
    };
    let value = if is_literal(expr) && is_option(ty) {
        quote!(::core::option::Option::Some(#value))
    } else {
        value
    };
    Some(quote_spanned!(at(ty.span())=> || -> #ty { #value }))
}

pub(super) fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => is_literal(expr),
        _ => false,
    }
}

fn number_rules(Bounds { min, max }: &Bounds, p: &Private) -> TokenStream {
    let number = |expr: &Expr| {
        let number = sized_number(expr);
        quote_spanned! {at(expr.span())=>
            <#p::serde_json::Value as ::core::convert::From<_>>::from(#number)
        }
    };
    let mut rules = TokenStream::new();
    if let Some(min) = min {
        let min = number(min);
        rules.extend(quote!(.rule(#p::Rule::Minimum(#min))));
    }
    if let Some(max) = max {
        let value = number(&max.value);
        let rule = if max.inclusive { quote!(Maximum) } else { quote!(ExclusiveMaximum) };
        rules.extend(quote!(.rule(#p::Rule::#rule(#value))));
    }
    rules
}

/// A literal without a type would be an `i32`, which is too small for some.
fn sized_number(expr: &Expr) -> TokenStream {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) if int.suffix().is_empty() => {
            let ty = if int.base10_parse::<i64>().is_ok() { "i64" } else { "u64" };
            let sized = LitInt::new(&format!("{}{ty}", int.base10_digits()), int.span());
            quote!(#sized)
        }
        Expr::Lit(ExprLit { lit: Lit::Float(float), .. }) if float.suffix().is_empty() => {
            let sized = LitFloat::new(&format!("{}f64", float.base10_digits()), float.span());
            quote!(#sized)
        }
        Expr::Unary(ExprUnary { op: UnOp::Neg(minus), expr, .. }) => {
            let positive = sized_number(expr);
            quote!(#minus #positive)
        }
        _ => quote!(#expr),
    }
}

fn length_rules(Bounds { min, max }: &Bounds, p: &Private) -> TokenStream {
    let mut rules = TokenStream::new();
    if let Some(min) = min {
        rules.extend(quote!(.rule(#p::Rule::MinLength(#min))));
    }
    if let Some(max) = max {
        let value = &max.value;
        let value = if max.inclusive { quote!(#value) } else { quote!((#value) - 1) };
        rules.extend(quote!(.rule(#p::Rule::MaxLength(#value))));
    }
    rules
}
