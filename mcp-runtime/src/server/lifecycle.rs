//! `initialize`, `server/discover`, the log level: how client and server get to know each other.

use std::sync::Arc;

use mcp_auth::Principal;
use serde_json::value::RawValue;

use super::{
    core::{Core, Declared},
    dispatch::Request,
    resources::no_session,
    session::{InFlight, Session},
    tasks,
};
#[cfg(feature = "http")]
use crate::backend::{About, Changes, SharedSession};
use crate::{
    backend::Change,
    context::Client,
    events::{Filter, Sink},
    protocol::{
        ClientCapabilities, JsonWriter, LogLevel, Object, Params, RequestId, Revision, RpcError,
        member, optional_member,
    },
};

/// How many bytes a client can introduce itself with: a session keeps them.
const MAX_INTRODUCTION_BYTES: usize = 64 * 1024;

const TASKS: &[u8] = br#"{"cancel":{},"requests":{"tools":{"call":{}}}}"#;
const LISTED_TASKS: &[u8] = br#"{"list":{},"cancel":{},"requests":{"tools":{"call":{}}}}"#;

impl Declared {
    pub(super) fn any(self) -> bool {
        self.tools || self.prompts || self.resources
    }

    /// Whether the server has what a method that names its target is about.
    pub(crate) fn offers(self, method: &str) -> bool {
        match method {
            "tools/call" => self.tools,
            "tasks/get" | "tasks/update" | "tasks/cancel" => self.tasks,
            "prompts/get" => self.prompts,
            "resources/read" => self.resources,
            _ => true,
        }
    }
}

impl Core {
    /// Opens a session: what the client has sent with `initialize`, and the answer's bytes.
    ///
    /// A version that is not served in this way is answered with the newest that is
    /// (basic/lifecycle, "Version Negotiation").
    pub(crate) fn initialize(
        &self,
        id: &RequestId,
        params: &Params<'_>,
        principal: Option<Principal>,
        unsolicited: Arc<dyn Sink>,
        in_flight: Arc<InFlight>,
        is_only_client: bool,
    ) -> Result<(Session, Vec<u8>), RpcError> {
        let requested: String = member(params.protocol_version, "protocolVersion", "a string")?;
        let introduction = [params.client_info, params.capabilities].into_iter().flatten();
        if introduction.map(|raw| raw.get().len()).sum::<usize>() > MAX_INTRODUCTION_BYTES {
            return Err(RpcError::invalid_params(format!(
                "`clientInfo` and `capabilities` have at most {MAX_INTRODUCTION_BYTES} bytes"
            )));
        }
        let capabilities: Option<Object<ClientCapabilities>> = optional_member(
            params.capabilities,
            "capabilities",
            "an object of client capabilities",
        )?;
        let capabilities = capabilities.map(|Object(it)| it).unwrap_or_default();
        let revision = Revision::parse(&requested)
            .filter(|revision| !revision.is_stateless())
            .unwrap_or(Revision::LATEST_WITH_SESSIONS);
        let info = params.client_info.map(|info| Arc::from(info.to_owned()));
        let capabilities = Arc::new(capabilities.in_revision(revision));
        let client = Client { capabilities, info };
        let owner_is_known = is_only_client || principal.is_some();
        let session = self.session(revision, client, principal, unsolicited, in_flight);
        let message = self.style.result(id, revision, None, |result| {
            result.member("protocolVersion", revision.as_str());
            self.write_capabilities(result, revision, owner_is_known);
            self.info.write(result.key("serverInfo"), revision);
            result.optional("instructions", self.instructions.as_ref());
        });
        Ok((session, message))
    }

    fn session(
        &self,
        revision: Revision,
        client: Client,
        principal: Option<Principal>,
        unsolicited: Arc<dyn Sink>,
        in_flight: Arc<InFlight>,
    ) -> Session {
        self.hear_others();
        // It hears of nothing until it is known to have got the answer to `initialize`.
        let subscription = self.bus.subscribe(Filter::default(), unsolicited, None);
        let max_questions = self.limits.questions_per_session;
        Session::new(revision, client, principal, subscription, in_flight, max_questions)
    }

    /// A session that another process has opened.
    #[cfg(feature = "http")]
    pub(crate) fn shared_session(
        &self,
        shared: SharedSession,
        about: About,
        changes: Changes,
        principal: Option<Principal>,
        unsolicited: Arc<dyn Sink>,
    ) -> Session {
        let client = Client { capabilities: about.capabilities, info: about.info };
        let in_flight = Arc::default();
        let mut session = self.session(about.revision, client, principal, unsolicited, in_flight);
        session.share(shared);
        session.apply(changes);
        session
    }

    pub(super) fn discover(&self, request: &Request<'_>) -> Vec<u8> {
        self.result(request, |result| {
            let newest_first = Revision::newest_first();
            result.member("supportedVersions", &newest_first);
            self.write_capabilities(result, request.revision, false);
            result.optional("instructions", self.instructions.as_ref());
            self.write_cache_hints(request, result, self.cache.lists);
        })
    }

    /// What the server can do follows from what it has.
    pub(crate) fn write_capabilities(
        &self,
        result: &mut JsonWriter<'_>,
        revision: Revision,
        owner_is_known: bool,
    ) {
        let mut capabilities = result.object_at("capabilities");
        if self.declared.tools {
            capabilities.raw("tools", br#"{"listChanged":true}"#);
        }
        if self.declared.resources {
            capabilities.raw("resources", br#"{"subscribe":true,"listChanged":true}"#);
        }
        if self.declared.prompts {
            capabilities.raw("prompts", br#"{"listChanged":true}"#);
        }
        if revision >= Revision::V2025_03_26 && self.catalog().completes() {
            capabilities.raw("completions", b"{}");
        }
        capabilities.raw("logging", b"{}");
        if revision == Revision::V2025_11_25 && self.declared.tasks {
            // Only where it is known whose tasks are whose, they are listed.
            capabilities.raw("tasks", if owner_is_known { LISTED_TASKS } else { TASKS });
        }
        let has_tasks = self.declared.tasks && !self.extensions.contains_key(tasks::EXTENSION);
        if revision.is_stateless() && (has_tasks || !self.extensions.is_empty()) {
            let mut extensions = capabilities.object_at("extensions");
            for (id, settings) in &self.extensions {
                extensions.entry(id, settings);
            }
            if has_tasks {
                extensions.raw(tasks::EXTENSION, b"{}");
            }
            extensions.end();
        }
        capabilities.end();
    }

    pub(super) async fn set_log_level(&self, request: &Request<'_>) -> Result<Vec<u8>, RpcError> {
        let level: LogLevel = member(request.params.level, "level", "a log level such as `info`")?;
        let session = request.session.as_ref().ok_or_else(no_session)?;
        session.set_log_level(level);
        session.tell(Change::LogLevel(level)).await?;
        Ok(self.result(request, |_| {}))
    }
}

/// The client's word for itself, kept for those who ask for it.
pub(crate) fn client_info(raw: Option<&RawValue>) -> Option<Arc<RawValue>> {
    raw.map(|raw| Arc::from(raw.to_owned()))
}
