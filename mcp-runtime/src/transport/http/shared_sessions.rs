//! Sessions that every process of the endpoint serves, by way of the backend.

use std::{
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use http::StatusCode;
use mcp_auth::Principal;

use super::{
    reply::Refusal,
    sessions::{HttpSession, Sessions},
};
use crate::{
    backend::{Backend, Full, Heard, SessionSignal, SharedSession, Signal, next_heard},
    server::{Core, Session, identity},
    tasks::StoreError,
};

/// How long it is believed that a session lives on.
const BELIEVED: Duration = Duration::from_secs(5);

impl Sessions {
    /// Lets other processes know of a session that is about to open.
    ///
    /// # Errors
    ///
    /// As for [`Sessions::open`]; 503 when the backend is not available.
    pub(super) async fn share(
        self: &Arc<Self>,
        backend: &Arc<dyn Backend>,
        id: &Arc<str>,
        session: &mut Session,
    ) -> Result<(), Refusal> {
        let client = &session.client;
        let owner = owner(session.principal.as_ref());
        let id = Arc::clone(id);
        let (capabilities, info) = (Arc::clone(&client.capabilities), client.info.clone());
        let opened = SharedSession::open(
            backend,
            id,
            session.revision,
            capabilities,
            info,
            owner,
            &self.limits,
        );
        match opened.await {
            Ok(Ok(shared)) => {
                session.share(shared);
                self.hear(backend);
                Ok(())
            }
            Ok(Err(Full(0))) => Err(Refusal::too_many_sessions()),
            Ok(Err(Full(_))) => Err(Refusal::too_many_sessions_of_caller()),
            Err(error) => {
                tracing::error!(%error, "a session cannot be opened");
                Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()).retry_after(1))
            }
        }
    }

    /// The session of this id, whichever process has opened it, if it belongs to the caller.
    ///
    /// # Errors
    ///
    /// When this process does not know the session, and the backend is not available.
    pub(super) async fn find(
        self: &Arc<Self>,
        id: &str,
        principal: Option<&Principal>,
        core: &Core,
    ) -> Result<Option<Arc<HttpSession>>, StoreError> {
        match (self.get(id), &core.backend) {
            // Whoever it does not belong to does not keep it alive either.
            (Some(session), _) if session.session.principal.as_ref() != principal => Ok(None),
            (Some(session), _) => Ok(self.still_lives(session).await),
            (None, Some(backend)) if is_id(id) => self.learn(backend, id, principal, core).await,
            (None, _) => Ok(None),
        }
    }

    /// The session, unless it has ended elsewhere. While the backend is away it is taken to live.
    pub(super) async fn still_lives(&self, session: Arc<HttpSession>) -> Option<Arc<HttpSession>> {
        let Some(shared) = session.session.shared() else { return Some(session) };
        if session.believed_since().elapsed() < BELIEVED.min(self.limits.session_idle / 4)
            && !session.is_stale.load(Ordering::Relaxed)
        {
            return Some(session);
        }
        if session.is_stale.swap(false, Ordering::Relaxed) {
            self.refresh(&session).await;
        }
        match shared.keep().await {
            Ok(true) => {}
            Ok(false) => {
                self.drop_local(&session.id);
                return None;
            }
            // Not every request of the session waits for the backend.
            Err(error) => tracing::debug!(%error, "a session is taken to live"),
        }
        session.believe();
        Some(session)
    }

    /// Takes up a session that another process has opened.
    async fn learn(
        self: &Arc<Self>,
        backend: &Arc<dyn Backend>,
        id: &str,
        principal: Option<&Principal>,
        core: &Core,
    ) -> Result<Option<Arc<HttpSession>>, StoreError> {
        // Listens before it looks, so that it misses no change.
        self.hear(backend);
        let Some((shared, about, changes)) = SharedSession::find(backend, id, &self.limits).await?
        else {
            return Ok(None);
        };
        if about.owner != owner(principal) || !shared.keep().await? {
            return Ok(None);
        }
        let unsolicited = self.unsolicited(Some(about.revision));
        let sink = Arc::clone(&unsolicited) as _;
        let session = core.shared_session(shared, about, changes, principal.cloned(), sink);
        Ok(Some(self.enter(id.into(), session, unsolicited)))
    }

    /// Takes over what the client has changed by way of another process.
    async fn refresh(&self, session: &Arc<HttpSession>) {
        match session.session.refresh().await {
            Ok(true) => {}
            Ok(false) => self.drop_local(&session.id),
            Err(error) => {
                tracing::debug!(%error, "what has changed in a session is looked for later");
                session.is_stale.store(true, Ordering::Relaxed);
            }
        }
    }

    /// From here on, hears what other processes say of sessions. Does nothing the second time.
    fn hear(self: &Arc<Self>, backend: &Arc<dyn Backend>) {
        if self.hears.swap(true, Ordering::Relaxed) {
            return;
        }
        let (mut heard, sessions) = (backend.listen(), Arc::downgrade(self));
        tokio::spawn(async move {
            while let Some(next) = next_heard(&mut heard).await {
                let Some(sessions) = sessions.upgrade() else { return };
                match next {
                    Heard::Signal(Signal::Session(id, signal)) => {
                        if let Some(session) = sessions.peek(&id) {
                            sessions.take(signal, session);
                        }
                    }
                    Heard::Signal(_) => {}
                    Heard::Gap => {
                        tokio::spawn(catch_up(Arc::downgrade(&sessions)));
                    }
                }
            }
        });
    }

    fn take(self: &Arc<Self>, signal: SessionSignal, session: Arc<HttpSession>) {
        let sessions = Arc::clone(self);
        match signal {
            SessionSignal::Changed => {
                tokio::spawn(async move { sessions.refresh(&session).await });
            }
            SessionSignal::Answered(question) if session.session.asks.is_open(&question) => {
                tokio::spawn(async move { session.session.take_shared_answer(&question).await });
            }
            // Who follows a stream listens for himself.
            SessionSignal::Answered(_) | SessionSignal::Written(_) => {}
            SessionSignal::Cancelled(request) => {
                session.session.in_flight.cancel(&request);
            }
            SessionSignal::OfTask(task, message) => {
                session.session.tell_of_task_here(task, &message.into());
            }
            SessionSignal::Ended => sessions.drop_local(&session.id),
        }
    }
}

/// Looks for what may have been missed.
async fn catch_up(sessions: Weak<Sessions>) {
    let all = sessions.upgrade().map(|it| it.all()).unwrap_or_default();
    for session in all {
        let Some(sessions) = sessions.upgrade() else { return };
        sessions.refresh(&session).await;
        session.session.take_shared_answers().await;
    }
}

/// Whose a session is, where the server knows its callers.
fn owner(principal: Option<&Principal>) -> Option<String> {
    principal.map(|_| identity(principal))
}

/// Whether this can be the id of a session.
fn is_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}
