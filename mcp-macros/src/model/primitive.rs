use proc_macro2::{Span, TokenStream};
use syn::{Attribute, LitStr};

use super::{Callable, Function, Kind, Site};
use crate::{
    check,
    ctxt::Ctxt,
    keys::{CommonKeys, Keys, PromptKeys, ResourceKeys, ToolKeys},
};

/// A function, and what its attribute says of it.
pub(crate) struct Primitive {
    pub(crate) callable: Callable,
    /// What tells it from others of its kind: the name, or the URI of a resource.
    pub(crate) id: String,
    /// Where that comes from.
    pub(crate) id_span: Span,
    pub(crate) keys: KindKeys,
}

/// The keys of the attribute.
pub(crate) enum KindKeys {
    Tool(Box<ToolKeys>),
    Resource(Box<ResourceKeys>),
    Prompt(Box<PromptKeys>),
}

impl Primitive {
    /// Reads a function. `attrs` are those of the parameters, one list for each.
    pub(crate) fn read(
        kind: Kind,
        keys: TokenStream,
        function: &Function,
        attrs: &[Vec<Attribute>],
        site: Site,
        ctxt: &Ctxt,
    ) -> Self {
        let callable = Callable::read(function, attrs, kind, site, ctxt);
        match kind {
            Kind::Tool => Self::tool(ToolKeys::read(keys, ctxt), callable, ctxt),
            Kind::Resource => Self::resource(ResourceKeys::read(keys, ctxt), callable, ctxt),
            Kind::Prompt => Self::prompt(PromptKeys::read(keys, ctxt), callable),
        }
    }

    fn tool(keys: ToolKeys, callable: Callable, ctxt: &Ctxt) -> Self {
        let (id, id_span) = given_or_own(keys.name.as_ref().map(|name| &name.0), &callable);
        if let (None, Err(message)) = (&keys.name, check::tool_name(&id)) {
            ctxt.error(&callable.ident, format!("{message}; give another with `name = \"..\"`"));
        }
        keys.check_task(&callable.ident, ctxt);
        Self { callable, id, id_span, keys: KindKeys::Tool(Box::new(keys)) }
    }

    fn resource(keys: ResourceKeys, callable: Callable, ctxt: &Ctxt) -> Self {
        let (id, id_span) = match &keys.uri {
            Some(uri) => {
                match check::uri_template(&uri.value()) {
                    Ok(variables) => {
                        check::variables(uri, &variables, &callable.params, ctxt);
                        check::lister(&keys, &variables, ctxt);
                    }
                    Err(message) => ctxt.error(uri, message),
                }
                (uri.value(), uri.span())
            }
            None => {
                ctxt.error(
                    &callable.ident,
                    "a resource has a URI: write it as in `#[mcp_resource(\"notes://{id}\")]`",
                );
                (callable.name(), callable.ident.span())
            }
        };
        Self { callable, id, id_span, keys: KindKeys::Resource(Box::new(keys)) }
    }

    fn prompt(keys: PromptKeys, callable: Callable) -> Self {
        let (id, id_span) = given_or_own(keys.name.as_ref().map(|name| &name.0), &callable);
        Self { callable, id, id_span, keys: KindKeys::Prompt(Box::new(keys)) }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self.keys {
            KindKeys::Tool(_) => Kind::Tool,
            KindKeys::Resource(_) => Kind::Resource,
            KindKeys::Prompt(_) => Kind::Prompt,
        }
    }

    pub(crate) fn common(&self) -> &CommonKeys {
        match &self.keys {
            KindKeys::Tool(keys) => &keys.common,
            KindKeys::Resource(keys) => &keys.common,
            KindKeys::Prompt(keys) => &keys.common,
        }
    }
}

fn given_or_own(given: Option<&LitStr>, callable: &Callable) -> (String, Span) {
    match given {
        Some(name) => (name.value(), name.span()),
        None => (callable.name(), callable.ident.span()),
    }
}
