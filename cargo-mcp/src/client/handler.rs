//! What the client does with what the server says and asks.

use std::sync::{Mutex as Lock, PoisonError};

use rmcp::{
    ClientHandler, RoleClient,
    model::{
        ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult, ElicitationAction,
        ElicitationCapability, ErrorData, FormElicitationCapability, Implementation,
        ProgressNotificationParam, ProtocolVersion, TASKS_EXTENSION_ID, UrlElicitationCapability,
    },
    service::{NotificationContext, RequestContext},
};
use tokio::{
    sync::{Mutex, watch},
    time::Instant,
};

use super::progress::{Bar, Progress};
use crate::{asking::Asker, error::Error};

/// Shows progress, and answers questions.
pub(crate) struct Handler {
    pub(super) bar: Bar,
    /// One question at a time.
    asker: Mutex<Asker>,
    /// Why a question could not be answered, for the first one.
    failure: Lock<Option<Error>>,
    heard: watch::Sender<Heard>,
}

/// What is known of the server's life.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard {
    /// When it was heard last.
    pub(super) at: Instant,
    /// Whether it waits for the user.
    pub(super) is_asking: bool,
}

impl Handler {
    pub(super) fn new(asker: Asker) -> Self {
        Self {
            bar: Bar::default(),
            asker: Mutex::new(asker),
            failure: Lock::default(),
            heard: watch::Sender::new(Heard { at: Instant::now(), is_asking: false }),
        }
    }

    /// Tells from now on when the server was heard last.
    pub(super) fn hear(&self) -> watch::Receiver<Heard> {
        self.heard.send_modify(|heard| heard.at = Instant::now());
        self.heard.subscribe()
    }

    pub(super) fn is_asking(&self) -> bool {
        self.heard.borrow().is_asking
    }

    /// Why a question could not be answered.
    pub(super) fn failure(&self) -> Option<Error> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Answers a question. Where nobody can, the answer is no consent.
    pub(super) async fn answer(&self, question: &ElicitRequestParams) -> ElicitResult {
        let mut asker = self.asker.lock().await;
        self.bar.clear();
        self.heard.send_modify(|heard| heard.is_asking = true);
        let answer = asker.answer(question).await;
        self.heard.send_replace(Heard { at: Instant::now(), is_asking: false });
        answer.unwrap_or_else(|error| {
            let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
            failure.get_or_insert(error);
            ElicitResult::new(ElicitationAction::Cancel)
        })
    }
}

impl ClientHandler for Handler {
    fn get_info(&self) -> ClientConfig {
        let mut capabilities = ClientCapabilities::default();
        capabilities.elicitation = Some(
            ElicitationCapability::new()
                .with_form(FormElicitationCapability::default())
                .with_url(UrlElicitationCapability::default()),
        );
        capabilities
            .extensions
            .get_or_insert_default()
            .insert(TASKS_EXTENSION_ID.to_owned(), serde_json::Map::new());
        let mut config =
            ClientConfig::default().with_protocol_version(ProtocolVersion::V_2025_11_25);
        config.client_info = Implementation::new("cargo-mcp", env!("CARGO_PKG_VERSION"));
        config.capabilities = capabilities;
        config
    }

    async fn create_elicitation(
        &self,
        question: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        Ok(self.answer(&question).await)
    }

    async fn on_progress(
        &self,
        progress: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        let ProgressNotificationParam { progress: done, total, message, .. } = progress;
        let message = message.as_deref().unwrap_or_default();
        if !self.is_asking() {
            self.bar.show(&Progress { done, total, message });
        }
        self.heard.send_modify(|heard| heard.at = Instant::now());
    }
}
