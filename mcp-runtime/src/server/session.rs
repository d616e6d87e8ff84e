//! What a client of the older revisions has agreed with the server, once, by `initialize`.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};

use bytes::Bytes;
use mcp_auth::Principal;
use serde_json::value::RawValue;

use super::store_refused;
#[cfg(feature = "http")]
use crate::effects::ASK;
use crate::{
    backend::{Change, Changes, SessionSignal, SharedSession},
    context::{CallOutbox, Cancellation, Client, LogThreshold},
    effects::Asks,
    events::{Event, Filter, Subscription},
    protocol::{LogLevel, RequestId, Revision, RpcError},
    tasks::{StoreError, TaskId},
};

/// A session: of one `Mcp-Session-Id` over HTTP, of the process on stdio.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) revision: Revision,
    pub(crate) client: Client,
    pub(crate) principal: Option<Principal>,
    log: Arc<AtomicU8>,
    started: AtomicBool,
    subscription: Subscription,
    pub(crate) in_flight: Arc<InFlight>,
    /// What the client is being asked.
    pub(crate) asks: Arc<Asks>,
    shared: Option<SharedSession>,
    /// What is read first is taken over first.
    refreshing: tokio::sync::Mutex<()>,
    /// The streams on which the client waits for the results of tasks.
    waits: Arc<Waits>,
}

impl Session {
    /// How many bytes the URIs that a client watches can have together.
    pub(super) const MAX_WATCHED_BYTES: usize = 64 * 1024;

    pub(crate) fn new(
        revision: Revision,
        client: Client,
        principal: Option<Principal>,
        subscription: Subscription,
        in_flight: Arc<InFlight>,
        max_questions: usize,
    ) -> Self {
        Self {
            revision,
            client,
            principal,
            log: LogThreshold::for_session(),
            started: AtomicBool::new(false),
            subscription,
            in_flight,
            asks: Arc::new(Asks::new(max_questions)),
            shared: None,
            refreshing: tokio::sync::Mutex::default(),
            waits: Arc::default(),
        }
    }

    /// From here on other processes know the session as well.
    pub(crate) fn share(&mut self, shared: SharedSession) {
        self.asks.share(shared.clone());
        self.shared = Some(shared);
    }

    /// The session as other processes know it.
    pub(crate) fn shared(&self) -> Option<&SharedSession> {
        self.shared.as_ref()
    }

    /// Tells other processes what the client has changed.
    pub(super) async fn tell(&self, change: Change<'_>) -> Result<(), RpcError> {
        let Some(shared) = &self.shared else { return Ok(()) };
        shared.change(change).await.map_err(store_refused)?;
        // What was taken over in the meantime had not seen this change.
        self.refresh().await.map_err(store_refused)?;
        Ok(())
    }

    /// Takes over what the client has changed by way of another process; `false` when the session
    /// has ended.
    pub(crate) async fn refresh(&self) -> Result<bool, StoreError> {
        let Some(shared) = &self.shared else { return Ok(true) };
        let _in_turn = self.refreshing.lock().await;
        let changes = shared.changes().await?;
        Ok(changes.map(|changes| self.apply(changes)).is_some())
    }

    pub(super) fn apply(&self, changes: Changes) {
        if let Some(level) = changes.log_level {
            self.set_log_level(level);
        }
        if changes.started {
            self.start();
        }
        self.subscription.update(|filter| filter.uris = changes.watched);
    }

    /// Tells the client that everything it wants to hear of may have changed.
    pub(crate) fn tell_all(&self, events: &[Event]) {
        self.subscription.tell_all(events);
    }

    pub(crate) fn log_threshold(&self) -> LogThreshold {
        LogThreshold::Session(Arc::clone(&self.log))
    }

    pub(crate) fn set_log_level(&self, level: LogLevel) {
        self.log.store(level as u8, Ordering::Relaxed);
    }

