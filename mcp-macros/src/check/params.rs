use std::collections::HashSet;

use quote::ToTokens;
use syn::{Attribute, GenericArgument, Meta, PathArguments, Type, TypeReference};

use crate::{
    ctxt::Ctxt,
    keys::ArgKeys,
    model::{Kind, Param},
};

/// `#[arg]` or `#[inject]`, once.
pub(crate) fn param_attributes(attrs: &[Attribute], ctxt: &Ctxt) {
    let named = |name| attrs.iter().filter(move |attr: &&Attribute| attr.path().is_ident(name));
    for again in named("inject").skip(1) {
        ctxt.error(again, "a second `#[inject]`");
    }
    if let (Some(_), Some(inject)) = (named("arg").next(), named("inject").next()) {
        ctxt.error(inject, "either the client sends it (`#[arg]`) or the server (`#[inject]`)");
    }
    for inject in named("inject") {
        if !matches!(inject.meta, Meta::Path(_)) {
            ctxt.error(inject, "`#[inject]` takes no keys");
        }
    }
    for name in ["cfg", "cfg_attr"] {
        for cfg in named(name) {
            ctxt.error(
                cfg,
                "the parameters must be known: put `#[cfg]` on the function, and write two of them",
            );
        }
    }
}

/// A type that a client's JSON can become: it owns what it has, and has a name.
pub(crate) fn argument_type(ty: &Type, ctxt: &Ctxt) {
    match ty {
        Type::Reference(reference) => {
            ctxt.error(ty, format!("an argument is owned: {}", owned(reference)));
        }
        Type::ImplTrait(_) => {
            ctxt.error(ty, "an argument has one schema: write a concrete type");
        }
        Type::Infer(_) => ctxt.error(ty, "write the type of the argument"),
        Type::Path(path) => {
            for segment in &path.path.segments {
                if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
                    for argument in &arguments.args {
                        if let GenericArgument::Type(ty) = argument {
                            argument_type(ty, ctxt);
                        }
                    }
                }
            }
        }
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|ty| argument_type(ty, ctxt)),
        Type::Array(array) => argument_type(&array.elem, ctxt),
        Type::Paren(paren) => argument_type(&paren.elem, ctxt),
        Type::Group(group) => argument_type(&group.elem, ctxt),
        _ => {}
    }
}

pub(super) fn owned(reference: &TypeReference) -> String {
    match &*reference.elem {
        Type::Path(path) if path.path.is_ident("str") => "take `String`".to_owned(),
        Type::Slice(slice) => format!("take `Vec<{}>`", slice.elem.to_token_stream()),
        Type::Path(path) => format!("take `{}`", path.to_token_stream()),
        _ => "take it by value".to_owned(),
    }
}

/// Keys that go together, and that have a meaning for this kind of function.
pub(crate) fn arg_keys(keys: &ArgKeys, kind: Kind, ctxt: &Ctxt) {
    if let Some(flatten) = &keys.flatten
        && flatten.value
    {
        for (other, given) in [
            ("default", keys.default.is_some()),
            ("range", keys.range.is_some()),
            ("length", keys.length.is_some()),
            ("pattern", keys.pattern.is_some()),
            ("rename", keys.rename.is_some()),
            ("header", keys.header.is_some()),
            ("complete", keys.complete.is_some()),
            ("description", keys.description.is_some()),
        ] {
            if given {
                let message = format!(
                    "`flatten` makes the members of the struct the arguments, and `{other}` is \
                     about one argument: put it on the member"
                );
                ctxt.error(&flatten.key, message);
            }
        }
        if kind == Kind::Resource {
            ctxt.error(
                &flatten.key,
                "each variable of the URI template is a parameter of its own: `flatten` hides them",
            );
        }
    }
    if let (Some(schema), true) =
        (&keys.schema, keys.range.is_some() || keys.length.is_some() || keys.pattern.is_some())
    {
        ctxt.error(
            &schema.0,
            "`schema` is told word for word: write the range, length or pattern into it",
        );
    }
    if let (Some(complete), Kind::Tool) = (&keys.complete, kind) {
        ctxt.error(
            &complete.0,
            "the protocol completes arguments of prompts and resources, not of tools",
        );
    }
    if let (Some(header), Kind::Resource | Kind::Prompt) = (&keys.header, kind) {
        ctxt.error(&header.0, "the protocol repeats arguments of tools in headers, no others");
    }
}

/// Each argument has a name of its own.
pub(crate) fn distinct_arguments(params: &[Param], ctxt: &Ctxt) {
    let mut seen = HashSet::new();
    for param in params {
        if let Param::Argument(argument) = param
            && !argument.keys.flattens()
            && !seen.insert(&argument.name)
        {
            ctxt.push(syn::Error::new(
                argument.name_span,
                format!("another argument is named `{}`", argument.name),
            ));
        }
    }
}
