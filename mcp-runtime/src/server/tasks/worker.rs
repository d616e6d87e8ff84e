//! Runs tasks.

use std::{
    borrow::Cow,
    sync::{Arc, Weak},
    time::Duration,
};

use serde_json::value::RawValue;
use tokio::{
    sync::OwnedSemaphorePermit,
    task::AbortHandle,
    time::{Instant, MissedTickBehavior, interval_at, sleep, timeout},
};

use crate::{
    context::{CallInfo, CallOutbox, Cancellation, Client, Context, LogThreshold, Outbox},
    effects::{Effects, TaskHandle},
    primitives::{Call, CompiledTool, Error, ToolResult},
    protocol::{JsonWriter, RequestId, RpcError},
    server::{
        Limits,
        core::Core,
        dispatch::in_turns,
        guard::{Abort, Guarded},
    },
    tasks::{Fence, Outcome, Owner, Release, StoreError, TaskRecord, TaskStore, sweep_on_time},
};

/// Between two sweeps.
const SWEEP: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// Between two reports of one task.
const REPORT_INTERVAL: Duration = Duration::from_millis(100);

pub(super) fn start(core: &Arc<Core>) -> Vec<AbortHandle> {
    let store = Arc::clone(&core.tasks.store);
    let work = tokio::spawn(work(Arc::downgrade(core), Arc::clone(&store)));
    let sweep = tokio::spawn(async move { sweep_on_time(&*store, SWEEP.0, SWEEP.1).await });
    vec![work.abort_handle(), sweep.abort_handle()]
}

/// Takes tasks and runs them, until the server stops.
async fn work(core: Weak<Core>, store: Arc<dyn TaskStore>) {
    let Ok(name) = worker_name() else {
        tracing::error!("no task is run: the operating system gives no random bytes");
        return;
    };
    let mut news = store.watch_work();
    loop {
        let Some(strong) = core.upgrade() else { return };
        let tasks = Arc::clone(&strong.tasks);
        let Ok(slot) = Arc::clone(&tasks.slots).acquire_owned().await else { return };
        if strong.is_stopping() {
            return;
        }
        match claim(&strong, &name).await {
            Ok(Some(record)) => {
                tokio::spawn(run(strong, record, slot));
            }
            Ok(None) => {
                drop(slot);
                drop(strong);
                tokio::select! {
                    () = news.changed() => {}
                    () = tasks.freed.notified() => {}
                }
            }
            Err(error) => {
                tracing::error!(%error, "no task can be taken");
                let retry = match error {
                    StoreError::Unavailable { retry, .. } => retry,
                    _ => Duration::from_secs(1),
                };
                drop((slot, strong));
                sleep(retry).await;
            }
        }
    }
}

fn worker_name() -> Result<String, getrandom::Error> {
    let mut random = [0; 8];
    getrandom::fill(&mut random)?;
    Ok(format!("{}-{:016x}", std::process::id(), u64::from_be_bytes(random)))
}

/// The next task of a tool that has a place.
async fn claim(core: &Core, worker: &str) -> Result<Option<TaskRecord>, StoreError> {
    let catalog = core.catalog();
    let tools: Vec<&str> = {
        let running = core.tasks.running();
        let has_place = |tool: &&Arc<CompiledTool>| {
            let max = tool.tool.task.as_ref().and_then(|task| task.concurrency);
            let count = running.get(tool.tool.name()).copied().unwrap_or(0);
            max.is_none_or(|max| count < max)
        };
        catalog.task_tools().iter().filter(has_place).map(|tool| tool.tool.name()).collect()
    };
    if tools.is_empty() {
        return Ok(None);
    }
    let record = core.tasks.store.claim(worker, &tools, core.limits.task_lease).await?;
    if let Some(record) = &record {
        *core.tasks.running().entry(record.request.tool.clone()).or_insert(0) += 1;
    }
    Ok(record)
}

/// A place among the tasks that run, given back when it is dropped.
struct Place<'a> {
    core: &'a Core,
    tool: &'a str,
    _slot: OwnedSemaphorePermit,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(count) = self.core.tasks.running().get_mut(self.tool) {
            *count = count.saturating_sub(1);
        }
        self.core.tasks.freed.notify_one();
    }
}

