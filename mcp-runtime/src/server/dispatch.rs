//! From a classified request to its answer: the one way that every message of every revision takes.

use std::{
    borrow::Cow,
    sync::{Arc, Weak},
};

use mcp_auth::{InsufficientScope, Principal};
use serde_json::{Map, Value, value::RawValue};

use super::{
    answer::Answer,
    core::{Admitted, CallerFull, Core},
    custom::CustomResult,
    guard::{Abort, Guarded, catch_panic},
    session::Session,
};
use crate::{
    context::{CallInfo, CallOutbox, Cancellation, Client, Context, LogThreshold, Outbox},
    effects::{Backend, Effects, InputRequired},
    primitives::{BoxFuture, Error, internal_error},
    protocol::{ClientCapability, JsonWriter, Params, RequestId, Revision, RpcError},
};

/// A request whose revision is known.
pub(crate) struct Request<'a> {
    pub(crate) id: RequestId,
    pub(crate) method: Cow<'a, str>,
    pub(crate) params: Params<'a>,
    /// `params`, whole.
    pub(crate) raw_params: Option<&'a RawValue>,
    pub(crate) revision: Revision,
    pub(crate) client: Client,
    pub(crate) log: LogThreshold,
    pub(crate) principal: Option<Principal>,
    /// In revisions that have them.
    pub(crate) session: Option<Arc<Session>>,
    /// The way back while the request runs.
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) cancellation: Cancellation,
    /// Whether requests of the server's reach the client while this one runs.
    pub(crate) can_ask: bool,
    /// Whether the request comes by a way that one client alone has: standard input and output.
    pub(crate) is_only_client: bool,
    #[cfg(feature = "http")]
    pub(crate) http: Option<Box<http::request::Parts>>,
}

impl Request<'_> {
    /// Refuses a client that has not declared what a function needs.
    pub(super) fn require(&self, needed: &[ClientCapability<'_>]) -> Result<(), Error> {
        Ok(self.client.capabilities.require(needed)?)
    }

    pub(super) fn call_outbox(&self) -> CallOutbox {
        CallOutbox::new(Arc::clone(&self.outbox), self.cancellation.clone())
    }
}

/// Why a request has no result.
pub(crate) enum Refusal {
    Error(RpcError),
    Overload {
        of_caller: bool,
    },
    /// The caller may not do that.
    Forbidden(InsufficientScope),
    /// The client has cancelled it.
    Cancelled,
}

impl From<RpcError> for Refusal {
    fn from(error: RpcError) -> Self {
        Self::Error(error)
    }
}

impl From<InsufficientScope> for Refusal {
    fn from(insufficient: InsufficientScope) -> Self {
        Self::Forbidden(insufficient)
    }
}

impl From<CallerFull> for Refusal {
    fn from(CallerFull(of_caller): CallerFull) -> Self {
        Self::Overload { of_caller }
    }
}

impl From<Abort> for Refusal {
    fn from(abort: Abort) -> Self {
        match abort {
            Abort::Cancelled => Self::Cancelled,
            // Those that can ask have answered before.
            Abort::Asked => Self::Error(RpcError::internal("round", "the call cannot ask")),
            Abort::Panicked => Self::Error(internal_error()),
            Abort::TimedOut => Self::Error(RpcError::internal("timeout", "the call took too long")),
        }
    }
}

impl Core {
    /// Answers a request.
    pub(crate) async fn dispatch(self: &Arc<Self>, mut request: Request<'_>) -> Answer {
        let id = request.id.clone();
        let routed = catch_panic(self.route(&mut request)).await;
        request.cancellation.set_answered();
        match routed {
            Ok(message) => Answer::Result(message),
            Err(Refusal::Error(error)) => {
                Answer::error(Some(&id), &error.in_revision(request.revision))
            }
            Err(Refusal::Overload { of_caller }) => Answer::overload(&id, of_caller),
            Err(Refusal::Forbidden(insufficient)) => Answer::forbidden(&id, insufficient),
            Err(Refusal::Cancelled) => Answer::Silence,
        }
    }