    /// From here on the client hears of changes: it has sent `notifications/initialized`, or a
    /// request that shows that it takes the session as open.
    ///
    /// `false` when that was known.
    pub(crate) fn start(&self) -> bool {
        let starts = !self.started.swap(true, Ordering::Relaxed);
        if starts {
            self.subscription.update(|filter| {
                *filter = Filter { tools: true, prompts: true, resources: true, uris: Vec::new() };
            });
        }
        starts
    }

    /// As [`start`](Self::start), in every process.
    #[cfg(feature = "http")]
    pub(crate) async fn start_everywhere(&self) {
        if self.start()
            && let Err(error) = self.tell(Change::Started).await
        {
            tracing::debug!(%error, "other processes do not know yet that a session has started");
        }
    }

    /// Cancels a request, whichever process answers it.
    #[cfg(feature = "http")]
    pub(crate) async fn cancel_everywhere(&self, id: &RequestId) {
        if !self.in_flight.cancel(id)
            && let Some(shared) = &self.shared
            && let Err(error) = shared.signal(SessionSignal::Cancelled(id.clone())).await
        {
            tracing::warn!(%error, "a request cannot be cancelled");
        }
    }

    /// Takes the client's answer to a question, whichever process has asked.
    ///
    /// # Errors
    ///
    /// When this process has not asked, and the backend is not available.
    #[cfg(feature = "http")]
    pub(crate) async fn take_answer_anywhere(
        &self,
        id: &RequestId,
        answer: Result<&RawValue, RpcError>,
    ) -> Result<(), StoreError> {
        match &self.shared {
            Some(shared) if is_question(id) && !self.asks.is_open(id) => {
                if !shared.bring_answer(id, &answer.map(RawValue::to_owned)).await? {
                    tracing::debug!("a client answers what nobody has asked");
                }
            }
            _ => self.take_answer(id, answer),
        }
        Ok(())
    }

    /// Takes what other processes have brought to the questions that are open.
    #[cfg(feature = "http")]
    pub(crate) async fn take_shared_answers(&self) {
        for question in self.asks.open_ids() {
            self.take_shared_answer(&question).await;
        }
    }

    /// Takes the client's answer that another process has brought, if it has.
    #[cfg(feature = "http")]
    pub(crate) async fn take_shared_answer(&self, id: &RequestId) {
        let Some(shared) = &self.shared else { return };
        match shared.take_answer(id).await {
            Ok(Some(answer)) => {
                self.asks.answer(id, answer);
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "a client's answer cannot be read"),
        }
    }

    /// Takes the client's answer to a request of the server's. One that answers nothing is dropped.
    pub(crate) fn take_answer(&self, id: &RequestId, answer: Result<&RawValue, RpcError>) {
        if !self.asks.answer(id, answer.map(RawValue::to_owned)) {
            tracing::debug!("a client answers a request that nobody waits for");
        }
    }

    /// From here until the guard is dropped, what is told of the task goes by this stream.
    pub(crate) fn wait_for_task(&self, id: TaskId, stream: CallOutbox) -> Wait {
        self.waits.lock().push((id, stream.clone()));
        Wait { waits: Arc::clone(&self.waits), stream }
    }

    /// Tells the client of a task: by one stream on which it waits for the task's result, else by that
    /// of the session, wherever these are.
    pub(crate) async fn tell_of_task(&self, id: TaskId, message: Bytes) {
        if self.tell_of_task_here(id, &message) {
            return;
        }
        if let Some(shared) = &self.shared
            && let Ok(text) = String::from_utf8(message.to_vec())
            && let Err(error) = shared.signal(SessionSignal::OfTask(id, text)).await
        {
            tracing::debug!(%error, "a client does not hear of its task");
        }
        // For a stream that it may open later.
        self.subscription.tell(message);
    }