/// How the run of a task has ended.
enum End {
    /// With this outcome.
    Done(Outcome),
    /// Somebody else has it, or it was cancelled.
    Lost,
    /// The server stops.
    Stopped,
}

async fn run(core: Arc<Core>, record: TaskRecord, slot: OwnedSemaphorePermit) {
    let _place = Place { core: &core, tool: &record.request.tool, _slot: slot };
    let (store, fence) = (&*core.tasks.store, record.fence());
    let ended = match core.catalog().tools.get(&record.request.tool) {
        Some(tool) => drive(&core, tool, &record).await,
        None => End::Done(Outcome::Error(RpcError::internal("tool", "the tool is gone"))),
    };
    let written = match ended {
        End::Done(outcome) => {
            tracing::debug!(tool = record.request.tool, status = %outcome.status(), "a task has ended");
            finish(store, fence, outcome, core.limits.task_lease).await
        }
        End::Lost => {
            tracing::debug!(tool = record.request.tool, "a task is not this worker's any more");
            Ok(())
        }
        End::Stopped => store.release(fence, Release::Interrupted).await,
    };
    if let Err(error) = written {
        tracing::error!(%error, tool = record.request.tool, "the end of a task cannot be kept");
    }
}

/// Keeps the outcome, and does not give up while the task is this worker's.
async fn finish(
    store: &dyn TaskStore,
    fence: Fence,
    mut outcome: Outcome,
    lease: Duration,
) -> Result<(), StoreError> {
    let give_up = Instant::now() + lease;
    loop {
        match store.finish(fence, outcome.clone()).await {
            Err(error @ StoreError::Full(_)) if !outcome.is_small() => {
                outcome = Outcome::Error(RpcError::internal("too_many_bytes", error.to_string()));
            }
            Err(StoreError::Unavailable { retry, .. }) if Instant::now() < give_up => {
                sleep(retry).await;
            }
            finished => return finished,
        }
    }
}

/// Runs the function to its end, and keeps the task meanwhile.
async fn drive(core: &Arc<Core>, tool: &CompiledTool, record: &TaskRecord) -> End {
    let store = &core.tasks.store;
    let (fence, owner) = (record.fence(), &record.request.owner);
    let lease = core.limits.task_lease;
    let task = TaskHandle::new(Arc::clone(store), record, lease);
    let journal = if record.journal.is_empty() { &record.request.journal } else { &record.journal };
    let effects = match Effects::of_task(task.clone(), journal, record.request.ttl) {
        Ok(effects) => effects,
        Err(error) => return End::Done(Outcome::Error(error.into())),
    };
    let cancellation = Cancellation::default();
    let ctx = context(core, record, effects, cancellation.clone());
    let limit = tool.tool.task.as_ref().and_then(|task| task.time_limit);
    let limit = limit.unwrap_or(record.request.ttl);
    let limits = Limits { call_idle: limit, call_total: limit, ..core.limits.clone() };
    let call = || {
        let arguments = Cow::Borrowed(record.request.arguments.get());
        tool.call(Call::new(ctx.clone(), &tool.input, arguments, ""))
    };
    let rounds = core.limits.rounds;
    let function = async {
        match call().await.map_err(Error::into_input_required) {
            Ok(result) => Ok(result),
            Err(Err(error)) => Err(error),
            Err(Ok(required)) => in_turns(&ctx, required, rounds, call).await,
        }
    };
    let mut function = Guarded::new(Box::pin(function), &ctx, &limits);
    let mut changes = store.watch(fence.id);
    // An interval of zero is none.
    let pause = (lease / 4).max(Duration::from_millis(1));
    let mut renewal = interval_at(Instant::now() + pause, pause);
    renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last_report: Option<Instant> = None;
    let report = async |last: Option<Instant>| {
        task.reported().await;
        if let Some(last) = last {
            tokio::time::sleep_until(last + REPORT_INTERVAL).await;
        }
    };
    let mut giving_back = core.tasks.giving_back.subscribe();
    let given_back = async {
        tokio::select! {
            _ = giving_back.wait_for(|it| *it) => {}
            // Where nobody waits for tasks when the server stops.
            () = async { core.stopping().await; sleep(core.limits.drain).await } => {}
        }
    };
    tokio::pin!(given_back);
    loop {
        tokio::select! {
            outcome = &mut function => {
                // What it has told last stays with the task.
                let _ = task.flush().await;
                return End::Done(outcome_of(core, tool, record, outcome));
            }
            _ = renewal.tick() => {
                if is_lost(store.renew(fence, lease).await) {
                    return End::Lost;
                }
            }
            () = changes.changed() => {
                let status = store.get(owner, fence.id).await.map(|it| (it.status, it.token));
                let held = |(status, token): &(crate::tasks::TaskStatus, u64)| {
                    !status.is_terminal() && *token == fence.token
                };
                if matches!(&status, Ok(it) if !held(it)) || matches!(status, Err(StoreError::Unknown)) {
                    cancellation.cancel();
                    // So that the function can tidy up.
                    let _ = timeout(Duration::ZERO, &mut function).await;
                    return End::Lost;
                }
            }
            () = report(last_report) => {
                if is_lost(task.flush().await) {
                    return End::Lost;
                }
                last_report = Some(Instant::now());
            }
            () = &mut given_back => return End::Stopped,
        }
    }
}

