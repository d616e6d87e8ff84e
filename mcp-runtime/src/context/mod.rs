//! What a function knows of the call that runs it, and what it can do while it runs.

mod blocking;
mod cancellation;
mod from_context;
mod log;
#[cfg(feature = "log")]
mod log_layer;
mod outbox;
mod progress;
mod state;

use std::{
    fmt,
    ops::Deref,
    sync::{Arc, Weak},
    time::Duration,
};

pub use blocking::blocking;
#[cfg(feature = "stdio")]
pub(crate) use blocking::is_blocking;
pub use from_context::{FromContext, Requirements};
#[cfg(feature = "log")]
pub use log_layer::client_log_layer;
pub use progress::Progress;
pub use state::State;

pub(crate) use cancellation::Cancellation;
pub(crate) use log::{LogThreshold, with_current};
pub(crate) use outbox::{CallOutbox, Outbox, OutboxFull};
pub(crate) use progress::LastProgress;
pub(crate) use state::StateMap;

use mcp_auth::Principal;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    effects::Effects,
    primitives::Error,
    protocol::{
        ClientCapabilities, ClientCapability, JsonWriter, LogLevel, RequestId, Revision,
        TraceContext,
    },
    server::Admitted,
};

/// The call that a function answers: who calls, in which revision, and the way back to the client
/// while the function runs.
///
/// Cloning is cheap. A function gets one by having a parameter of this type.
///
/// ```
/// use mcp_runtime::prelude::*;
///
/// /// Say who is calling.
/// #[mcp_tool]
/// async fn whoami(ctx: Context) -> String {
///     match ctx.principal() {
///         Some(principal) => principal.subject().to_owned(),
///         None => "nobody in particular".into(),
///     }
/// }
/// ```
///
/// [`RequestContext`], to which it dereferences, is what functions get that cannot ask the client
/// back, such as those that complete an argument.
#[derive(Clone)]
pub struct Context {
    request: RequestContext,
    /// In front of the names of what the function asks and does once, where functions run inside
    /// the call of another: the same one can run several times.
    scope: Option<Arc<str>>,
}

/// The request that a function answers: who asks, in which revision, and what the server knows.
///
/// ```
/// use mcp_runtime::{ListedResource, Page, RequestContext, prelude::*};
///
/// /// The notes of the caller.
/// async fn notes(ctx: RequestContext, page: Page) -> Result<Vec<ListedResource>> {
///     let owner = ctx.principal().map_or("nobody", |it| it.subject());
///     let notes = [ListedResource::new(format!("notes://{owner}/1"), "first")];
///     Ok(notes.into_iter().skip(page.offset).take(page.limit).collect())
/// }
/// ```
#[derive(Clone)]
pub struct RequestContext(Arc<CallInfo>);

impl Deref for Context {
    type Target = RequestContext;

    fn deref(&self) -> &RequestContext {
        &self.request
    }
}

/// What a transport and the dispatch know of one call.
pub(crate) struct CallInfo {
    pub(crate) id: RequestId,
    pub(crate) revision: Revision,
    pub(crate) client: Client,
    pub(crate) principal: Option<Principal>,
    /// Whether the call comes by a way that one client alone has.
    pub(crate) is_only_client: bool,
    pub(crate) progress_token: Option<RequestId>,
    pub(crate) log: LogThreshold,
    pub(crate) trace: Option<TraceContext>,
    /// What the function logs is logged inside it.
    pub(crate) span: tracing::Span,
    pub(crate) cancellation: Cancellation,
    pub(crate) last_progress: LastProgress,
    /// Where notifications about this call go.
    pub(crate) outbox: CallOutbox,
    /// The call's place among those that run.
    pub(crate) place: Weak<Admitted>,
    pub(crate) states: Arc<StateMap>,
    /// What the function asks the client back.
    pub(crate) effects: Effects,
    #[cfg(feature = "http")]
    pub(crate) http: Option<Box<http::request::Parts>>,
}

/// What the client said of itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Client {
    pub(crate) capabilities: Arc<ClientCapabilities>,
    pub(crate) info: Option<Arc<RawValue>>,
}

impl Context {
    pub(crate) fn new(info: CallInfo) -> Self {
        Self { request: RequestContext(Arc::new(info)), scope: None }
    }

    /// The same call, for a function that runs inside it, at a place that no other has.
    pub(crate) fn inside(&self, place: &str) -> Self {
        Self { request: self.request.clone(), scope: Some(place.into()) }
    }

    pub(crate) fn is_inside(&self) -> bool {
        self.scope.is_some()
    }

    /// The name as one that is the same for no other function inside the call.
    pub(crate) fn scoped(&self, name: &str) -> String {
        match &self.scope {
            Some(scope) => format!("{scope}/{name}"),
            None => name.to_owned(),
        }
    }

    /// What a function gets that cannot ask the client back.
    pub(crate) fn request(&self) -> RequestContext {
        self.request.clone()
    }
}

impl RequestContext {
    pub(crate) fn info(&self) -> &CallInfo {
        &self.0
    }

