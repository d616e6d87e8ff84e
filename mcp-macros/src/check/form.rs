use std::collections::HashSet;

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use regex_lite::Regex;
use syn::{
    Expr, ExprLit, Fields, GenericArgument, GenericParam, Generics, Lit, PathArguments, Type,
    Variant, WherePredicate,
};

use super::{params::owned, secrets};
use crate::{
    ctxt::Ctxt,
    model::{FormField, FormOption, is_option},
};

/// A form owns its values, and every field is of a type that can be one.
pub(crate) fn form_generics(generics: &Generics, of_enum: bool, ctxt: &Ctxt) {
    for param in &generics.params {
        match param {
            GenericParam::Lifetime(lifetime) => {
                ctxt.error(lifetime, "a form owns its values: remove the lifetime");
            }
            GenericParam::Type(_) | GenericParam::Const(_) if of_enum => {
                ctxt.error(param, "options are names and nothing else: remove the parameter");
            }
            GenericParam::Type(ty) if ty.bounds.is_empty() && !is_bounded(&ty.ident, generics) => {
                let ty = &ty.ident;
                let message = format!(
                    "a field can be of this type if it is a `FieldType`: write \
                     `{ty}: mcp_runtime::FieldType`"
                );
                ctxt.error(ty, message);
            }
            GenericParam::Type(_) | GenericParam::Const(_) => {}
        }
    }
}

fn is_bounded(param: &Ident, generics: &Generics) -> bool {
    generics.where_clause.iter().flat_map(|clause| &clause.predicates).any(|predicate| {
        matches!(
            predicate,
            WherePredicate::Type(ty)
                if matches!(&ty.bounded_ty, Type::Path(path) if path.path.is_ident(param))
        )
    })
}

/// Fields with names, and at least one.
pub(crate) fn form_shape(ident: &Ident, fields: &Fields, ctxt: &Ctxt) {
    match fields {
        Fields::Unnamed(fields) => {
            ctxt.error(fields, "the fields of a form have names: write `{ name: Type }`");
        }
        Fields::Named(fields) if !fields.named.is_empty() => {}
        Fields::Named(_) | Fields::Unit => ctxt
            .error(ident, "a form without fields asks nothing: add one, or ask with `ctx.confirm`"),
    }
}

/// An option is a name and nothing else.
pub(crate) fn variant(variant: &Variant, ctxt: &Ctxt) {
    if !matches!(variant.fields, Fields::Unit) {
        ctxt.error(
            &variant.fields,
            "an option of a form is a name: remove the data of the variant, and ask for it in a \
             field of its own",
        );
    }
}

/// At least one option, each with a name of its own.
pub(crate) fn options(ident: &Ident, options: &[FormOption], ctxt: &Ctxt) {
    if options.is_empty() {
        ctxt.error(ident, "a choice has at least one option: add a variant");
    }
    distinct(options.iter().map(|it| (it.name.as_str(), it.name_span)), "option", ctxt);
}

/// Each field has a name of its own.
pub(crate) fn distinct_fields(fields: &[FormField], ctxt: &Ctxt) {
    distinct(fields.iter().map(|it| (it.name.as_str(), it.name_span)), "field", ctxt);
}

fn distinct<'n>(names: impl Iterator<Item = (&'n str, Span)>, what: &str, ctxt: &Ctxt) {
    let mut seen = HashSet::new();
    for (name, span) in names {
        if !seen.insert(name) {
            ctxt.push(syn::Error::new(span, format!("another {what} is named `{name}`")));
        }
    }
}

pub(crate) fn field(field: &FormField, ctxt: &Ctxt) {
    secret(field, ctxt);
    field_type(&field.ty, ctxt);
    default(field, ctxt);
}

