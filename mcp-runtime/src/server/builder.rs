use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    future::Future,
    sync::Arc,
    time::Duration,
};

use mcp_auth::Principal;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    Item, Limits, ServerHandle, build,
    catalog::Catalog,
    core::{Cache, Core, Declared, Parts},
    custom::CustomMethod,
    handle::{Parent, Visibility},
    tasks::result_tool,
};
use crate::{
    backend::Backend,
    context::{RequestContext, StateMap},
    effects::{KeyRing, MemoryStore, Sealer, UrlElicitationStore},
    primitives::{Error, McpServer, Prompt, Resource, Result, Tool},
    protocol::{Icon, Implementation},
    tasks::{self, TaskStore},
};
#[cfg(feature = "redis")]
use crate::{backend::SharedUrlElicitations, tasks::RedisStore};

/// A server: what it offers, and how.
///
/// ```no_run
/// use mcp_runtime::prelude::*;
///
/// /// Add two numbers.
/// #[mcp_tool]
/// async fn add(a: f64, b: f64) -> f64 {
///     a + b
/// }
///
/// #[tokio::main]
/// async fn main() -> mcp_runtime::Result<()> {
///     Server::new("calculator", env!("CARGO_PKG_VERSION")).tools(tools![add]).run().await
/// }
/// ```
#[must_use = "a server does nothing until it runs"]
pub struct Server {
    pub(crate) info: Implementation,
    instructions: Option<String>,
    limits: Limits,
    states: StateMap,
    cache: Cache,
    extensions: BTreeMap<String, Value>,
    methods: HashMap<String, CustomMethod>,
    visibility: Option<Visibility>,
    tools: Option<Vec<Tool>>,
    prompts: Option<Vec<Prompt>>,
    resources: Option<Vec<Resource>>,
    keys: Option<KeyRing>,
    task_store: Option<Arc<dyn TaskStore>>,
    #[cfg(feature = "redis")]
    backend: Option<String>,
    url_elicitations: Option<Arc<dyn UrlElicitationStore>>,
    pub(crate) http: HttpOptions,
    #[cfg(feature = "auth")]
    auth: Option<mcp_auth::ResourceServer>,
    /// What is known to be wrong already.
    faults: Vec<String>,
}

/// What a server does over HTTP besides answering.
#[derive(Clone, Debug, Default)]
pub(crate) struct HttpOptions {
    pub(crate) hosts: Vec<String>,
    pub(crate) origins: Vec<String>,
    pub(crate) insecure_public_address: bool,
    #[cfg(feature = "auth")]
    pub(crate) auth: Option<mcp_auth::AuthLayer>,
    #[cfg(feature = "http")]
    pub(crate) card: Option<crate::publish::ServerCard>,
}