    /// The revision in which the client speaks. A function rarely needs it: its answer is
    /// translated to the revision anyway.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.0.revision
    }

    /// The id of the request.
    #[must_use]
    pub fn request_id(&self) -> &RequestId {
        &self.0.id
    }

    /// What the client can do for this call.
    #[must_use]
    pub fn client_capabilities(&self) -> &ClientCapabilities {
        &self.0.client.capabilities
    }

    /// The name and version by which the client introduces itself, as JSON. They are the client's
    /// word and nothing more: do not decide by them.
    #[must_use]
    pub fn client_info(&self) -> Option<&RawValue> {
        self.0.client.info.as_deref()
    }

    /// The verified caller, where an authentication layer has put a [`Principal`] into the
    /// request's extensions.
    #[must_use]
    pub fn principal(&self) -> Option<&Principal> {
        self.0.principal.as_ref()
    }

    /// The W3C `traceparent` of the request, where it has a well-formed one.
    #[must_use]
    pub fn traceparent(&self) -> Option<&str> {
        self.0.trace.as_ref().map(|trace| &*trace.parent)
    }

    /// The W3C `tracestate` that belongs to [`traceparent`](Self::traceparent).
    #[must_use]
    pub fn tracestate(&self) -> Option<&str> {
        self.0.trace.as_ref().and_then(|trace| trace.state.as_deref())
    }

    /// The HTTP request that carries the call: its headers, and the extensions that the layers of
    /// an application have put there. `None` on other transports.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// Tell the language that the client asks for.
    /// #[mcp_tool]
    /// async fn language(ctx: Context) -> Option<String> {
    ///     let header = ctx.http()?.headers.get("accept-language")?;
    ///     header.to_str().ok().map(str::to_owned)
    /// }
    /// ```
    #[cfg(feature = "http")]
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    #[must_use]
    pub fn http(&self) -> Option<&http::request::Parts> {
        self.0.http.as_deref()
    }

    /// The state of this type that was given to the server.
    #[must_use]
    pub fn state<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        self.0.states.get()
    }

    /// Whether the client has given up on the call.
    ///
    /// The function is dropped at its next `.await` when that happens, so that only work which
    /// does not await has to ask.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// Add up numbers, however many.
    /// #[mcp_tool]
    /// fn sum(to: u64, ctx: Context) -> Result<u64> {
    ///     let mut sum = 0_u64;
    ///     for number in 0..to {
    ///         if number % 1_000_000 == 0 && ctx.is_cancelled() {
    ///             return Err(Error::new("cancelled"));
    ///         }
    ///         sum = sum.wrapping_add(number);
    ///     }
    ///     Ok(sum)
    /// }
    /// ```
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.cancellation.is_cancelled()
    }

    /// Waits until the client gives up on the call: for work that has been moved to another task,
    /// which does not end with the call.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// Start a job that goes on until it is done or nobody waits for it.
    /// #[mcp_tool]
    /// async fn job(ctx: Context) -> Result<&'static str> {
    ///     let job = tokio::spawn(async move {
    ///         tokio::select! {
    ///             () = ctx.cancelled() => "tidied up",
    ///             () = tokio::task::yield_now() => "done",
    ///         }
    ///     });
    ///     Ok(job.await?)
    /// }
    /// ```
    pub async fn cancelled(&self) {
        self.0.cancellation.cancelled().await;
    }

    /// Ends the connection on which the client waits for this call, and goes on with the call: the
    /// client comes back after `retry` and gets what it has missed.
    ///
    /// For long calls over Streamable HTTP in a session of 2025-11-25; elsewhere it does nothing.
    pub fn release_connection(&self, retry: Duration) {
        if self.0.revision == Revision::V2025_11_25 {
            self.0.outbox.hang_up(retry);
        }
    }

    /// Refuses the call unless the client has declared a capability: -32021 in 2026-07-28, a failed
    /// call before.
    ///
    /// # Errors
    ///
    /// When the client lacks it.
    ///
    /// ```
    /// use mcp_runtime::{prelude::*, protocol::ClientCapability};
    ///
    /// /// Needs the client's model.
    /// #[mcp_tool]
    /// async fn think(ctx: Context) -> Result<String> {
    ///     ctx.require(ClientCapability::Sampling)?;
    ///     Ok("thought".into())
    /// }
    /// ```
    pub fn require(&self, capability: ClientCapability<'_>) -> Result<(), Error> {
        Ok(self.0.client.capabilities.require(&[capability])?)
    }

    /// Sends a log message to the client, if the client wants messages of this gravity.
    ///
    /// It is dropped when the client does not read fast enough. Never log secrets: the
    /// specification forbids it, and the client's user reads along.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// Work.
    /// #[mcp_tool]
    /// async fn work(ctx: Context) {
    ///     ctx.log(LogLevel::Info, "half way");
    /// }
    /// ```
    pub fn log(&self, level: LogLevel, data: impl Serialize) {
        self.log_as(level, None, &data);
    }

    pub(crate) fn log_as(&self, level: LogLevel, logger: Option<&str>, data: &impl Serialize) {
        if !self.0.log.allows(level) {
            return;
        }
        let Ok(data) = serde_json::to_vec(data) else {
            tracing::warn!("a log message for the client cannot be written as JSON");
            return;
        };
        let message = notification("notifications/message", |params| {
            params.member("level", &level);
            params.optional("logger", logger.as_ref());
            params.raw("data", &data);
        });
        if self.0.outbox.try_push(message.into()).is_err() {
            tracing::debug!("the client reads too slowly: a log message is dropped");
        }
    }
}

/// The bytes of a notification.
pub(crate) fn notification(method: &str, params: impl FnOnce(&mut JsonWriter<'_>)) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    let mut message = JsonWriter::object(&mut out);
    message.raw("jsonrpc", b"\"2.0\"");
    message.member("method", method);
    let mut object = message.object_at("params");
    params(&mut object);
    object.end();
    message.end();
    out
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.request.fmt(f)
    }
}

impl fmt::Debug for RequestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("request_id", &self.0.id)
            .field("revision", &self.0.revision)
            .finish_non_exhaustive()
    }
}
