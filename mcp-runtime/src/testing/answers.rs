//! What the client answers when the server asks it for something.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;
use serde_json::{Value, json};

use super::inner::to_value;
use crate::protocol::{ErrorCode, RequestId};

/// Something that the server has asked the client.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Question {
    /// The key by which a server of 2026-07-28 knows it.
    pub key: Option<String>,
    /// For example `elicitation/create`.
    pub method: String,
    /// The parameters, as they came.
    pub params: Value,
}

impl Question {
    /// What the user is asked; empty for questions that are not for the user.
    #[must_use]
    pub fn message(&self) -> &str {
        self.params.get("message").and_then(Value::as_str).unwrap_or_default()
    }

    /// The schema of the form; `null` for other questions.
    #[must_use]
    pub fn schema(&self) -> &Value {
        self.params.get("requestedSchema").unwrap_or(&Value::Null)
    }

    /// Where the user is sent; empty for other questions.
    #[must_use]
    pub fn url(&self) -> &str {
        self.params.get("url").and_then(Value::as_str).unwrap_or_default()
    }
}

/// What the client answers to a [`Question`].
///
/// ```
/// use mcp_runtime::{prelude::*, testing::{Answer, TestClient}};
/// use serde_json::json;
///
/// /// Delete everything.
/// #[mcp_tool]
/// async fn wipe(ctx: Context) -> Result<&'static str> {
///     Ok(if ctx.confirm("Delete everything?").await? { "gone" } else { "kept" })
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> mcp_runtime::Result<()> {
/// let server = Server::new("example", "1.0.0").tools(tools![wipe]);
/// let client = TestClient::builder(server).answers([Answer::decline()]).connect().await?;
/// assert_eq!(client.call("wipe", json!({})).await?.text(), "kept");
/// assert_eq!(client.asked()[0].message(), "Delete everything?");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Answer(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Result(Value),
    Error { code: i32, message: String },
    Silence,
}

impl Answer {
    /// The user fills in a form. Nothing checks whether this fits it: that is for the server.
    ///
    /// # Panics
    ///
    /// When there is no JSON for it.
    #[track_caller]
    pub fn accept(content: impl Serialize) -> Self {
        Self::result(json!({ "action": "accept", "content": to_value(content) }))
    }

    /// The user agrees to open a URL, or accepts a form without content.
    pub fn consent() -> Self {
        Self::result(json!({ "action": "accept" }))
    }

    /// The user says no.
    pub fn decline() -> Self {
        Self::result(json!({ "action": "decline" }))
    }

    /// The user closes the question.
    pub fn cancel() -> Self {
        Self::result(json!({ "action": "cancel" }))
    }

    /// The client's model says this.
    pub fn sample(text: &str) -> Self {
        Self::result(json!({
            "role": "assistant",
            "content": { "type": "text", "text": text },
            "model": "test model",
            "stopReason": "endTurn",
        }))
    }

    /// This result, whatever it is.
    ///
    /// # Panics
    ///
    /// When there is no JSON for it.
    #[track_caller]
    pub fn result(result: impl Serialize) -> Self {
        Self(Kind::Result(to_value(result)))
    }

    /// The client refuses with an error. In 2026-07-28 there are none: the request that was asked
    /// about has no result then.
    pub fn error(code: i32, message: impl Into<String>) -> Self {
        Self(Kind::Error { code, message: message.into() })
    }

    /// Nobody answers.
    pub fn silence() -> Self {
        Self(Kind::Silence)
    }

    /// The answer as a message, for the revisions in which the question is a request.
    pub(super) fn to_message(&self, id: &RequestId) -> Option<Vec<u8>> {
        let message = match &self.0 {
            Kind::Silence => return None,
            Kind::Result(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Kind::Error { code, message } => {
                let error = json!({ "code": code, "message": message });
                json!({ "jsonrpc": "2.0", "id": id, "error": error })
            }
        };
        Some(message.to_string().into_bytes())
    }

    /// The answer as an entry of `inputResponses`; `Err` says why there is none.
    pub(super) fn into_response(self) -> Result<Value, String> {
        match self.0 {
            Kind::Result(result) => Ok(result),
            Kind::Error { message, .. } => Err(format!("the client refuses to answer: {message}")),
            Kind::Silence => Err("the client does not answer".into()),
        }
    }
}

type Answering = dyn Fn(&Question) -> Answer + Send + Sync;

/// The answers of one client, and what it has been asked.
#[derive(Clone, Default)]
pub(super) struct Script(Arc<State>);

#[derive(Default)]
struct State {
    prepared: Mutex<VecDeque<Answer>>,
    answering: Option<Box<Answering>>,
    asked: Mutex<Vec<Question>>,
}

impl Script {
    pub(super) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let prepared = Mutex::new(answers.into_iter().collect());
        Self(Arc::new(State { prepared, ..State::default() }))
    }

    pub(super) fn answering(
        answering: impl Fn(&Question) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(State { answering: Some(Box::new(answering)), ..State::default() }))
    }

    pub(super) fn answer(&self, question: Question) -> Answer {
        let prepared = lock(&self.0.prepared).pop_front();
        let answer = match (prepared, &self.0.answering) {
            (Some(answer), _) => answer,
            (None, Some(answering)) => answering(&question),
            (None, None) if question.method == "ping" => return Answer::result(json!({})),
            (None, None) => {
                let message = format!("the test has no answer to `{}`", question.method);
                Answer::error(ErrorCode::METHOD_NOT_FOUND.value(), message)
            }
        };
        lock(&self.0.asked).push(question);
        answer
    }

    pub(super) fn asked(&self) -> Vec<Question> {
        lock(&self.0.asked).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Script")
    }
}
