use std::{
    fmt,
    sync::{Arc, Weak},
};

use mcp_auth::Principal;

use super::{
    build,
    catalog::{Catalog, Table},
    core::Core,
    tasks::result_tool,
};
use crate::{
    context::{Context, FromContext, RequestContext},
    events::Event,
    primitives::{Error, Prompt, Resource, Result, Tool},
};

/// Something that a server offers, by name or URI.
///
/// ```
/// use mcp_runtime::Item;
///
/// fn is_public(item: Item<'_>) -> bool {
///     match item {
///         Item::Tool(name) => !name.starts_with("admin_"),
///         Item::Resource(uri) => !uri.starts_with("admin://"),
///         _ => true,
///     }
/// }
/// assert!(!is_public(Item::Tool("admin_wipe")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Item<'a> {
    /// A tool, by its name.
    Tool(&'a str),
    /// A prompt, by its name.
    Prompt(&'a str),
    /// A resource, by its URI or URI template.
    Resource(&'a str),
}

type Filter = dyn Fn(Option<&Principal>, Item<'_>) -> bool + Send + Sync;

/// Which items exist for which caller.
#[derive(Clone)]
pub(crate) struct Visibility(Arc<Filter>);

impl Visibility {
    pub(crate) fn new(
        filter: impl Fn(Option<&Principal>, Item<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(filter))
    }
}

impl fmt::Debug for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Visibility")
    }
}

impl Core {
    /// Whether an item exists for a caller.
    pub(crate) fn is_visible(&self, principal: Option<&Principal>, item: Item<'_>) -> bool {
        self.visibility.as_ref().is_none_or(|visibility| (visibility.0)(principal, item))
    }
}

/// A server that is ready to serve, and can change while it does.
///
/// Cloning is cheap; all clones are the same server. A function gets one by having a parameter of
/// this type. Clients hear of a change if they listen.
///
/// ```
/// use mcp_runtime::{ServerHandle, prelude::*};
///
/// /// Hide a tool from everyone.
/// #[mcp_tool]
/// async fn retire(name: String, server: ServerHandle) -> String {
///     if server.remove_tool(&name) { "gone".into() } else { "there is none".into() }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct ServerHandle {
    pub(crate) core: Arc<Core>,
}

