//! What the lists have in common: pages, cursors, and what a caller may see.

use mcp_auth::Principal;

use super::{
    catalog::Page,
    core::Core,
    cursor::{self, List, Position},
    dispatch::Request,
    handle::Item,
    listing,
};
use crate::protocol::{JsonWriter, RpcError, Text, optional_member};

impl Core {
    /// Answers for a list whose items are in the catalog.
    pub(super) fn list_static(
        &self,
        request: &Request<'_>,
        list: List,
        key: &str,
    ) -> Result<Vec<u8>, RpcError> {
        let catalog = self.catalog();
        let from = self.position(request, list, catalog.version)?.offset as usize;
        let len = self.limits.page_items;
        // Its pages are those of clients that know no tasks.
        let is_plain =
            !(matches!(list, List::Tools) && request.knows_tasks() && catalog.hands_out());
        let page = if self.visibility.is_none() && !catalog.has_scopes() && is_plain {
            catalog.page(list, request.revision, from, len)
        } else {
            self.visible_page(&catalog, request, list, from, len)
        };
        let next = page.more.then(|| Position { source: 0, offset: to_u32(from + len) });
        self.write_list(request, list, catalog.version, key, &page.items, next)
    }

    fn visible_page(
        &self,
        catalog: &super::catalog::Catalog,
        request: &Request<'_>,
        list: List,
        from: usize,
        len: usize,
    ) -> Page {
        let principal = request.principal.as_ref();
        let sees = |item: Item<'_>, definition| self.lists(request, item, definition);
        let revision = request.revision;
        match list {
            List::Tools => {
                let knows_tasks = request.knows_tasks();
                // What tells the results of a tool is seen by those who see the tool.
                let tools = catalog.tools.iter().filter(|it| {
                    let name = it.tool.result_of.as_deref();
                    !(knows_tasks && name.is_some())
                        && sees(Item::Tool(it.tool.name()), &it.tool.definition)
                        && name.is_none_or(|name| self.is_visible(principal, Item::Tool(name)))
                });
                listing::write_page(tools, from, len, |it, out| {
                    listing::write_tool(it, out, revision, knows_tasks);
                })
            }
            List::Prompts => {
                let prompts = catalog
                    .prompts
                    .iter()
                    .filter(|it| sees(Item::Prompt(it.prompt.name()), &it.prompt.definition));
                listing::write_page(prompts, from, len, |it, out| {
                    listing::write_prompt(it, out, revision);
                })
            }
            List::Resources | List::ResourceTemplates => {
                let fixed = list == List::Resources;
                let resources =
                    catalog.resources.iter().filter(|it| it.template.is_fixed() == fixed).filter(
                        |it| sees(Item::Resource(it.resource.uri()), &it.resource.definition),
                    );
                listing::write_page(resources, from, len, |it, out| {
                    listing::write_resource(it, out, revision);
                })
            }
        }
    }

    /// Where the page that the client asks for starts.
    pub(super) fn position(
        &self,
        request: &Request<'_>,
        list: List,
        version: u64,
    ) -> Result<Position, RpcError> {
        match optional_member::<Text<'_>>(request.params.cursor, "cursor", "a string")? {
            None => Ok(Position::default()),
            Some(Text(cursor)) => {
                cursor::open(&self.sealer, list, version, request.principal.as_ref(), &cursor)
            }
        }
    }

    pub(super) fn write_list(
        &self,
        request: &Request<'_>,
        list: List,
        version: u64,
        key: &str,
        items: &[u8],
        next: Option<Position>,
    ) -> Result<Vec<u8>, RpcError> {
        let seal =
            |next| cursor::seal(&self.sealer, list, version, request.principal.as_ref(), next);
        let next = next.map(seal).transpose()?;
        Ok(self.result(request, |result| {
            result.raw(key, items);
            result.optional("nextCursor", next.as_ref());
            self.write_cache_hints(request, result, self.cache.lists);
        }))
    }

    /// `ttlMs` and `cacheScope`, which 2026-07-28 wants (server/utilities/caching).
    pub(super) fn write_cache_hints(
        &self,
        request: &Request<'_>,
        result: &mut JsonWriter<'_>,
        ttl: std::time::Duration,
    ) {
        if request.revision.is_stateless() {
            result.member("ttlMs", &u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX));
            result.member("cacheScope", self.cache_scope(request.principal.as_ref()));
        }
    }

    /// What depends on the caller must not be handed to another.
    pub(crate) fn cache_scope(&self, principal: Option<&Principal>) -> &'static str {
        let catalog = self.catalog();
        let public = self.cache.public
            && self.visibility.is_none()
            && principal.is_none()
            && !catalog.has_scopes()
            && !catalog.hands_out();
        if public { "public" } else { "private" }
    }
}

pub(super) fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