    async fn route(self: &Arc<Self>, request: &mut Request<'_>) -> Result<Vec<u8>, Refusal> {
        let stateless = request.revision.is_stateless();
        let tasks = self.declared.tasks;
        let tasks_in_session = tasks && request.revision == Revision::V2025_11_25;
        let method = request.method.clone();
        self.check_request(request)?;
        self.check_task(request).await?;
        match &*method {
            "tools/call" if self.declared.tools => self.call_tool(request).await,
            "tools/list" if self.declared.tools => Ok(self.list_tools(request)?),
            "resources/read" if self.declared.resources => self.read_resource(request).await,
            "resources/list" if self.declared.resources => self.list_resources(request).await,
            "resources/templates/list" if self.declared.resources => {
                Ok(self.list_resource_templates(request)?)
            }
            "prompts/get" if self.declared.prompts => self.get_prompt(request).await,
            "prompts/list" if self.declared.prompts => Ok(self.list_prompts(request)?),
            "completion/complete" if self.catalog().completes() => self.complete(request).await,
            "server/discover" if stateless => Ok(self.discover(request)),
            "subscriptions/listen" if stateless && self.declared.any() => {
                self.listen(request).await
            }
            "ping" if !stateless => Ok(self.result(request, |_| {})),
            "logging/setLevel" if !stateless => Ok(self.set_log_level(request).await?),
            "resources/subscribe" if !stateless && self.declared.resources => {
                Ok(self.subscribe(request).await?)
            }
            "resources/unsubscribe" if !stateless && self.declared.resources => {
                Ok(self.unsubscribe(request).await?)
            }
            "tasks/get" if tasks && stateless => Ok(self.get_detailed_task(request).await?),
            "tasks/update" if tasks && stateless => Ok(self.update_task(request).await?),
            "tasks/cancel" if tasks && stateless => Ok(self.cancel_task(request).await?),
            "tasks/get" if tasks_in_session => Ok(self.get_task(request).await?),
            "tasks/cancel" if tasks_in_session => Ok(self.cancel_task_in_session(request).await?),
            "tasks/list" if tasks_in_session => Ok(self.list_tasks(request).await?),
            "tasks/result" if tasks_in_session => self.task_result(request).await,
            "tasks/status" => Err(RpcError::new(
                crate::protocol::ErrorCode::METHOD_NOT_FOUND,
                "method not found: `tasks/status` has never been a method of the protocol; \
                 the state of a task is asked for with `tasks/get`",
            )
            .into()),
            other => self.call_custom(other, request).await,
        }
    }

    async fn call_custom(
        &self,
        method: &str,
        request: &mut Request<'_>,
    ) -> Result<Vec<u8>, Refusal> {
        let Some(custom) = self.methods.get(method) else {
            return Err(RpcError::method_not_found(method).into());
        };
        let (ctx, _admitted) = self.start_call(request)?;
        let params = request.raw_params.map_or("{}", RawValue::get).to_owned();
        let CustomResult { members, meta } =
            self.guard(custom.call(ctx.request(), params), &ctx).await?.map_err(RpcError::from)?;
        Ok(self.result_with_meta(request, Some(&meta), |result| {
            for (name, value) in &members {
                result.entry(name, value);
            }
        }))
    }

    /// Takes a place for a call of a function that can ask the client, and makes the context for it.
    pub(super) fn start_asking_call(
        &self,
        request: &mut Request<'_>,
    ) -> Result<(Context, Arc<Admitted>), Refusal> {
        let effects = self.effects(request)?;
        self.start(request, effects)
    }

    /// The same for a function that cannot ask.
    pub(super) fn start_call(
        &self,
        request: &mut Request<'_>,
    ) -> Result<(Context, Arc<Admitted>), Refusal> {
        let backend = Backend::Unavailable("this function cannot ask the client");
        self.start(request, Effects::new(backend, self.limits.question_timeout))
    }

    fn start(
        &self,
        request: &mut Request<'_>,
        effects: Effects,
    ) -> Result<(Context, Arc<Admitted>), Refusal> {
        self.check_in_flight(request)?;
        let admitted = Arc::new(self.admit(request.principal.as_ref())?);
        let ctx = self.context(request, effects, Arc::downgrade(&admitted));
        Ok((ctx, admitted))
    }

