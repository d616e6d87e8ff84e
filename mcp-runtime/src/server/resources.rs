//! `resources/list`, `resources/templates/list`, `resources/read` and watching a resource in the
//! older revisions.

use std::{borrow::Cow, sync::Arc};

use serde_json::{Value, json};

use super::{
    core::Core,
    cursor::{List, Position},
    dispatch::{Refusal, Request},
    guard::Abort,
    handle::Item,
    lists::to_u32,
    session::Session,
};
use crate::{
    backend::Change,
    primitives::{Call, CompiledResource, ErrorKind, Page, ResourceResult},
    protocol::{ErrorCode, JsonWriter, Revision, RpcError},
};

impl Core {
    pub(super) fn list_resource_templates(
        &self,
        request: &Request<'_>,
    ) -> Result<Vec<u8>, RpcError> {
        self.list_static(request, List::ResourceTemplates, "resourceTemplates")
    }

    /// The fixed resources come first, then those that the templates' own functions list.
    pub(super) async fn list_resources(
        self: &Arc<Self>,
        request: &mut Request<'_>,
    ) -> Result<Vec<u8>, Refusal> {
        let catalog = self.catalog();
        let listers: Vec<&Arc<CompiledResource>> = catalog
            .resources
            .iter()
            .filter(|it| it.resource.lister.is_some())
            .filter(|it| {
                self.lists(request, Item::Resource(it.resource.uri()), &it.resource.definition)
            })
            .collect();
        if listers.is_empty() {
            return Ok(self.list_static(request, List::Resources, "resources")?);
        }
        let position = self.position(request, List::Resources, catalog.version)?;
        let fixed: Vec<&Arc<CompiledResource>> = catalog
            .resources
            .iter()
            .filter(|it| it.template.is_fixed())
            .filter(|it| {
                self.lists(request, Item::Resource(it.resource.uri()), &it.resource.definition)
            })
            .collect();
        let (ctx, _admitted) = self.start_call(request)?;
        let mut rest = self.limits.page_items;
        let mut next = None;
        let mut items = Vec::new();
        let mut array = JsonWriter::array(&mut items);
        if position.source == 0 {
            let from = position.offset as usize;
            let mut fixed = fixed.into_iter().skip(from);
            for resource in fixed.by_ref().take(rest) {
                super::listing::write_resource(resource, array.item(), request.revision);
                rest -= 1;
            }
            if fixed.next().is_some() {
                next = Some(Position { source: 0, offset: to_u32(from + self.limits.page_items) });
            }
        }
        let first = position.source.saturating_sub(1) as usize;
        for (index, resource) in listers.iter().enumerate().skip(first) {
            if next.is_some() {
                break;
            }
            let source = to_u32(index + 1);
            let offset = if position.source == source { position.offset as usize } else { 0 };
            let Some(lister) = &resource.resource.lister else { continue };
            if rest == 0 {
                next = Some(Position { source, offset: to_u32(offset) });
                break;
            }
            let page = Page { offset, limit: rest };
            let listed =
                self.guard(lister(ctx.request(), page), &ctx).await?.map_err(RpcError::from)?;
            let full = listed.len() >= rest;
            for entry in listed.iter().take(rest) {
                let out = array.item();
                out.extend_from_slice(&serde_json::to_vec(entry).unwrap_or_default());
            }
            rest -= listed.len().min(rest);
            if full {
                let offset = to_u32(offset + page.limit);
                next = Some(Position { source, offset });
            }
        }
        array.end();
        let message =
            self.write_list(request, List::Resources, catalog.version, "resources", &items, next)?;
        self.check_size(&message)?;
        Ok(message)
    }

    pub(super) async fn read_resource(
        self: &Arc<Self>,
        request: &mut Request<'_>,
    ) -> Result<Vec<u8>, Refusal> {
        let uri = request.params.text("uri")?;
        let catalog = self.catalog();
        let revision = request.revision;
        let (resource, variables) = catalog
            .resource(&uri)
            .filter(|(it, _)| {
                self.is_visible(request.principal.as_ref(), Item::Resource(it.resource.uri()))
            })
            .ok_or_else(|| not_found(&uri, revision))?;
        request.require(&resource.resource.definition.requires).map_err(RpcError::from)?;
        let (ctx, _admitted) = self.start_asking_call(request)?;
        let arguments =
            if variables.is_empty() { String::new() } else { Value::Object(variables).to_string() };
        let read = || {
            let arguments = Cow::Borrowed(&*arguments);
            resource.read(Call::new(ctx.clone(), &resource.input, arguments, &uri))
        };
        let outcome = match self.run(&ctx, read).await {
            Err(Abort::Asked) => return self.input_required(request, &ctx),
            outcome => outcome?,
        };
        let contents = match outcome {
            Ok(ResourceResult { contents }) if contents.is_empty() => {
                return Err(not_found(&uri, revision).into());
            }
            Ok(result) => result.contents,
            Err(error) => match error.into_kind() {
                // A variable that cannot be read names no resource.
                ErrorKind::ResourceNotFound | ErrorKind::Arguments(_) => {
                    return Err(not_found(&uri, revision).into());
                }
                kind => return Err(RpcError::from(kind).into()),
            },
        };
        let message = self.result(request, |result| {
            let mut array = result.array_at("contents");
            for item in &contents {
                item.write(
                    array.item(),
                    &uri,
                    resource.resource.mime_type.as_deref(),
                    request.revision,
                );
            }
            array.end();
            self.write_cache_hints(request, result, self.cache.resources);
        });
        self.check_size(&message)?;
        Ok(message)
    }

    pub(super) async fn subscribe(&self, request: &Request<'_>) -> Result<Vec<u8>, RpcError> {
        let uri = request.params.text("uri")?;
        let visible = self.catalog().resource(&uri).is_some_and(|(it, _)| {
            self.is_visible(request.principal.as_ref(), Item::Resource(it.resource.uri()))
        });
        if !visible {
            return Err(not_found(&uri, request.revision));
        }
        let session = request.session.as_ref().ok_or_else(no_session)?;
        if !session.watch(uri.clone().into_owned(), self.limits.watched_uris) {
            return Err(RpcError::internal(
                "too_many_subscriptions",
                format!(
                    "a session can watch {} resources, with {} bytes of URIs",
                    self.limits.watched_uris,
                    Session::MAX_WATCHED_BYTES
                ),
            ));
        }
        session.tell(Change::Watched(&uri)).await?;
        Ok(self.result(request, |_| {}))
    }

    pub(super) async fn unsubscribe(&self, request: &Request<'_>) -> Result<Vec<u8>, RpcError> {
        let uri = request.params.text("uri")?;
        let session = request.session.as_ref().ok_or_else(no_session)?;
        session.unwatch(&uri);
        session.tell(Change::Unwatched(&uri)).await?;
        Ok(self.result(request, |_| {}))
    }
}

/// What needs a session cannot be had without one.
pub(super) fn no_session() -> RpcError {
    RpcError::invalid_request("this method needs a session: send `initialize` first")
}

fn not_found(uri: &str, revision: Revision) -> RpcError {
    let code = if revision.is_stateless() {
        ErrorCode::INVALID_PARAMS
    } else {
        ErrorCode::RESOURCE_NOT_FOUND
    };
    RpcError::new(code, "resource not found").with_data(json!({ "uri": uri }))
}
