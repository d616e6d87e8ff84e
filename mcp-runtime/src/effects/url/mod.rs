//! Sending the user to a web page, for what must not pass through the client: payments,
//! credentials, the consent of a third party (client/elicitation, "URL Mode").

mod check;
mod pages;
mod store;

use std::{
    fmt,
    future::IntoFuture,
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use serde_json::{json, value::RawValue};
use tokio::time::timeout;

pub use pages::{UrlElicitation, UrlElicitations};
pub use store::{UrlElicitationRecord, UrlElicitationStore};

pub(crate) use store::MemoryStore;
#[cfg(feature = "redis")]
pub(crate) use store::URL_KEPT;

use super::{
    Asking, Elicited, Question,
    elicit::{UserAnswer, to_json},
    journal::Fingerprint,
    state::Key,
};
use crate::{
    context::{Context, FromContext as _, notification},
    primitives::{BoxFuture, Error},
    protocol::{ClientCapability, ErrorCode, JsonWriter, Revision, RpcError},
    server::ServerHandle,
};

const METHOD: &str = "elicitation/create";

/// What became of a user who was sent to a URL.
///
/// ```
/// use mcp_runtime::UrlElicited;
///
/// assert!(UrlElicited::Completed.completed());
/// assert!(!UrlElicited::TimedOut.completed());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[must_use = "a user who was asked has not paid yet"]
pub enum UrlElicited {
    /// The application's own page has said that the user is done.
    Completed,
    /// The user did not want to open the URL.
    Declined,
    /// The user has closed the question without an answer, or has cancelled on the page.
    Cancelled,
    /// The user has not answered, or has not finished, in time.
    TimedOut,
}

impl UrlElicited {
    /// Whether the user has done what the page is for.
    #[must_use]
    pub fn completed(self) -> bool {
        self == Self::Completed
    }
}

/// The state of a URL elicitation in the journal of its call.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct AskedUrl {
    id: String,
    url: String,
    deadline: SystemTime,
    outcome: Option<UrlElicited>,
}

impl Context {
    /// Sends the user to a web page of the application, and waits until the page says that the user
    /// is done: for payments, credentials and whatever else the client must not see.
    ///
    /// `url` makes the URL from an id that nobody can guess. Its page asks
    /// [`ServerHandle::url_elicitations`] for the id, makes sure that its user is who was asked, and
    /// [completes](UrlElicitation::complete) it. That the user has agreed to open the URL counts for
    /// nothing by itself.
    ///
    /// The URL is https, or http to this machine. It names no user and has no more than 2,048
    /// bytes. Put no personal data and no credentials into it: the client sees it.
    ///
    /// The function can run again from its start before this returns, as for
    /// [`elicit`](Self::elicit); `url` is called once. In 2026-07-28 a call waits for the page
    /// [`Limits::url_wait`](crate::Limits::url_wait) in each round, and then has its client ask the
    /// user again.
    ///
    /// # Errors
    ///
    /// When the client cannot send its user to a URL (no client before 2025-11-25 can; -32021 in
    /// 2026-07-28), or fails; when the URL is refused, or too many users are on their way. What the
    /// user does is no error.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    /// use std::time::Duration;
    ///
    /// /// Pay in the browser.
    /// #[mcp_tool]
    /// async fn secure_payment(amount: u32, ctx: Context) -> Result<&'static str> {
    ///     let paid = ctx
    ///         .elicit_url(format!("Please pay ${amount}"), |id| {
    ///             format!("https://shop.example.com/pay/{id}")
    ///         })
    ///         .timeout(Duration::from_secs(300))
    ///         .await?;
    ///     Ok(if paid.completed() { "paid" } else { "not paid" })
    /// }
    /// ```
    pub fn elicit_url<'a, U: Into<String>>(
        &'a self,
        message: impl Into<String>,
        url: impl FnOnce(&str) -> U + Send + 'a,
    ) -> ElicitUrlRequest<'a> {
        ElicitUrlRequest {
            ctx: self,
            message: message.into(),
            url: Box::new(|id| url(id).into()),
            key: Key::Derived("url"),
            patience: None,
            plain: false,
            refuses: false,
        }
    }
}

/// A user who is to be sent to a URL; `.await` does it. Made by [`Context::elicit_url`].
#[must_use = "a user is asked by `.await`"]
pub struct ElicitUrlRequest<'a> {
    ctx: &'a Context,
    message: String,
    url: Box<dyn FnOnce(&str) -> String + Send + 'a>,
    key: Key,
    patience: Option<Duration>,
    plain: bool,
    refuses: bool,
}