impl ServerHandle {
    /// Adds a tool.
    ///
    /// # Errors
    ///
    /// When its name is taken, its definition is wrong, or it needs a state that the server does
    /// not have; and when it runs as a task and the server was built without tasks.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// Add two numbers.
    /// #[mcp_tool]
    /// async fn add(a: f64, b: f64) -> f64 {
    ///     a + b
    /// }
    ///
    /// # fn main() -> mcp_runtime::Result<()> {
    /// // An empty list says that there will be tools.
    /// let server = Server::new("calculator", "1.0.0").tools([]).build()?;
    /// for tool in tools![add] {
    ///     server.add_tool(tool)?;
    /// }
    /// assert!(server.add_tool(tools![add].remove(0)).is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_tool(&self, tool: Tool) -> Result<()> {
        if tool.task.is_some() && !self.core.declared.tasks {
            return Err(Error::new(format!(
                "tool `{}` runs as a task, and the server was built without tasks: build it with \
                 `Server::task_store` or with a tool that is one",
                tool.name()
            )));
        }
        let result_tool = result_tool(&tool);
        self.core.change_catalog(|catalog| {
            for tool in [Some(tool), result_tool].into_iter().flatten() {
                build::register(tool, &self.core.states, &mut catalog.tools).map_err(Error::new)?;
            }
            Ok::<_, Error>(true)
        })?;
        self.core.bus.publish(&Event::ToolsChanged);
        Ok(())
    }

    /// Adds a prompt.
    ///
    /// # Errors
    ///
    /// As [`add_tool`](Self::add_tool).
    pub fn add_prompt(&self, prompt: Prompt) -> Result<()> {
        self.add(prompt, Event::PromptsChanged, |catalog| &mut catalog.prompts)
    }

    /// Adds a resource.
    ///
    /// # Errors
    ///
    /// As [`add_tool`](Self::add_tool).
    pub fn add_resource(&self, resource: Resource) -> Result<()> {
        self.add(resource, Event::ResourcesChanged, |catalog| &mut catalog.resources)
    }

    /// Removes a tool; `false` when there is none of this name. Calls that run end as usual.
    pub fn remove_tool(&self, name: &str) -> bool {
        self.change(Event::ToolsChanged, |catalog| catalog.remove_tool(name))
    }

    /// Removes a prompt; `false` when there is none of this name.
    pub fn remove_prompt(&self, name: &str) -> bool {
        self.change(Event::PromptsChanged, |catalog| catalog.prompts.remove(name))
    }

    /// Removes a resource; `false` when there is none of this URI or URI template.
    pub fn remove_resource(&self, uri: &str) -> bool {
        self.change(Event::ResourcesChanged, |catalog| catalog.resources.remove(uri))
    }

    /// Shows or hides a tool; `false` when nothing changed.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// Add two numbers.
    /// #[mcp_tool]
    /// async fn add(a: f64, b: f64) -> f64 {
    ///     a + b
    /// }
    ///
    /// # fn main() -> mcp_runtime::Result<()> {
    /// let server = Server::new("calculator", "1.0.0").tools(tools![add]).build()?;
    /// assert!(server.enable_tool("add", false));
    /// assert!(!server.enable_tool("add", false));
    /// assert!(!server.enable_tool("sub", false));
    /// # Ok(())
    /// # }
    /// ```
    pub fn enable_tool(&self, name: &str, enabled: bool) -> bool {
        self.change(Event::ToolsChanged, |catalog| catalog.enable_tool(name, enabled))
    }

    /// Shows or hides a prompt; `false` when nothing changed.
    pub fn enable_prompt(&self, name: &str, enabled: bool) -> bool {
        self.change(Event::PromptsChanged, |catalog| catalog.prompts.set_enabled(name, enabled))
    }

    /// Shows or hides a resource; `false` when nothing changed.
    pub fn enable_resource(&self, uri: &str, enabled: bool) -> bool {
        self.change(Event::ResourcesChanged, |catalog| catalog.resources.set_enabled(uri, enabled))
    }

    /// Tells the clients that watch the resource that it has changed.
    ///
    /// ```
    /// use mcp_runtime::{ServerHandle, prelude::*};
    ///
    /// /// Write a note.
    /// #[mcp_tool]
    /// async fn write(id: u32, text: String, server: ServerHandle) {
    ///     // ... and store the text.
    ///     server.resource_updated(format!("notes://{id}"));
    /// }
    /// ```
    pub fn resource_updated(&self, uri: impl Into<String>) {
        self.core.publish(&Event::ResourceUpdated { uri: uri.into() });
    }

    /// Tells the clients that the list of tools is another: for a filter by caller, whose outcome
    /// the server cannot see change.
    pub fn tools_changed(&self) {
        self.core.publish(&Event::ToolsChanged);
    }

    /// Tells the clients that the list of prompts is another.
    pub fn prompts_changed(&self) {
        self.core.publish(&Event::PromptsChanged);
    }

    /// Tells the clients that the list of resources is another: for resources that a function
    /// lists.
    pub fn resources_changed(&self) {
        self.core.publish(&Event::ResourcesChanged);
    }

    /// Runs the tasks of the server's store without serving anybody, until the server
    /// [stops](Self::stop): a worker beside the processes that serve clients.
    ///
    /// When it stops, what runs can finish within [`Limits::drain`](super::Limits::drain), and the rest
    /// is given back to the store.
    ///
    /// ```no_run
    /// use mcp_runtime::prelude::*;
    ///
    /// /// Train a model.
    /// #[mcp_tool(task = true, idempotent)]
    /// async fn train() {}
    ///
    /// # async fn run() -> mcp_runtime::Result<()> {
    /// let worker = Server::new("trainer", "1.0.0").tools(tools![train]).build()?;
    /// worker.work_on_tasks().await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn work_on_tasks(&self) {
        self.core.start_tasks();
        self.core.stopping().await;
        self.core.end_tasks(self.core.limits.drain).await;
    }

    /// Stops the server: what runs can finish within [`Limits::drain`](super::Limits::drain).
    ///
    /// ```no_run
    /// # async fn run(server: mcp_runtime::ServerHandle) -> mcp_runtime::Result<()> {
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    /// let stopper = server.clone();
    /// tokio::spawn(async move {
    ///     let _ = tokio::signal::ctrl_c().await;
    ///     stopper.stop();
    /// });
    /// server.serve(listener, server.router("/mcp")).await
    /// # }
    /// ```
    pub fn stop(&self) {
        self.core.stop();
    }

    fn add<I: build::Item>(
        &self,
        item: I,
        event: Event,
        table: impl FnOnce(&mut Catalog) -> &mut Table<I::Compiled>,
    ) -> Result<()> {
        self.core.change_catalog(|catalog| {
            build::register(item, &self.core.states, table(catalog)).map_err(Error::new)?;
            Ok::<_, Error>(true)
        })?;
        self.core.publish(&event);
        Ok(())
    }

    fn change(&self, event: Event, change: impl FnOnce(&mut Catalog) -> bool) -> bool {
        let changed = self
            .core
            .change_catalog(|catalog| Ok::<_, std::convert::Infallible>(change(catalog)))
            .unwrap_or_else(|never| match never {});
        if changed {
            self.core.publish(&event);
        }
        changed
    }
}

/// The way from a call to its server. Weak, because the server owns it.
#[derive(Clone)]
pub(super) struct Parent(pub(super) Weak<Core>);

impl FromContext for ServerHandle {
    fn from_context(ctx: &Context) -> Result<Self> {
        Self::of_request(ctx)
    }
}

impl ServerHandle {
    /// The server that the request is for.
    pub(crate) fn of_request(ctx: &RequestContext) -> Result<Self> {
        ctx.state::<Parent>()
            .and_then(|parent| parent.0.upgrade())
            .map(|core| Self { core })
            .ok_or_else(|| Error::internal("the server of this call is gone"))
    }
}
