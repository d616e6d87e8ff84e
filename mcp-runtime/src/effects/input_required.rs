use std::{fmt, future::poll_fn, task::Poll};

use serde::Serialize;
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};

use super::{AskError, Question, needs};
use crate::{
    context::Context,
    primitives::{BoxFuture, Error},
};

/// What a function returns, as an error, that asks its client by hand: the questions as the protocol
/// has them, and a text to get back with the answers (`InputRequiredResult` of 2026-07-28).
///
/// The function runs again when the answers are there, and finds them in
/// [`Context::input_responses`]. Clients of older revisions, and those of tasks, are asked by real
/// requests. [`Context::elicit`] and its like do all this and check the answers as well: this is for
/// what they cannot say.
///
/// ```
/// use mcp_runtime::{InputRequired, prelude::*};
/// use serde_json::json;
///
/// /// Greet the user.
/// #[mcp_tool]
/// async fn greet(ctx: Context) -> Result<String> {
///     let Some(answer) = ctx.input_responses()?.remove("user_name") else {
///         return Err(InputRequired::new().ask("user_name", "elicitation/create", json!({
///             "mode": "form",
///             "message": "Who are you?",
///             "requestedSchema": { "type": "object", "properties": { "name": { "type": "string" } } },
///         })).into());
///     };
///     // Nobody has checked it.
///     let name = answer["content"]["name"].as_str().ok_or_else(|| Error::new("no name"))?;
///     Ok(format!("Hello {name}"))
/// }
/// ```
#[derive(Debug, Default)]
#[must_use = "it asks nothing until it is returned"]
pub struct InputRequired {
    requests: Vec<(String, String, Value)>,
    state: Option<String>,
}

impl InputRequired {
    /// Asks nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the client. `params` are those of the method in the revision that the client speaks; the
    /// answer comes back under `key`.
    ///
    /// # Panics
    ///
    /// When there is no JSON for `params`.
    #[track_caller]
    pub fn ask(
        mut self,
        key: impl Into<String>,
        method: impl Into<String>,
        params: impl Serialize,
    ) -> Self {
        let params = match serde_json::to_value(params) {
            Ok(params) => params,
            Err(error) => panic!("these parameters have no JSON: {error}"),
        };
        self.requests.push((key.into(), method.into(), params));
        self
    }

    /// Keeps a text for the next run: [`Context::input_state`]. It travels with the client, sealed.
    pub fn state(mut self, state: impl Into<String>) -> Self {
        self.state = Some(state.into());
        self
    }
}

impl fmt::Display for InputRequired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the function asks for input")
    }
}

impl std::error::Error for InputRequired {}

impl Context {
    /// The answers to all that the call has asked so far by [`InputRequired`], and those that the
    /// client has sent unasked, by their keys. Nobody has checked them.
    ///
    /// # Errors
    ///
    /// When the call is over.
    pub fn input_responses(&self) -> Result<Map<String, Value>, Error> {
        let answers = self.info().effects.answers()?;
        let read = |(key, json): (String, Box<RawValue>)| {
            Some((key, serde_json::from_str(json.get()).ok()?))
        };
        Ok(answers.into_iter().filter_map(read).collect())
    }

    /// The text that the last [`InputRequired`] of the call had.
    ///
    /// # Errors
    ///
    /// When the call is over.
    pub fn input_state(&self) -> Result<Option<String>, Error> {
        self.info().effects.with_journal(|journal| journal.input_state.clone())
    }

    /// Asks all that is required. In 2026-07-28 the round ends here.
    pub(crate) async fn ask_required(&self, required: InputRequired) -> Result<(), Error> {
        let InputRequired { requests, state } = required;
        if requests.is_empty() {
            return Err(Error::internal("an `InputRequired` without a question"));
        }
        let effects = &self.info().effects;
        effects.run_again();
        effects.with_journal(|journal| journal.input_state = state)?;
        let mut asking: Vec<BoxFuture<'_, Result<Option<()>, Error>>> = Vec::new();
        for (key, method, params) in requests {
            let params = to_raw_value(&params).map_err(Error::internal)?;
            let needs = needs(&method, &params);
            let question = Question { method: method.into(), params, needs };
            asking.push(Box::pin(self.ask_as(key, question, None, |_: &RawValue| Ok(()))));
        }
        // All in one go, so that they are of one round.
        poll_fn(|cx| {
            let mut index = 0;
            while let Some(question) = asking.get_mut(index) {
                match question.as_mut().poll(cx) {
                    Poll::Pending => index += 1,
                    Poll::Ready(Ok(Some(()))) => drop(asking.remove(index)),
                    Poll::Ready(Ok(None)) => return Poll::Ready(Err(AskError::TimedOut.into())),
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                }
            }
            if asking.is_empty() { Poll::Ready(Ok::<_, Error>(())) } else { Poll::Pending }
        })
        .await?;
        effects.run_again();
        Ok(())
    }
}
