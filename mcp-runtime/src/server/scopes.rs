//! Which scopes a caller needs for what, checked before anything runs.

use mcp_auth::{InsufficientScope, Principal};

use super::{core::Core, dispatch::Request, handle::Item, prompts::Reference};
#[cfg(feature = "sse")]
use crate::protocol::{Message, parse_message};
use crate::{
    primitives::Definition,
    protocol::{Object, Params, Text, member},
};

/// Who sends a request, as far as scopes go.
#[derive(Clone, Copy)]
enum Caller<'a> {
    /// Who has started the server, and may do what the server may.
    Local,
    /// Someone on the network.
    Remote(Option<&'a Principal>),
}

impl<'a> Caller<'a> {
    fn of(request: &'a Request<'_>) -> Self {
        match &request.principal {
            None if request.is_only_client => Self::Local,
            principal => Self::Remote(principal.as_ref()),
        }
    }

    fn principal(self) -> Option<&'a Principal> {
        match self {
            Self::Local => None,
            Self::Remote(principal) => principal,
        }
    }

    /// Whether the caller holds all that `definition` needs. Nobody holds nothing.
    fn require(self, definition: &Definition) -> Result<(), InsufficientScope> {
        let needed = &definition.scopes;
        match self {
            Self::Local => Ok(()),
            _ if needed.is_empty() => Ok(()),
            Self::Remote(Some(principal)) => principal.require(needed),
            Self::Remote(None) => Err(InsufficientScope::new(needed)),
        }
    }
}

impl Core {
    /// Checks the scopes of what a request names.
    pub(super) fn check_request(&self, request: &Request<'_>) -> Result<(), InsufficientScope> {
        self.check_scopes(&request.method, &request.params, Caller::of(request))
    }

    /// Checks the scopes of the tool of which a request names a task: the token with which the task
    /// was begun says nothing of the one that asks for it.
    pub(super) async fn check_task(&self, request: &Request<'_>) -> Result<(), InsufficientScope> {
        let names_task = matches!(
            &*request.method,
            "tasks/get" | "tasks/update" | "tasks/cancel" | "tasks/result"
        );
        if !names_task || !self.declared.tasks || !self.catalog().has_scopes() {
            return Ok(());
        }
        match self.task_of(request).await {
            Some(record) => self.require_tool(request, &record.request.tool),
            None => Ok(()),
        }
    }

    /// Whether the caller holds what a tool needs. One that is gone needs nothing.
    pub(super) fn require_tool(
        &self,
        request: &Request<'_>,
        name: &str,
    ) -> Result<(), InsufficientScope> {
        let catalog = self.catalog();
        let tool = catalog.tools.get(name);
        tool.map_or(Ok(()), |it| Caller::of(request).require(&it.tool.definition))
    }

    /// What cannot be read or does not exist for the caller is let through, to be refused as such.
    fn check_scopes(
        &self,
        method: &str,
        params: &Params<'_>,
        caller: Caller<'_>,
    ) -> Result<(), InsufficientScope> {
        let catalog = self.catalog();
        if !catalog.has_scopes() {
            return Ok(());
        }
        let check = |item: Item<'_>, definition: &Definition| {
            if self.is_visible(caller.principal(), item) {
                caller.require(definition)
            } else {
                Ok(())
            }
        };
        let tool = |name: &str| match catalog.tools.get(name) {
            Some(it) => check(Item::Tool(name), &it.tool.definition),
            None => Ok(()),
        };
        let prompt = |name: &str| match catalog.prompts.get(name) {
            Some(it) => check(Item::Prompt(name), &it.prompt.definition),
            None => Ok(()),
        };
        let resource = |uri: &str| match catalog.resource(uri) {
            Some((it, _)) => check(Item::Resource(it.resource.uri()), &it.resource.definition),
            None => Ok(()),
        };
        let template = |uri: &str| match catalog.resources.get(uri) {
            Some(it) => check(Item::Resource(uri), &it.resource.definition),
            None => Ok(()),
        };
        let text = |raw| member::<Text<'_>>(raw, "", "").map(|Text(text)| text);
        match method {
            "tools/call" => text(params.name).map_or(Ok(()), |name| tool(&name)),
            "prompts/get" => text(params.name).map_or(Ok(()), |name| prompt(&name)),
            "resources/read" | "resources/subscribe" => {
                text(params.uri).map_or(Ok(()), |uri| resource(&uri))
            }
            "completion/complete" => match member(params.reference, "", "") {
                Ok(Object(Reference::Prompt { name })) => prompt(&name),
                Ok(Object(Reference::Resource { uri })) => template(&uri),
                Err(_) => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Checks a message that comes over HTTP and is answered elsewhere.
    #[cfg(feature = "sse")]
    pub(crate) fn check_message(
        &self,
        json: &[u8],
        principal: Option<&Principal>,
    ) -> Result<(), InsufficientScope> {
        let Ok(Message::Request { method, params, .. }) = parse_message(json) else {
            return Ok(());
        };
        Params::parse(params)
            .map_or(Ok(()), |params| self.check_scopes(&method, &params, Caller::Remote(principal)))
    }

    /// Whether an item is in the lists of a caller: it exists for them, and they may use it.
    pub(super) fn lists(
        &self,
        request: &Request<'_>,
        item: Item<'_>,
        definition: &Definition,
    ) -> bool {
        self.is_visible(request.principal.as_ref(), item)
            && Caller::of(request).require(definition).is_ok()
    }
}
