//! Questions as real requests, in the sessions of the older revisions.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use serde_json::value::RawValue;
use tokio::{sync::oneshot, time::timeout};

use super::{AskError, Question, journal::Answered};
use crate::{
    backend::SharedSession,
    context::{Context, notification},
    primitives::Error,
    protocol::{ErrorCode, JsonWriter, RequestId, RpcError},
};

/// What the id of a question begins with.
pub(crate) const ASK: &str = "ask-";

/// The requests that one client has not answered yet.
#[derive(Debug)]
pub(crate) struct Asks {
    table: Mutex<Table>,
    max: usize,
    /// By which the answer can come by way of another process.
    shared: OnceLock<SharedSession>,
}

#[derive(Debug, Default)]
struct Table {
    open: HashMap<RequestId, oneshot::Sender<Answer>>,
    closed: bool,
}

/// A result, or the client's error.
pub(crate) type Answer = Result<Box<RawValue>, RpcError>;

impl Asks {
    /// So many at once at most.
    pub(crate) fn new(max: usize) -> Self {
        Self { table: Mutex::default(), max, shared: OnceLock::new() }
    }

    /// From here on, other processes bring answers as well.
    pub(crate) fn share(&self, shared: SharedSession) {
        // A session is shared once.
        let _ = self.shared.set(shared);
    }

    pub(crate) fn is_open(&self, id: &RequestId) -> bool {
        self.lock().open.contains_key(id)
    }

    pub(crate) fn open_ids(&self) -> Vec<RequestId> {
        self.lock().open.keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the client's answer to a request; `false` when there is no such request.
    pub(crate) fn answer(&self, id: &RequestId, answer: Answer) -> bool {
        let waiting = self.lock().open.remove(id);
        waiting.is_some_and(|waiting| waiting.send(answer).is_ok())
    }

    /// The client is gone and answers nothing more.
    pub(crate) fn close(&self) {
        let mut table = self.lock();
        table.closed = true;
        table.open.clear();
    }

    fn open(&self) -> Result<(RequestId, oneshot::Receiver<Answer>), Error> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        let id = RequestId::from(&*format!("{ASK}{:032x}", u128::from_be_bytes(random)));
        let mut table = self.lock();
        if table.closed {
            return Err(gone());
        }
        if table.open.len() >= self.max {
            return Err(Error::new("too many questions to this client wait for an answer"));
        }
        let (answer, answered) = oneshot::channel();
        table.open.insert(id.clone(), answer);
        Ok((id, answered))
    }
}

fn gone() -> Error {
    AskError::Failed("the client is gone".to_owned()).into()
}

/// A request that waits for its answer. Dropped before, it is withdrawn.
struct Ask<'a> {
    asks: &'a Asks,
    ctx: &'a Context,
    id: RequestId,
}

impl Drop for Ask<'_> {
    fn drop(&mut self) {
        if self.asks.lock().open.remove(&self.id).is_none() {
            return;
        }
        let message = notification("notifications/cancelled", |params| {
            params.member("requestId", &self.id);
            params.member("reason", "the server waits no longer");
        });
        // A client that does not read is not told.
        let _ = self.ctx.info().outbox.try_push(message.into());
    }
}

/// Asks the client; `None` when it does not answer within `patience`.
///
/// # Errors
///
/// The client's own, and when the client is gone.
pub(super) async fn ask(
    ctx: &Context,
    asks: &Asks,
    question: &Question,
    patience: Duration,
) -> Result<Option<Answered>, Error> {
    match ask_raw(ctx, asks, question, patience).await? {
        None => Ok(None),
        Some(Ok(answer)) => Ok(Some(Answered { to: question.fingerprint(), answer, after: 0 })),
        Some(Err(error)) => Err(refused(&error)),
    }
}

/// As [`ask`], with whatever the client answers.
pub(super) async fn ask_raw(
    ctx: &Context,
    asks: &Asks,
    question: &Question,
    patience: Duration,
) -> Result<Option<Answer>, Error> {
    let effects = &ctx.info().effects;
    let _waiting = effects.wait();
    let (id, answered) = asks.open()?;
    let ask = Ask { asks, ctx, id };
    if let Some(shared) = asks.shared.get()
        && let Err(error) = shared.expect_answer(&ask.id, patience).await
    {
        tracing::warn!(%error, "only this process can take the answer to a question");
    }
    ctx.info().outbox.push(request(&ask.id, question).into()).await;
    let answer = tokio::select! {
        answer = timeout(patience, answered) => answer,
        over = effects.ended() => return Err(over),
    };
    ctx.info().last_progress.set();
    match answer {
        Err(_) => Ok(None),
        Ok(Err(_)) => Err(gone()),
        Ok(Ok(answer)) => Ok(Some(answer)),
    }
}

fn request(id: &RequestId, question: &Question) -> Vec<u8> {
    let mut out = Vec::with_capacity(128 + question.params.get().len());
    let mut message = JsonWriter::object(&mut out);
    message.raw("jsonrpc", b"\"2.0\"");
    message.member("id", id);
    message.member("method", &question.method);
    message.raw("params", question.params.get().as_bytes());
    message.end();
    out
}

/// The client's error, for the function. -1 is what a client answers whose user says no.
fn refused(error: &RpcError) -> Error {
    let why: String = error.message().chars().take(256).collect();
    Error::from(match error.code() {
        ErrorCode::REJECTED => AskError::Refused(why),
        ErrorCode::METHOD_NOT_FOUND => {
            AskError::Failed(format!("the client does not know that: {why}"))
        }
        code => AskError::Failed(format!("the client failed with {}: {why}", code.value())),
    })
}