impl Server {
    /// A server that offers nothing yet, known to clients by `name` and `version`.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            info: Implementation::new(name.into(), version.into()),
            instructions: None,
            limits: Limits::default(),
            states: StateMap::default(),
            cache: Cache { lists: Duration::ZERO, resources: Duration::ZERO, public: true },
            extensions: BTreeMap::new(),
            methods: HashMap::new(),
            visibility: None,
            keys: None,
            task_store: None,
            #[cfg(feature = "redis")]
            backend: None,
            url_elicitations: None,
            tools: None,
            prompts: None,
            resources: None,
            http: HttpOptions::default(),
            #[cfg(feature = "auth")]
            auth: None,
            faults: Vec::new(),
        }
    }

    /// Adds what is wrong, which [`build`](Self::build) tells.
    #[cfg(feature = "skills")]
    pub(crate) fn faults(mut self, faults: impl IntoIterator<Item = String>) -> Self {
        self.faults.extend(faults);
        self
    }

    /// The name for people (sent from 2025-06-18).
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.info.title = Some(title.into());
        self
    }

    /// What the server is (sent from 2025-11-25).
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.info.description = Some(description.into());
        self
    }

    /// Where to read about the server (sent from 2025-11-25).
    pub fn website(mut self, url: impl Into<String>) -> Self {
        self.info.website_url = Some(url.into());
        self
    }

    /// Adds an icon (sent from 2025-11-25).
    pub fn icon(mut self, icon: Icon) -> Self {
        self.info.icons.push(icon);
        self
    }

    /// How a client's model is to use the server.
    pub fn instructions(mut self, instructions: impl Into<String>) -> Self {
        self.instructions = Some(instructions.into());
        self
    }

    /// Adds tools. An empty list says that there will be some later.
    pub fn tools(mut self, tools: impl IntoIterator<Item = Tool>) -> Self {
        self.tools.get_or_insert_default().extend(tools);
        self
    }

    /// Adds prompts. An empty list says that there will be some later.
    pub fn prompts(mut self, prompts: impl IntoIterator<Item = Prompt>) -> Self {
        self.prompts.get_or_insert_default().extend(prompts);
        self
    }

    /// Adds resources. An empty list says that there will be some later.
    pub fn resources(mut self, resources: impl IntoIterator<Item = Resource>) -> Self {
        self.resources.get_or_insert_default().extend(resources);
        self
    }

    /// Gives the functions a state, one a type: they get it by a parameter
    /// [`State<T>`](crate::State).
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, state: T) -> Self {
        self.states.insert(state);
        self
    }

    /// Sets the figures that bound the server.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Decides which items exist for which caller. What does not exist is in no list and is
    /// unknown when it is asked for.
    ///
    /// The decision may depend on the caller and on the state of the server as a whole, and on
    /// nothing else: a client of 2026-07-28 takes a list for good, whatever connection it uses.
    ///
    /// ```
    /// use mcp_runtime::{Item, prelude::*};
    ///
    /// /// Delete everything.
    /// #[mcp_tool(destructive)]
    /// async fn wipe() {}
    ///
    /// let server = Server::new("shop", "1.0.0").tools(tools![wipe]).visible(|caller, item| {
    ///     item != Item::Tool("wipe") || caller.is_some_and(|it| it.has_scope("admin"))
    /// });
    /// ```
    pub fn visible(
        mut self,
        filter: impl Fn(Option<&Principal>, Item<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.visibility = Some(Visibility::new(filter));
        self
    }

    /// How long clients and proxies may keep lists and what the server tells of itself, without
    /// asking again (2026-07-28). Not at all, unless this says so.
    ///
    /// ```
    /// use mcp_runtime::Server;
    /// use std::time::Duration;
    ///
    /// let server = Server::new("static", "1.0.0").cache_lists(Duration::from_secs(3600));
    /// ```
    pub fn cache_lists(mut self, ttl: Duration) -> Self {
        self.cache.lists = ttl;
        self
    }

    /// How long clients may keep the contents of a resource (2026-07-28). Not at all, unless this
    /// says so.
    pub fn cache_resources(mut self, ttl: Duration) -> Self {
        self.cache.resources = ttl;
        self
    }

    /// Says that lists must not be shared between callers by a cache. It goes without saying for
    /// requests with a principal and for a server with [`visible`](Self::visible).
    pub fn cache_privately(mut self) -> Self {
        self.cache.public = false;
        self
    }

    /// Seals with these keys what clients keep for the server. All processes that serve one endpoint
    /// have the same; a process without goes on with no call that another has begun.
    ///
    /// ```no_run
    /// use mcp_runtime::{KeyRing, Server};
    ///
    /// # fn main() -> mcp_runtime::Result<()> {
    /// let server = Server::new("shop", "1.0.0").keys(KeyRing::from_env("MCP_KEYS")?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn keys(mut self, keys: KeyRing) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Keeps tasks here, in place of the memory of this process.
    ///
    /// ```
    /// use mcp_runtime::{Server, tasks::MemoryStore};
    ///
    /// let server = Server::new("trainer", "1.0.0").task_store(MemoryStore::new());
    /// ```
    pub fn task_store(mut self, store: impl TaskStore) -> Self {
        self.task_store = Some(Arc::new(store));
        self
    }

    /// Shares the users who are on their way to a URL between all processes that serve one endpoint.
    /// Without it or a `backend`, a page and the call that has sent its user there have to be served by the same
    /// process.
    pub fn url_elicitation_store(mut self, store: impl UrlElicitationStore) -> Self {
        self.url_elicitations = Some(Arc::new(store));
        self
    }

    /// Shares what clients and servers keep between requests with all processes of the same name and
    /// keys, in Redis 7 or newer, or in Valkey: tasks, sessions and resumable streams of the older
    /// revisions, changes of lists and resources, and users on their way to a URL. All of it survives
    /// this process, and any process answers any request; only a client of HTTP+SSE
    /// (`ServerHandle::sse_router`) has to come back to the process that has its stream.
    ///
    /// The keys of Redis begin with the server's name. What clients send and get is sealed; names of
    /// tools, owners of tasks and sessions, and the URIs that sessions watch are not.
    ///
    /// While Redis is away, what needs it fails within 3 s and can be tried again: tasks, and the
    /// sessions that this process does not know. Everything else goes on.
    ///
    /// It needs [`keys`](Self::keys), or the environment variable `MCP_KEYS`.
    ///
    /// ```no_run
    /// use mcp_runtime::Server;
    ///
    /// let server = Server::new("trainer", "1.0.0").backend("redis://127.0.0.1:6379");
    /// ```
    #[cfg(feature = "redis")]
    #[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
    pub fn backend(mut self, url: impl Into<String>) -> Self {
        self.backend = Some(url.into());
        self
    }

    /// Declares an extension with its settings (2026-07-28), for example
    /// `.extension("com.example/search", json!({}))`.
    ///
    /// # Panics
    ///
    /// When `id` has no prefix (basic, "Extension Negotiation") or `settings` is no object.
    ///
    /// ```
    /// use mcp_runtime::Server;
    /// use serde_json::json;
    ///
    /// let server = Server::new("library", "1.0.0")
    ///     .extension("com.example/search", json!({ "languages": ["en", "de"] }));
    /// ```
    #[track_caller]
    pub fn extension(mut self, id: impl Into<String>, settings: Value) -> Self {
        let id = id.into();
        assert!(
            is_extension_id(&id),
            "`{id}` is no extension id: it has the form `com.example/name`"
        );
        assert!(settings.is_object(), "the settings of an extension are a JSON object");
        self.extensions.insert(id, settings);
        self
    }

    /// Adds a method of one's own. Its result is a JSON object.
    ///
    /// ```
    /// use mcp_runtime::{RequestContext, prelude::*, serde::{Deserialize, Serialize}};
    ///
    /// #[derive(Deserialize)]
    /// # #[serde(crate = "mcp_runtime::serde")]
    /// struct Search { query: String }
    ///
    /// #[derive(Serialize)]
    /// # #[serde(crate = "mcp_runtime::serde")]
    /// struct Found { hits: usize }
    ///
    /// let server = Server::new("library", "1.0.0")
    ///     .method("example/search", async |search: Search, _ctx: RequestContext| {
    ///         Ok(Found { hits: search.query.len() })
    ///     });
    /// ```
    ///
    /// # Panics
    ///
    /// When the name is empty or taken.
    #[track_caller]
    pub fn method<P, R, F, Fut>(mut self, name: impl Into<String>, handler: F) -> Self
    where
        P: DeserializeOwned + Send + 'static,
        R: Serialize,
        F: Fn(P, RequestContext) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R>> + Send + 'static,
    {
        let name = name.into();
        assert!(!name.is_empty(), "a method has a name");
        let replaced = self.methods.insert(name.clone(), CustomMethod::new(handler));
        assert!(replaced.is_none(), "two methods are named `{name}`");
        self
    }

    /// Accepts HTTP requests for these hosts, besides those of the loopback interface. A name is
    /// taken with any port, `name:port` with this one.
    ///
    /// ```
    /// use mcp_runtime::Server;
    ///
    /// let server = Server::new("shop", "1.0.0")
    ///     .allow_hosts(["mcp.example.com"])
    ///     .allow_origins(["https://app.example.com"]);
    /// ```
    pub fn allow_hosts<S: Into<String>>(mut self, hosts: impl IntoIterator<Item = S>) -> Self {
        self.http.hosts.extend(hosts.into_iter().map(|host| host.into().to_ascii_lowercase()));
        self
    }

    /// Accepts HTTP requests from web pages of these origins, for example
    /// `https://app.example.com`. Pages of the server's own host are accepted as they are.
    pub fn allow_origins<S: Into<String>>(mut self, origins: impl IntoIterator<Item = S>) -> Self {
        self.http.origins.extend(origins.into_iter().map(|it| it.into().to_ascii_lowercase()));
        self
    }

    /// Asks every caller over HTTP for a token, whatever revision they speak (basic/authorization).
    /// Whoever serves stdio has started the server, and is not asked.
    ///
    /// Functions learn the caller by a parameter [`Principal`](crate::Principal); tools, resources
    /// and prompts name the scopes that they need (`#[mcp_tool(scopes("files:write"))]`). The host
    /// of the resource is allowed as by [`allow_hosts`](Self::allow_hosts).
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// Delete a file.
    /// #[mcp_tool(destructive, scopes("files:write"))]
    /// async fn delete(name: String, caller: Principal) -> String {
    ///     format!("{} has deleted {name}", caller.subject())
    /// }
    ///
    /// # fn main() -> mcp_runtime::Result<()> {
    /// let server = Server::new("files", "1.0.0")
    ///     .tools(tools![delete])
    ///     .auth(ResourceServer::new("https://api.example.com/mcp").issuer("https://auth.example.com"))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "auth")]
    #[cfg_attr(docsrs, doc(cfg(feature = "auth")))]
    pub fn auth(mut self, server: mcp_auth::ResourceServer) -> Self {
        self.auth = Some(server);
        self
    }

    /// Lets the server listen on an address that others can reach although nobody is asked who
    /// they are. Right behind a proxy that asks; wrong otherwise.
    pub fn insecure_public_address(mut self) -> Self {
        self.http.insecure_public_address = true;
        self
    }

    /// Whether it is said where tasks are kept.
    fn keeps_tasks(&self) -> bool {
        #[cfg(feature = "redis")]
        if self.backend.is_some() {
            return true;
        }
        self.task_store.is_some()
    }

    /// Publishes where the server is and what it is, for those who look for it: the server card at
    /// `<endpoint>/server-card`, and a catalog with it at `/.well-known/ai-catalog.json`.
    ///
    /// Both are for everybody, whoever may call the server, and say nothing of its tools. They are
    /// served by [`ServerHandle::router`]. The specification is a draft (SEP-2127), so that what is
    /// served will change with it.
    #[cfg(feature = "http")]
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    pub fn server_card(mut self, card: crate::ServerCard) -> Self {
        self.http.card = Some(card);
        self
    }

    /// Checks everything, and makes the server ready to serve.
    ///
    /// # Errors
    ///
    /// Everything that is wrong: names that are taken, schemas that cannot be checked, states that
    /// a function needs and nobody gave.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// Count the users.
    /// #[mcp_tool]
    /// async fn users(State(names): State<Vec<String>>) -> usize {
    ///     names.len()
    /// }
    ///
    /// let server = Server::new("example", "1.0.0").tools(tools![users]);
    /// let error = server.build().unwrap_err();
    /// assert!(error.to_string().contains("tool `users` needs a state of type"));
    /// ```
    pub fn build(mut self) -> Result<ServerHandle> {
        let mut faults = std::mem::take(&mut self.faults);
        let mut catalog = Catalog::default();
        let declared = Declared {
            tools: self.tools.is_some(),
            prompts: self.prompts.is_some(),
            resources: self.resources.is_some(),
            tasks: self.keeps_tasks()
                || self.tools.iter().flatten().any(|tool| tool.task.is_some()),
        };
        // Every function can ask for the server, which does not exist yet.
        self.states.insert(Parent(std::sync::Weak::new()));
        let states = &self.states;
        for tool in self.tools.take().into_iter().flatten() {
            let result_tool = result_tool(&tool);
            for tool in [Some(tool), result_tool].into_iter().flatten() {
                faults.extend(build::register(tool, states, &mut catalog.tools).err());
            }
        }
        for prompt in self.prompts.take().into_iter().flatten() {
            faults.extend(build::register(prompt, states, &mut catalog.prompts).err());
        }
        for resource in self.resources.take().into_iter().flatten() {
            faults.extend(build::register(resource, states, &mut catalog.resources).err());
        }
        #[cfg(feature = "auth")]
        match self.auth.take().map(mcp_auth::ResourceServer::build) {
            Some(Ok(auth)) => {
                self.http.hosts.push(auth.host().to_owned());
                self.http.auth = Some(auth);
            }
            Some(Err(fault)) => faults.push(fault.to_string()),
            None => {}
        }
        #[cfg(feature = "http")]
        faults.extend(self.http.card.as_ref().and_then(|card| card.fault(&self.info)));
        if !faults.is_empty() {
            return Err(Error::new(format!("the server cannot be built: {}", faults.join("; "))));
        }
        let keys = match self.keys {
            Some(keys) => Some(keys),
            None if std::env::var_os(KeyRing::VARIABLE).is_some() => {
                Some(KeyRing::from_env(KeyRing::VARIABLE)?)
            }
            None => None,
        };
        #[cfg(feature = "redis")]
        if self.backend.is_some() && keys.is_none() {
            return Err(Error::new(format!(
                "the server cannot be built: what a backend keeps for several processes needs keys \
                 that all of them have. Set the environment variable `{}` to the output of `openssl \
                 rand -base64 32`, or call `Server::keys`",
                KeyRing::VARIABLE
            )));
        }
        let keys = match keys {
            Some(keys) => keys,
            None => {
                tracing::debug!(
                    "sealing with a key of this process: no other goes on with its calls"
                );
                KeyRing::random()?
            }
        };
        let sealer = Arc::new(Sealer::new(&keys, &self.info.name));
        #[cfg(feature = "redis")]
        let shared = self.backend.map(|url| share(url, &self.info.name, &sealer)).transpose()?;
        #[cfg(not(feature = "redis"))]
        let shared: Option<Shared> = None;
        let (backend, shared_tasks) = shared.unzip();
        let Limits {
            tasks_bytes,
            tasks_bytes_per_principal,
            url_elicitations,
            url_elicitations_per_principal,
            ..
        } = self.limits;
        let store = self.task_store.or(shared_tasks).unwrap_or_else(|| {
            Arc::new(tasks::MemoryStore::with_budget(tasks_bytes, tasks_bytes_per_principal))
        });
        let url_elicitations = self.url_elicitations.unwrap_or_else(|| match &backend {
            #[cfg(feature = "redis")]
            Some(backend) => Arc::new(SharedUrlElicitations::new(
                Arc::clone(backend),
                url_elicitations,
                url_elicitations_per_principal,
            )),
            _ => Arc::new(MemoryStore::new(url_elicitations, url_elicitations_per_principal)),
        });
        let http = self.http;
        let mut states = self.states;
        let core = Arc::new_cyclic(|core| {
            states.insert(Parent(core.clone()));
            Core::new(Parts {
                info: self.info,
                instructions: self.instructions,
                limits: self.limits,
                states,
                cache: self.cache,
                extensions: self.extensions,
                methods: self.methods,
                visibility: self.visibility,
                declared,
                catalog,
                sealer,
                url_elicitations,
                http,
                store,
                backend,
            })
        });
        Ok(ServerHandle { core })
    }
}

