use syn::{FnArg, GenericParam, Receiver, ReceiverKind, Safety, Signature, Type};

use crate::{
    ctxt::Ctxt,
    model::{Kind, Site},
};

/// A function that a handler can call: nothing of it is left open, and it is safe.
pub(crate) fn signature(sig: &Signature, kind: Kind, site: Site, ctxt: &Ctxt) {
    receiver(sig, kind, site, ctxt);
    generics(sig, kind, ctxt);
    if let Some(constness) = &sig.constness {
        ctxt.error(constness, format!("a {kind} is no `const fn`: remove `const`"));
    }
    if let Safety::Unsafe(token) = &sig.safety {
        ctxt.error(
            token,
            format!("a {kind} cannot be `unsafe`: clients call it with arguments of their choice"),
        );
    }
    if let Some(abi) = &sig.abi {
        ctxt.error(abi, format!("a {kind} is an ordinary function: remove `extern`"));
    }
    if let Some(variadic) = &sig.variadic {
        ctxt.error(variadic, format!("a {kind} has a fixed list of parameters"));
    }
}

fn receiver(sig: &Signature, kind: Kind, site: Site, ctxt: &Ctxt) {
    let receiver = sig.inputs.first().and_then(|input| match input {
        FnArg::Receiver(receiver) => Some(receiver),
        FnArg::Typed(_) => None,
    });
    match (site, receiver) {
        (Site::Method, Some(receiver)) if is_shared_reference(receiver) => {}
        (Site::Method, Some(receiver)) => ctxt.error(
            receiver,
            "calls run at the same time and share the server: take `&self`",
        ),
        (Site::Method, None) => ctxt.error(
            &sig.ident,
            format!("a {kind} of a server takes `&self`: add it, or move the function out of the `impl` block"),
        ),
        (Site::Free, Some(receiver)) => ctxt.error(
            receiver,
            format!(
                "`#[{}]` on a method works in an `impl` block with `#[mcp_server]`: \
                 add that to the block",
                kind.attribute()
            ),
        ),
        (Site::Free, None) => {}
    }
}

fn is_shared_reference(receiver: &Receiver) -> bool {
    matches!(receiver.kind, ReceiverKind::Reference(_, None, None))
}

fn generics(sig: &Signature, kind: Kind, ctxt: &Ctxt) {
    for param in &sig.generics.params {
        let message = match param {
            GenericParam::Lifetime(_) => {
                format!("a {kind} owns its arguments: remove the lifetime")
            }
            GenericParam::Type(_) | GenericParam::Const(_) => {
                format!("a {kind} is one function with one schema: write a concrete type")
            }
        };
        ctxt.error(param, message);
    }
    if let (true, Some(clause)) = (sig.generics.params.is_empty(), &sig.generics.where_clause) {
        ctxt.error(clause, format!("a {kind} has no generics: remove the `where` clause"));
    }
}

/// A type that has a name.
pub(crate) fn output_type(ty: &Type, ctxt: &Ctxt) {
    if let Type::ImplTrait(_) = ty {
        ctxt.error(ty, "the return type decides the answer: write the type itself");
    }
}
