use std::{fmt, sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{
    Answer, Question, TestClient,
    answers::Script,
    inbox::Inbox,
    inner::Inner,
    link::{Link, PipeLink},
};
use crate::{
    Principal, Result, Server, ServerHandle,
    protocol::{ClientCapabilities, Revision},
};

/// Where the server is mounted.
#[cfg(feature = "http")]
pub(super) const PATH: &str = "/mcp";

/// How a client reaches a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// Through bytes in memory, as on stdio.
    Memory,
    /// Through a socket, with Streamable HTTP.
    #[cfg(feature = "http")]
    Http,
}

impl Transport {
    /// Every transport.
    pub const ALL: &[Self] = &[
        Self::Memory,
        #[cfg(feature = "http")]
        Self::Http,
    ];
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "in memory",
            #[cfg(feature = "http")]
            Self::Http => "over HTTP",
        })
    }
}

/// A client that is about to connect.
///
/// ```
/// use mcp_runtime::{prelude::*, protocol::Revision, testing::TestClient};
///
/// /// Say who is calling.
/// #[mcp_tool]
/// async fn whoami(principal: Principal) -> String {
///     principal.subject().to_owned()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> mcp_runtime::Result<()> {
/// let server = Server::new("example", "1.0.0").tools(tools![whoami]);
/// let client = TestClient::builder(server)
///     .revision(Revision::V2025_11_25)
///     .principal(Principal::new("https://auth.example.com", "alice"))
///     .connect()
///     .await?;
/// let result = client.call("whoami", serde_json::json!({})).await?;
/// assert_eq!(result.text(), "alice");
/// # Ok(())
/// # }
/// ```
#[must_use = "a client does nothing until it connects"]
pub struct TestClientBuilder {
    server: Source,
    revision: Revision,
    transport: Transport,
    timeout: Duration,
    /// What can be done for the server whose questions the test answers, unless the test says else.
    capabilities: Option<Value>,
    script: Option<Script>,
    strict: bool,
    retries: Option<ServerHandle>,
    info: Value,
    principal: Option<Principal>,
    handshake: bool,
}

enum Source {
    Server(Box<Server>),
    Handle(ServerHandle),
}

impl From<Source> for TestClientBuilder {
    fn from(server: Source) -> Self {
        Self {
            server,
            revision: Revision::LATEST,
            transport: Transport::Memory,
            timeout: Duration::from_secs(10),
            capabilities: None,
            script: None,
            strict: false,
            retries: None,
            info: json!({ "name": "test client", "version": env!("CARGO_PKG_VERSION") }),
            principal: None,
            handshake: true,
        }
    }
}

impl From<Server> for TestClientBuilder {
    fn from(server: Server) -> Self {
        Source::Server(Box::new(server)).into()
    }
}

impl From<ServerHandle> for TestClientBuilder {
    fn from(server: ServerHandle) -> Self {
        Source::Handle(server).into()
    }
}

impl From<&ServerHandle> for TestClientBuilder {
    fn from(server: &ServerHandle) -> Self {
        server.clone().into()
    }
}

impl TestClientBuilder {
    /// Speaks this revision, in place of the newest.
    pub fn revision(mut self, revision: Revision) -> Self {
        self.revision = revision;
        self
    }

    /// Connects through a socket, in place of memory.
    #[cfg(feature = "http")]
    pub fn http(self) -> Self {
        self.transport(Transport::Http)
    }

    /// Connects in this way.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// How long to wait for anything, in place of 10 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// What the client says that it can do, for example `json!({ "sampling": {} })`.
    pub fn capabilities(mut self, capabilities: Value) -> Self {
        self.capabilities = Some(capabilities);
        self
    }

    /// What the client answers when it is asked, in the order of the questions. It then declares
    /// that it can be asked everything, unless [`capabilities`](Self::capabilities) says otherwise.
    pub fn answers(self, answers: impl IntoIterator<Item = Answer>) -> Self {
        self.script(Script::new(answers))
    }

    /// The same, by a function of the question.
    pub fn answering(
        self,
        answering: impl Fn(&Question) -> Answer + Send + Sync + 'static,
    ) -> Self {
        self.script(Script::answering(answering))
    }

    fn script(mut self, script: Script) -> Self {
        self.script = Some(script);
        self
    }