/// Whether the store says that the task is not this worker's any more. That it cannot be reached
/// says nothing of the kind.
fn is_lost(result: Result<(), StoreError>) -> bool {
    match result {
        Ok(()) => false,
        Err(StoreError::Unavailable { cause, .. }) => {
            tracing::warn!(error = %cause, "the task store is not available");
            false
        }
        Err(_) => true,
    }
}

fn context(
    core: &Arc<Core>,
    record: &TaskRecord,
    effects: Effects,
    cancellation: Cancellation,
) -> Context {
    let request = &record.request;
    let id = RequestId::from(&*record.id().to_string());
    let principal = request.principal.clone().or_else(|| request.owner.principal());
    #[cfg(feature = "auth")]
    let principal = match (&core.http.auth, principal) {
        (Some(auth), Some(principal)) => Some(auth.with_scope_rule(principal)),
        (_, principal) => principal,
    };
    // Nobody reads along: what a task has to say is on the task.
    let outbox = Outbox::new(0, 0);
    outbox.close();
    Context::new(CallInfo {
        id,
        revision: request.revision,
        client: Client { capabilities: Arc::clone(&request.capabilities), info: None },
        principal,
        is_only_client: request.owner == Owner::Process,
        progress_token: None,
        log: LogThreshold::Request(None),
        trace: None,
        span: tracing::debug_span!("task", tool = request.tool, attempt = record.attempts),
        cancellation: cancellation.clone(),
        last_progress: Default::default(),
        outbox: CallOutbox::new(Arc::new(outbox), cancellation),
        place: Weak::new(),
        states: Arc::clone(&core.states),
        effects,
        #[cfg(feature = "http")]
        http: None,
    })
}

fn outcome_of(
    core: &Core,
    tool: &CompiledTool,
    record: &TaskRecord,
    outcome: Result<Result<ToolResult, Error>, Abort>,
) -> Outcome {
    let outcome = match outcome {
        Ok(outcome) => core.tool_outcome(tool, record.request.revision, outcome),
        Err(Abort::TimedOut) => Err(RpcError::internal("timeout", "the task took too long")),
        Err(_) => Err(crate::primitives::internal_error()),
    };
    let result = match outcome {
        Ok(result) => result,
        Err(error) => return Outcome::Error(error.in_revision(record.request.revision)),
    };
    let (json, is_error) = match write(&result, record, tool) {
        json if json.len() <= core.limits.result_bytes => (json, result.is_error()),
        _ => {
            let max = core.limits.result_bytes;
            let error = ToolResult::error(format!("the result has more than {max} bytes"));
            (write(&error, record, tool), true)
        }
    };
    let json = String::from_utf8(json).ok().and_then(|json| RawValue::from_string(json).ok());
    match json {
        Some(result) => Outcome::Result { result: result.into(), is_error },
        None => Outcome::Error(crate::primitives::internal_error()),
    }
}

/// The result as the revision that has created the task has it.
fn write(result: &ToolResult, record: &TaskRecord, tool: &CompiledTool) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    let mut object = JsonWriter::object(&mut out);
    result.write(&mut object, record.request.revision, tool.wrap_output);
    object.optional("_meta", result.meta());
    object.end();
    out
}