impl ElicitUrlRequest<'_> {
    /// Names the question. By default its name is made from the message.
    ///
    /// Within a call a key belongs to one question: in a loop it has the number of the turn in it.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Key::Given(key.into());
        self
    }

    /// How long the user has to agree and to finish; without it,
    /// [`Limits::question_timeout`](crate::Limits::question_timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.patience = Some(timeout);
        self
    }

    /// Lets the URL be http to any host, which everyone on the way can read and change: for networks
    /// of one's own.
    pub fn insecure_http(mut self) -> Self {
        self.plain = true;
        self
    }

    /// Refuses the call instead of waiting within it, in sessions of 2025-11-25: with -32042, which
    /// shows the URL to the user. The client calls again later, and that is another call: the
    /// function has to know by itself that the user has finished, before it asks. In 2026-07-28 this
    /// changes nothing. The server does not tell the client when the user has finished.
    ///
    /// For what lasts longer than a call, such as signing in to another service.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// # #[derive(Clone)] struct Tokens;
    /// # impl Tokens { fn of(&self, _: &Principal) -> Option<String> { None } }
    /// /// List the user's calendar.
    /// #[mcp_tool]
    /// async fn calendar(user: Principal, State(tokens): State<Tokens>, ctx: Context) -> Result<String> {
    ///     if tokens.of(&user).is_none() {
    ///         let url = |id: &str| format!("https://example.com/connect/{id}");
    ///         let _ = ctx.elicit_url("Connect your calendar", url).refuse_until_done().await?;
    ///     }
    ///     let token = tokens.of(&user).ok_or_else(|| Error::new("no calendar is connected"))?;
    ///     Ok(token)
    /// }
    /// ```
    pub fn refuse_until_done(mut self) -> Self {
        self.refuses = true;
        self
    }
}

impl<'a> IntoFuture for ElicitUrlRequest<'a> {
    type Output = Result<UrlElicited, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.ask())
    }
}

impl ElicitUrlRequest<'_> {
    async fn ask(self) -> Result<UrlElicited, Error> {
        let Self { ctx, message, url, key, patience, plain, refuses } = self;
        let effects = &ctx.info().effects;
        let patience = patience.unwrap_or(effects.timeout);
        let text = serde_json::value::to_raw_value(&message).map_err(Error::internal)?;
        let key = match key {
            Key::Given(key) => ctx.scoped(&key),
            Key::Derived(about) => {
                effects.derive_key(&ctx.scoped(about), Fingerprint::of(METHOD, &text))?
            }
        };
        let ServerHandle { core } = ServerHandle::from_context(ctx)?;
        let asked = match effects.with_journal(|journal| journal.urls.get(&key).cloned())? {
            Some(AskedUrl { outcome: Some(outcome), .. }) => return Ok(outcome),
            Some(asked) => asked,
            None => {
                ctx.require(ClientCapability::ElicitationUrl)?;
                let asked = AskedUrl::new(url, plain, patience)?;
                let record = UrlElicitationRecord::new(&message, ctx.principal(), asked.deadline);
                core.url_elicitations.open(&asked.id, &record).await?;
                effects.with_journal(|it| it.urls.insert(key.clone(), asked.clone()))?;
                asked
            }
        };
        let rounds = effects.with_journal(|journal| journal.round)?;
        let replays = matches!(effects.asking, Asking::Replay);
        let asks_again = replays && rounds < core.limits.rounds;
        let mut waiting = Waiting {
            ctx,
            store: Arc::clone(&core.url_elicitations),
            asked,
            round: if asks_again { core.limits.url_wait } else { Duration::MAX },
            over: false,
        };
        let question = waiting.question(&text)?;
        if refuses && ctx.revision() == Revision::V2025_11_25 {
            waiting.over = true;
            let data = json!({ "elicitations": [question.params] });
            return Err(RpcError::new(ErrorCode::URL_ELICITATION_REQUIRED, message)
                .with_data(data)
                .into());
        }
        // Between rounds it is the page that has to be in time, not the client.
        let patience = if replays { Duration::MAX } else { patience };
        let outcome = waiting.outcome(&key, question, patience).await?;
        waiting.over = true;
        effects.with_journal(|journal| {
            if let Some(asked) = journal.urls.get_mut(&key) {
                asked.outcome = Some(outcome);
            }
        })?;
        Ok(outcome)
    }
}