    /// Sends every round of a call of 2026-07-28 twice, and fails when the function asks something
    /// else the second time. What a function does before its first question, and not in
    /// a [`step`](crate::Context::step), happens twice then.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Sends every other round of a call of 2026-07-28 to this instance of the server, as a load
    /// balancer does. Both need the same [`KeyRing`](crate::KeyRing).
    pub fn retry_on(mut self, other: &ServerHandle) -> Self {
        self.retries = Some(other.clone());
        self
    }

    /// The name and version by which the client introduces itself.
    pub fn info(mut self, name: &str, version: &str) -> Self {
        self.info = json!({ "name": name, "version": version });
        self
    }

    /// Calls as this principal, as if the transport had verified who it is.
    pub fn principal(mut self, principal: Principal) -> Self {
        self.principal = Some(principal);
        self
    }

    /// Leaves out `initialize`, so that the test can send it.
    pub fn without_handshake(mut self) -> Self {
        self.handshake = false;
        self
    }

    /// Connects, and opens a session in the revisions that have them.
    ///
    /// # Errors
    ///
    /// When the server cannot be built, or does not open a session of the revision.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    pub async fn connect(self) -> Result<TestClient> {
        let handshake = self.handshake && !self.revision.is_stateless();
        let client = match self.transport {
            Transport::Memory => self.in_memory()?,
            #[cfg(feature = "http")]
            Transport::Http => self.over_http()?,
        };
        if handshake {
            client.0.initialize().await?;
        }
        Ok(client)
    }

    /// A client that has not said anything yet.
    pub(super) fn in_memory(self) -> Result<TestClient> {
        let principal = self.principal.clone();
        self.build(|server, inbox, _| {
            Ok(Link::Pipe(PipeLink::connect(server, Arc::clone(inbox), principal.clone())))
        })
    }

    #[cfg(feature = "http")]
    fn over_http(self) -> Result<TestClient> {
        let principal = self.principal.clone();
        self.build(|server, inbox, revision| {
            let listener = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0))?;
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let mut router = server.router(PATH);
            #[cfg(feature = "auth")]
            {
                router = router.layer(axum::Extension(crate::transport::http::Vouched));
            }
            if let Some(principal) = principal.clone() {
                router = router.layer(axum::Extension(principal));
            }
            let server = server.clone();
            let serving = tokio::spawn(async move { server.serve(listener, router).await });
            let inbox = Arc::clone(inbox);
            Ok(Link::Http(super::link::HttpLink::new(address, revision, inbox, &serving)))
        })
    }

    fn build(
        self,
        link: impl Fn(&ServerHandle, &Arc<Inbox>, Revision) -> Result<Link>,
    ) -> Result<TestClient> {
        let server = match self.server {
            Source::Server(server) => server.build()?,
            Source::Handle(handle) => handle,
        };
        let capabilities = self.capabilities.unwrap_or_else(|| match &self.script {
            Some(_) => everything(),
            None => json!({}),
        });
        // What is no capability is sent as it is: it is wrong on purpose.
        let declared: ClientCapabilities =
            serde_json::from_value(capabilities.clone()).unwrap_or_default();
        let (inbox, notifications) = Inbox::new(
            self.revision,
            declared.in_revision(self.revision),
            self.script.clone().unwrap_or_default(),
        );
        let inbox = Arc::new(inbox);
        let connect = |server| link(server, &inbox, self.revision);
        Ok(TestClient(Arc::new(Inner {
            revision: self.revision,
            transport: self.transport,
            timeout: self.timeout,
            capabilities,
            info: self.info,
            link: connect(&server)?,
            other: self.retries.as_ref().map(connect).transpose()?,
            script: self.script,
            strict: self.strict,
            inbox: Arc::clone(&inbox),
            notifications: tokio::sync::Mutex::new(notifications),
            initialized: Default::default(),
            last_id: Default::default(),
            schemas: Default::default(),
        })))
    }
}

/// All that a server can ask a client.
fn everything() -> Value {
    json!({
        "elicitation": { "form": {}, "url": {} },
        "sampling": { "context": {}, "tools": {} },
        "roots": {},
    })
}

impl fmt::Debug for TestClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a client of {} {} to be", self.revision, self.transport)
    }
}