    fn check_in_flight(&self, request: &Request<'_>) -> Result<(), Refusal> {
        let max = self.limits.calls_per_caller;
        let full = |session: &Arc<Session>| session.in_flight.len() > max;
        if request.session.as_ref().is_some_and(full) {
            return Err(Refusal::Overload { of_caller: true });
        }
        Ok(())
    }

    /// The way to ask the client of a request that runs no function.
    pub(super) fn asking_context(&self, request: &mut Request<'_>) -> Result<Context, Refusal> {
        self.check_in_flight(request)?;
        let effects = self.effects(request)?;
        Ok(self.context(request, effects, Weak::new()))
    }

    fn context(
        &self,
        request: &mut Request<'_>,
        effects: Effects,
        place: Weak<Admitted>,
    ) -> Context {
        let meta = &request.params.meta;
        let trace = meta.trace_context();
        let span = tracing::debug_span!(
            "call",
            method = &*request.method,
            id = ?request.id,
            revision = request.revision.as_str(),
            traceparent = trace.as_ref().map(|trace| &*trace.parent),
        );
        Context::new(CallInfo {
            id: request.id.clone(),
            revision: request.revision,
            client: request.client.clone(),
            principal: request.principal.clone(),
            is_only_client: request.is_only_client,
            progress_token: meta.progress_token(),
            log: request.log.clone(),
            trace,
            span,
            cancellation: request.cancellation.clone(),
            last_progress: Default::default(),
            outbox: request.call_outbox(),
            place,
            states: Arc::clone(&self.states),
            effects,
            #[cfg(feature = "http")]
            http: request.http.take(),
        })
    }

    /// Runs a function to its end, or to the end of its round: again and again while it asks by hand.
    pub(super) async fn run<'a, T: Send + 'a>(
        &'a self,
        ctx: &'a Context,
        run: impl Fn() -> BoxFuture<'a, Result<T, Error>> + Send + 'a,
    ) -> Result<Result<T, Error>, Abort> {
        let outcome = self.guard(run(), ctx).await?;
        match outcome.map_err(Error::into_input_required) {
            Ok(value) => Ok(Ok(value)),
            Err(Err(error)) => Ok(Err(error)),
            Err(Ok(required)) => {
                let rounds = self.limits.rounds;
                self.guard(Box::pin(in_turns(ctx, required, rounds, run)), ctx).await
            }
        }
    }

    pub(super) fn guard<'a, T>(
        &'a self,
        function: BoxFuture<'a, T>,
        ctx: &'a Context,
    ) -> Guarded<'a, T> {
        Guarded::new(function, ctx, &self.limits)
    }

    /// A result without metadata of its own.
    pub(super) fn result(
        &self,
        request: &Request<'_>,
        write: impl FnOnce(&mut JsonWriter<'_>),
    ) -> Vec<u8> {
        self.result_with_meta(request, None, write)
    }

    pub(super) fn result_with_meta(
        &self,
        request: &Request<'_>,
        meta: Option<&Map<String, Value>>,
        write: impl FnOnce(&mut JsonWriter<'_>),
    ) -> Vec<u8> {
        self.style.result(&request.id, request.revision, meta, write)
    }

    /// Refuses a result that is too large for the client.
    pub(super) fn check_size(&self, message: &[u8]) -> Result<(), RpcError> {
        let max = self.limits.result_bytes;
        if message.len() > max {
            return Err(RpcError::internal(
                "result_too_large",
                format!("the result has more than {max} bytes"),
            ));
        }
        Ok(())
    }
}

/// Asks what is required and runs the function again, until it asks no more.
pub(super) async fn in_turns<'a, T>(
    ctx: &Context,
    mut required: InputRequired,
    rounds: u32,
    run: impl Fn() -> BoxFuture<'a, Result<T, Error>>,
) -> Result<T, Error> {
    for _ in 0..rounds {
        ctx.ask_required(required).await?;
        match run().await.map_err(Error::into_input_required) {
            Ok(value) => return Ok(value),
            Err(Err(error)) => return Err(error),
            Err(Ok(more)) => required = more,
        }
    }
    let message = format!("the call has more than {rounds} rounds of questions");
    Err(RpcError::internal("too_many_rounds", message).into())
}
