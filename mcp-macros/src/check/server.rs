use std::collections::HashSet;

use syn::{Attribute, GenericParam};

use crate::{
    ctxt::Ctxt,
    model::{Kind, Primitive, ServerImpl},
};

/// A block of a type's own functions.
pub(crate) fn server(server: &ServerImpl, ctxt: &Ctxt) {
    if server.trait_for.is_some() {
        ctxt.error(
            &server.self_ty,
            "`#[mcp_server]` is for the type's own functions: move them to an `impl` block without \
             a trait",
        );
    }
    for param in &server.generics.params {
        if let GenericParam::Lifetime(lifetime) = param {
            ctxt.error(
                lifetime,
                "a server lives as long as its calls: it owns what it has, without a lifetime",
            );
        }
    }
}

/// A function is a tool, a resource or a prompt. `outer` is what it is made already.
pub(crate) fn one_marker<'f>(
    markers: impl Iterator<Item = (Kind, &'f Attribute)>,
    outer: Option<Kind>,
    ctxt: &Ctxt,
) {
    let mut first = outer;
    for (kind, attr) in markers {
        match first {
            Some(first) => ctxt.error(
                attr,
                format!("the function is a {first} already: write a second function for a {kind}"),
            ),
            None => first = Some(kind),
        }
    }
}

/// No two tools and no two prompts of a server have the same name, no two resources the same URI.
pub(crate) fn distinct_primitives<'p>(
    primitives: impl Iterator<Item = &'p Primitive>,
    ctxt: &Ctxt,
) {
    let mut seen = HashSet::new();
    for primitive in primitives {
        let Primitive { id, id_span, .. } = primitive;
        let kind = primitive.kind();
        if !seen.insert((kind, id)) {
            let what = if kind == Kind::Resource { "URI" } else { "name" };
            let message = format!("another {kind} of the server has the {what} `{id}`");
            ctxt.push(syn::Error::new(*id_span, message));
        }
    }
}