impl AskedUrl {
    fn new(
        url: Box<dyn FnOnce(&str) -> String + Send + '_>,
        plain: bool,
        patience: Duration,
    ) -> Result<Self, Error> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        let id = format!("{:032x}", u128::from_be_bytes(random));
        let url = url(&id);
        check::check(&url, plain)
            .map_err(|why| Error::internal(format!("a URL for the user is refused: {why}")))?;
        let now = SystemTime::now();
        let deadline = now
            .checked_add(patience)
            .ok_or_else(|| Error::internal("a time-out is longer than the calendar"))?;
        Ok(Self { id, url, deadline, outcome: None })
    }

    fn remaining(&self) -> Duration {
        self.deadline.duration_since(SystemTime::now()).unwrap_or_default()
    }
}

/// A call that waits for the user. Dropped for good before the end, it takes no completion any more.
struct Waiting<'a> {
    ctx: &'a Context,
    store: Arc<dyn UrlElicitationStore>,
    asked: AskedUrl,
    /// How long to wait before the client is asked again.
    round: Duration,
    over: bool,
}

impl Waiting<'_> {
    fn question(&self, message: &RawValue) -> Result<Question, Error> {
        let mut params = Vec::with_capacity(128 + message.get().len() + self.asked.url.len());
        let mut object = JsonWriter::object(&mut params);
        object.raw("mode", b"\"url\"");
        object.raw("message", message.get().as_bytes());
        object.member("url", &self.asked.url);
        if !self.ctx.revision().is_stateless() {
            object.member("elicitationId", &self.asked.id);
        }
        object.end();
        Ok(Question {
            method: METHOD.into(),
            params: to_json(params)?,
            needs: ClientCapability::ElicitationUrl,
        })
    }

    async fn outcome(
        &self,
        key: &str,
        question: Question,
        patience: Duration,
    ) -> Result<UrlElicited, Error> {
        loop {
            let read = |answer: &RawValue| UserAnswer::read(answer)?.consent(|_| Ok(()));
            let (asked, question) = (key.to_owned(), question.clone());
            let answer = self.ctx.ask_as(asked, question, Some(patience), read).await?;
            let refused = match answer {
                Some(Elicited::Accepted(())) => None,
                Some(Elicited::Declined) => Some(UrlElicited::Declined),
                Some(Elicited::Cancelled) => Some(UrlElicited::Cancelled),
                Some(Elicited::TimedOut) | None => Some(UrlElicited::TimedOut),
            };
            if let Some(outcome) = refused {
                self.store.close(&self.asked.id, outcome).await?;
                return Ok(outcome);
            }
            if let Some(outcome) = self.closed().await? {
                return Ok(outcome);
            }
            // The consent is used up: the client is asked under the same key again.
            self.ctx.info().effects.settle(key, None)?;
        }
    }

    /// What became of a user who has agreed; `None` when this round has waited long enough.
    async fn closed(&self) -> Result<Option<UrlElicited>, Error> {
        let info = self.ctx.info();
        let id = &*self.asked.id;
        let remaining = self.asked.remaining();
        let _waiting = info.effects.wait();
        let closed = tokio::select! {
            closed = timeout(remaining.min(self.round), self.store.closed(id)) => closed,
            over = info.effects.ended() => return Err(over),
        };
        info.last_progress.set();
        let outcome = match closed {
            Ok(outcome) => outcome?,
            Err(_) if self.round < remaining => return Ok(None),
            Err(_) if self.store.close(id, UrlElicited::TimedOut).await? => UrlElicited::TimedOut,
            // In the last moment.
            Err(_) => self.store.outcome(id).await?.unwrap_or(UrlElicited::TimedOut),
        };
        if outcome.completed() && !self.ctx.revision().is_stateless() {
            let message = notification("notifications/elicitation/complete", |params| {
                params.member("elicitationId", id);
            });
            info.outbox.push(message.into()).await;
        }
        Ok(Some(outcome))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.over || self.ctx.info().effects.runs_again() {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (store, id) = (Arc::clone(&self.store), std::mem::take(&mut self.asked.id));
            runtime.spawn(async move { store.close(&id, UrlElicited::Cancelled).await });
        }
    }
}

impl fmt::Debug for ElicitUrlRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ElicitUrlRequest").field("key", &self.key).finish_non_exhaustive()
    }
}
