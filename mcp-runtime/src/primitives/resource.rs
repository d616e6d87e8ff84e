use std::{borrow::Cow, fmt, future::Future, sync::Arc};

use serde_json::Value;

use super::{
    BoxFuture, Call, Definition, Input, Param, Result, UriTemplate, definition::impl_definition,
};
use crate::{
    context::{FromContext, RequestContext},
    protocol::{Annotations, ClientCapability, Icon, ResourceContents},
};

/// What a resource's handler gives: contents, at least one.
#[derive(Clone, Debug)]
#[must_use]
pub struct ResourceResult {
    pub(crate) contents: Vec<ResourceContents>,
}

impl ResourceResult {
    /// These contents.
    pub fn new(contents: impl IntoIterator<Item = ResourceContents>) -> Self {
        Self { contents: contents.into_iter().collect() }
    }
}

type Handler = dyn for<'a> Fn(Call<'a>) -> BoxFuture<'a, Result<ResourceResult>> + Send + Sync;
type Lister =
    dyn Fn(RequestContext, Page) -> BoxFuture<'static, Result<Vec<ListedResource>>> + Send + Sync;

/// Something that a client can read by its URI: one resource, or all that fit a URI template.
///
/// `#[mcp_resource]` makes one from a function, and `resources![..]` collects them.
///
/// ```
/// use mcp_runtime::{Param, Resource, ResourceContents, ResourceResult};
///
/// let note = Resource::new("notes://{id}", "note", |call| {
///     Box::pin(async move {
///         let id = call.decode(|arguments| arguments.get::<u32>(0))?;
///         Ok(ResourceResult::new([ResourceContents::text(format!("note {id}"))]))
///     })
/// })
/// .mime_type("text/plain")
/// .param(Param::new::<u32>("id"));
/// ```
#[derive(Clone)]
#[must_use]
pub struct Resource {
    pub(crate) uri: Cow<'static, str>,
    pub(crate) name: Cow<'static, str>,
    pub(crate) definition: Definition,
    pub(crate) mime_type: Option<Cow<'static, str>>,
    pub(crate) size: Option<u64>,
    pub(crate) annotations: Option<Annotations>,
    pub(crate) lister: Option<Arc<Lister>>,
    handler: Arc<Handler>,
}

/// A function that `#[mcp_resource]` has made a resource of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource",
    label = "not annotated with `#[mcp_resource(\"uri\")]`"
)]
pub trait ResourceFn {
    /// The URI or URI template.
    const URI: &'static str;

    /// Makes the resource.
    fn resource() -> Resource;
}

impl Resource {
    /// The resource at `uri`, or those that fit it when it is a URI template (RFC 6570).
    pub fn new(
        uri: impl Into<Cow<'static, str>>,
        name: impl Into<Cow<'static, str>>,
        handler: impl for<'a> Fn(Call<'a>) -> BoxFuture<'a, Result<ResourceResult>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self {
            uri: uri.into(),
            name: name.into(),
            definition: Definition::default(),
            mime_type: None,
            size: None,
            annotations: None,
            lister: None,
            handler: Arc::new(handler),
        }
    }

    /// The URI or URI template.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The media type of its contents.
    pub fn mime_type(mut self, mime_type: impl Into<Cow<'static, str>>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// How many bytes it has, before any encoding.
    pub fn size(mut self, size: u64) -> Self {
        self.size = Some(size);
        self
    }

    /// Hints for the client.
    pub fn annotations(mut self, annotations: Annotations) -> Self {
        self.annotations = Some(annotations);
        self
    }

    /// Lists the resources that fit the template, so that clients find them.
    pub fn list<Fut>(
        mut self,
        lister: impl Fn(RequestContext, Page) -> Fut + Send + Sync + 'static,
    ) -> Self
    where
        Fut: Future<Output = Result<Vec<ListedResource>>> + Send + 'static,
    {
        self.lister = Some(Arc::new(move |ctx, page| Box::pin(lister(ctx, page))));
        self
    }

    /// Checks the definition and compiles it.
    ///
    /// # Errors
    ///
    /// What is wrong, for the author.
    pub(crate) fn compile(self) -> Result<CompiledResource, String> {
        let fault = |error: String| format!("resource `{}`: {error}", self.uri);
        let template = UriTemplate::parse(&self.uri).map_err(fault)?;
        let input = Input::compile(self.definition.params.clone(), true).map_err(fault)?;
        for variable in template.variables() {
            if !input.has_param(variable) {
                return Err(fault(format!("no parameter takes the variable `{variable}`")));
            }
        }
        Ok(CompiledResource { resource: self, template, input })
    }
}

impl_definition!(Resource);

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource").field("uri", &self.uri).finish_non_exhaustive()
    }
}

/// A resource that a server serves.
#[derive(Clone, Debug)]
pub(crate) struct CompiledResource {
    pub(crate) resource: Resource,
    pub(crate) template: UriTemplate,
    pub(crate) input: Input,
}

impl CompiledResource {
    pub(crate) fn read<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<ResourceResult>> {
        (self.resource.handler)(call)
    }
}

/// Which of the resources of a template a client wants to see.
///
/// ```
/// use mcp_runtime::{ListedResource, Page, RequestContext, prelude::*};
///
/// async fn notes(_ctx: RequestContext, page: Page) -> Result<Vec<ListedResource>> {
///     let ids = (0..1000).skip(page.offset).take(page.limit);
///     Ok(ids.map(|id| ListedResource::new(format!("notes://{id}"), format!("Note {id}"))).collect())
/// }
///
/// /// A note.
/// #[mcp_resource("notes://{id}", list = notes)]
/// async fn note(id: u32) -> String {
///     format!("note {id}")
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// How many come before.
    pub offset: usize,
    /// How many to give at most. Fewer mean that there are no more.
    pub limit: usize,
}

/// A resource in a list.
///
/// ```
/// use mcp_runtime::ListedResource;
///
/// let note = ListedResource::new("notes://7", "Shopping").with_mime_type("text/markdown");
/// ```
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedResource {
    uri: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
}

impl ListedResource {
    /// The resource at `uri`.
    #[must_use]
    pub fn new(uri: impl Into<String>, name: impl Into<String>) -> Self {
        Self { uri: uri.into(), name: name.into(), description: None, mime_type: None, size: None }
    }

    /// What it is.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The media type of its contents.
    #[must_use]
    pub fn with_mime_type(mut self, mime_type: impl Into<Cow<'static, str>>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// How many bytes it has, before any encoding.
    #[must_use]
    pub fn with_size(mut self, size: u64) -> Self {
        self.size = Some(size);
        self
    }
}