/// Where a server keeps what it shares with other processes.
type Shared = (Arc<dyn Backend>, Arc<dyn TaskStore>);

#[cfg(feature = "redis")]
fn share(url: String, server: &str, sealer: &Arc<Sealer>) -> Result<Shared> {
    let cipher: Arc<dyn tasks::Cipher> = Arc::clone(sealer) as _;
    let tasks = RedisStore::builder(url).prefix(server).cipher(Arc::clone(&cipher)).build()?;
    Ok((Arc::new(tasks.backend(cipher)?), Arc::new(tasks)))
}

/// A reverse-dns prefix, a slash and a name (basic, "`_meta`").
fn is_extension_id(id: &str) -> bool {
    let label = |label: &str| {
        label.starts_with(|c: char| c.is_ascii_alphabetic())
            && label.ends_with(|c: char| c.is_ascii_alphanumeric())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    id.split_once('/').is_some_and(|(prefix, name)| {
        prefix.split('.').all(label)
            && name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.ends_with(|c: char| c.is_ascii_alphanumeric())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    })
}

impl<T: McpServer> From<T> for Server {
    fn from(service: T) -> Self {
        let service = Arc::new(service);
        let mut server = Self::new(T::NAME, T::VERSION);
        if let Some(instructions) = T::INSTRUCTIONS {
            server = server.instructions(instructions);
        }
        let (tools, prompts, resources) =
            (T::tools(&service), T::prompts(&service), T::resources(&service));
        if !tools.is_empty() {
            server = server.tools(tools);
        }
        if !prompts.is_empty() {
            server = server.prompts(prompts);
        }
        if !resources.is_empty() {
            server = server.resources(resources);
        }
        server
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("info", &self.info).finish_non_exhaustive()
    }
}