    /// As [`tell_of_task`](Self::tell_of_task), by the streams of this process; `false` when nobody
    /// reads one.
    pub(crate) fn tell_of_task_here(&self, id: TaskId, message: &Bytes) -> bool {
        let waits = self.waits.lock();
        let mut streams = waits.iter().filter(|(waits_for, _)| *waits_for == id);
        if streams.any(|(_, stream)| stream.try_push(message.clone()).is_ok()) {
            return true;
        }
        let is_read = self.subscription.is_read();
        if is_read {
            self.subscription.tell(message.clone());
        }
        is_read
    }

    pub(crate) fn is_started(&self) -> bool {
        self.started.load(Ordering::Relaxed)
    }

    /// Watches a resource; `false` when the session watches too many, or too much.
    pub(crate) fn watch(&self, uri: String, max: usize) -> bool {
        self.subscription.update(|filter| {
            if filter.uris.contains(&uri) {
                return true;
            }
            let bytes = filter.uris.iter().map(String::len).sum::<usize>() + uri.len();
            if filter.uris.len() >= max || bytes > Self::MAX_WATCHED_BYTES {
                return false;
            }
            filter.uris.push(uri);
            true
        })
    }

    pub(crate) fn unwatch(&self, uri: &str) {
        self.subscription.update(|filter| filter.uris.retain(|watched| watched != uri));
    }
}

/// Whether a question of the server's can have this id.
#[cfg(feature = "http")]
fn is_question(id: &RequestId) -> bool {
    matches!(id, RequestId::String(id) if id.len() == ASK.len() + 32 && id.starts_with(ASK))
}

#[derive(Debug, Default)]
struct Waits(Mutex<Vec<(TaskId, CallOutbox)>>);

impl Waits {
    fn lock(&self) -> MutexGuard<'_, Vec<(TaskId, CallOutbox)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// See [`Session::wait_for_task`].
#[derive(Debug)]
pub(crate) struct Wait {
    waits: Arc<Waits>,
    stream: CallOutbox,
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.waits.lock().retain(|(_, stream)| !stream.is_same(&self.stream));
    }
}

/// The requests of one client that have no answer yet, so that they can be cancelled.
#[derive(Debug, Default)]
pub(crate) struct InFlight(Mutex<HashMap<RequestId, Cancellation>>);

impl InFlight {
    fn lock(&self) -> MutexGuard<'_, HashMap<RequestId, Cancellation>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters a request until the guard is dropped; `None` when its id is in flight already.
    pub(crate) fn enter(
        self: &Arc<Self>,
        id: &RequestId,
        cancellation: &Cancellation,
    ) -> Option<Entered> {
        match self.lock().entry(id.clone()) {
            Entry::Occupied(_) => None,
            Entry::Vacant(vacant) => {
                vacant.insert(cancellation.clone());
                Some(Entered {
                    in_flight: Arc::clone(self),
                    id: id.clone(),
                    cancellation: cancellation.clone(),
                })
            }
        }
    }

    /// Cancels a request, and frees its id at once; one that is unknown or has its answer is left
    /// alone.
    ///
    /// `false` for one that is left alone.
    pub(crate) fn cancel(&self, id: &RequestId) -> bool {
        let cancellation = self.lock().remove(id);
        cancellation.map(|it| it.cancel()).is_some()
    }

    pub(crate) fn cancel_all(&self) {
        let cancelled = std::mem::take(&mut *self.lock());
        cancelled.values().for_each(Cancellation::cancel);
    }

    pub(crate) fn contains(&self, id: &RequestId) -> bool {
        self.lock().contains_key(id)
    }

    pub(crate) fn ids(&self) -> Vec<RequestId> {
        self.lock().keys().cloned().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }
}

/// Keeps a request in flight while it lives.
#[derive(Debug)]
pub(crate) struct Entered {
    in_flight: Arc<InFlight>,
    id: RequestId,
    cancellation: Cancellation,
}

impl Entered {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancellation.is_cancelled()
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut in_flight = self.in_flight.lock();
        // After a cancellation, the id can be that of another request.
        if in_flight.get(&self.id).is_some_and(|entry| entry.is_same(&self.cancellation)) {
            in_flight.remove(&self.id);
        }
    }
}
