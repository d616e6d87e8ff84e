use syn::{
    Attribute, FnArg, GenericArgument, Pat, PatType, Path, PathArguments, Type, ext::IdentExt,
    spanned::Spanned,
};

use crate::{
    check,
    ctxt::Ctxt,
    docs,
    keys::{ArgKeys, Keys},
    model::Kind,
};

/// A parameter of a function.
pub(crate) enum Param {
    /// The client sends it.
    Argument(Box<Argument>),
    /// The server fills it in.
    Injected(Box<Type>),
}

pub(crate) struct Argument {
    pub(crate) name: String,
    /// Where the name comes from.
    pub(crate) name_span: proc_macro2::Span,
    pub(crate) ty: Type,
    pub(crate) doc: Option<String>,
    pub(crate) keys: ArgKeys,
}

/// The types that are injected by their name.
const INJECTED: [&str; 5] = ["Context", "Progress", "State", "Principal", "ServerHandle"];

impl Param {
    /// Reads a parameter. `attrs` are those the author wrote.
    pub(crate) fn read(
        param: &PatType,
        attrs: &[Attribute],
        kind: Kind,
        ctxt: &Ctxt,
    ) -> Option<Self> {
        check::param_attributes(attrs, ctxt);
        let is = |name: &str| attrs.iter().any(|attr| attr.path().is_ident(name));
        let injected = is("inject") || (!is("arg") && is_injected_by_name(&param.ty));
        if injected {
            return Some(Self::Injected(param.ty.clone()));
        }
        check::argument_type(&param.ty, ctxt);
        let keys = ArgKeys::of_attribute("arg", attrs, ctxt);
        check::arg_keys(&keys, kind, ctxt);
        let Some((name, name_span)) = name(&param.pat, &keys) else {
            ctxt.error(
                &param.pat,
                "a client sends arguments by name, and this one has none: write a name, or \
                 `#[arg(rename = \"name\")]`",
            );
            return None;
        };
        Some(Self::Argument(Box::new(Argument {
            name,
            name_span,
            ty: (*param.ty).clone(),
            doc: docs::text(attrs),
            keys,
        })))
    }
}

/// The parameters of a function, without the receiver.
pub(crate) fn typed<'f>(
    inputs: impl IntoIterator<Item = &'f FnArg>,
) -> impl Iterator<Item = Option<&'f PatType>> {
    inputs.into_iter().map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    })
}

fn name(pat: &Pat, keys: &ArgKeys) -> Option<(String, proc_macro2::Span)> {
    if let Some(rename) = &keys.rename {
        return Some((rename.0.value(), rename.0.span()));
    }
    match pat {
        Pat::Ident(pat) if pat.subpat.is_none() => {
            Some((pat.ident.unraw().to_string(), pat.ident.span()))
        }
        // A struct that is flattened lends its members' names.
        pat if keys.flattens() => Some((String::new(), pat.span())),
        _ => None,
    }
}

/// The rule by which a reader tells the injected parameters: the type's last word.
fn is_injected_by_name(ty: &Type) -> bool {
    let Some((name, arguments)) = last_segment(ty) else { return false };
    if INJECTED.iter().any(|it| name == it) {
        return true;
    }
    name == "Option"
        && option_of(arguments).and_then(last_segment).is_some_and(|(name, _)| name == "Principal")
}

fn last_segment(ty: &Type) -> Option<(&syn::Ident, &PathArguments)> {
    match ty {
        Type::Path(path) => last_of(&path.path),
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}

fn last_of(path: &Path) -> Option<(&syn::Ident, &PathArguments)> {
    path.segments.last().map(|segment| (&segment.ident, &segment.arguments))
}

fn option_of(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(ty)) if arguments.args.len() == 1 => Some(ty),
        _ => None,
    }
}

/// Whether the type is written as an `Option`.
pub(crate) fn is_option(ty: &Type) -> bool {
    last_segment(ty)
        .is_some_and(|(name, arguments)| name == "Option" && option_of(arguments).is_some())
}
