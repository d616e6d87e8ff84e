use syn::LitStr;

use crate::{
    ctxt::Ctxt,
    keys::ResourceKeys,
    model::{Argument, Param},
    suggest::closest,
};

/// Only a template has resources to list.
pub(crate) fn lister(keys: &ResourceKeys, variables: &[String], ctxt: &Ctxt) {
    if let (Some(list), []) = (&keys.list, variables) {
        ctxt.error(
            &list.0,
            "a resource without variables in its URI is in the list already: remove `list`",
        );
    }
}

/// Each variable of a URI template has a parameter, and each argument has a variable.
///
/// A variable and an argument that are alone belong together most likely: they are one mistake.
pub(crate) fn variables(uri: &LitStr, variables: &[String], params: &[Param], ctxt: &Ctxt) {
    let arguments: Vec<&Argument> = params
        .iter()
        .filter_map(|param| match param {
            Param::Argument(argument) if !argument.keys.flattens() => Some(&**argument),
            Param::Argument(_) | Param::Injected(_) => None,
        })
        .collect();
    let mut without_parameter: Vec<&str> = variables
        .iter()
        .map(String::as_str)
        .filter(|variable| !arguments.iter().any(|argument| argument.name == *variable))
        .collect();
    for Argument { name, name_span, .. } in arguments {
        if variables.contains(name) {
            continue;
        }
        let partner = closest(name, without_parameter.iter().copied())
            .or_else(|| without_parameter.first().copied());
        let message = match partner {
            Some(partner) => {
                without_parameter.retain(|it| *it != partner);
                format!(
                    "the URI has no variable `{name}`; did you mean `{partner}`, which has no \
                     parameter?"
                )
            }
            None => format!(
                "the URI has no variable `{name}`: add `{{{name}}}` to it, or mark the parameter \
                 `#[inject]`"
            ),
        };
        ctxt.push(syn::Error::new(*name_span, message));
    }
    for variable in without_parameter {
        ctxt.error(
            uri,
            format!("no parameter takes the variable `{variable}`: add one of that name"),
        );
    }
}