fn secret(field: &FormField, ctxt: &Ctxt) {
    let marked = field.keys.not_secret.as_ref().is_some_and(|flag| flag.value);
    let own = field.ident.to_string();
    let secret = [own.as_str(), field.name.as_str()].into_iter().find(|name| secrets::names(name));
    if let (Some(name), false) = (secret, marked) {
        let message = format!(
            "`{name}` reads like a secret, and the specification forbids asking for secrets in a \
             form: the client's program sees the answer\nask in the browser with \
             `ctx.elicit_url`, or mark the field `#[elicit(not_secret)]`"
        );
        ctxt.error(&field.ident, message);
    }
}

/// What can be told by eye; the rest is for the trait.
fn field_type(ty: &Type, ctxt: &Ctxt) {
    match ty {
        Type::Group(group) => field_type(&group.elem, ctxt),
        Type::Paren(paren) => field_type(&paren.elem, ctxt),
        Type::Reference(reference) => {
            ctxt.error(ty, format!("a form owns its values: {}", owned(reference)));
        }
        Type::Tuple(_) => {
            ctxt.error(ty, "a form is flat: write a field for each part of the tuple");
        }
        Type::Array(_) => ctxt.error(
            ty,
            "a list in a form is a list of options: `Vec` of an enum of unit variants that derives \
             `Elicit`, with `#[elicit(items = ..)]` for their number",
        ),
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else { return };
            let inner = match &last.arguments {
                PathArguments::AngleBracketed(arguments) => arguments.args.first(),
                _ => None,
            };
            match (last.ident.to_string().as_str(), inner) {
                ("HashMap" | "BTreeMap", Some(_)) => {
                    ctxt.error(ty, "a form is flat: write a field for each key of the map");
                }
                ("Option", Some(GenericArgument::Type(inner))) if is_option(inner) => {
                    ctxt.error(
                        ty,
                        "a field is filled in or left out, there is no third way: remove one \
                         `Option`",
                    );
                }
                ("Option", Some(GenericArgument::Type(inner))) => field_type(inner, ctxt),
                ("Vec" | "BTreeSet" | "HashSet", Some(GenericArgument::Type(inner)))
                    if is_no_choice(inner) =>
                {
                    ctxt.error(
                        inner,
                        "a list in a form is a list of options: an enum of unit variants that \
                         derives `Elicit`",
                    );
                }
                _ => {}
            }
        }
        _ => {}
    }
}

/// Whether a type, by its name, is certainly no enum of the author's.
fn is_no_choice(ty: &Type) -> bool {
    const NO_CHOICES: [&str; 24] = [
        "String", "str", "bool", "char", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
        "u32", "u64", "u128", "usize", "f32", "f64", "Option", "Vec", "BTreeSet", "HashSet",
        "BTreeMap", "HashMap",
    ];
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| NO_CHOICES.iter().any(|name| last.ident == name)),
        Type::Group(group) => is_no_choice(&group.elem),
        Type::Paren(paren) => is_no_choice(&paren.elem),
        Type::Tuple(_) | Type::Array(_) | Type::Reference(_) => true,
        _ => false,
    }
}

/// A default that the field's own rules refuse, where a literal tells that.
fn default(field: &FormField, ctxt: &Ctxt) {
    let keys = &field.keys;
    let Some(default) = keys.default.as_ref().map(|default| &default.0) else { return };
    if keys.range.as_ref().is_some_and(|range| range.0.exclude(default)) {
        ctxt.error(default, "the default is out of the range");
    }
    if let Expr::Array(array) = default
        && keys.items.as_ref().is_some_and(|items| items.0.exclude_count(array.elems.len()))
    {
        ctxt.error(default, "the default has too few or too many items");
    }
    let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = default else { return };
    let text = text.value();
    if keys.length.as_ref().is_some_and(|length| length.0.exclude_count(text.chars().count())) {
        ctxt.error(default, "the default is too short or too long");
    }
    let pattern = keys.pattern.as_ref().and_then(|pattern| Regex::new(&pattern.0.value()).ok());
    if pattern.is_some_and(|pattern| !pattern.is_match(&text)) {
        ctxt.error(default.to_token_stream(), "the default does not match the pattern");
    }
}
