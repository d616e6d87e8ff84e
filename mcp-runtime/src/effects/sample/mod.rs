//! The client's model, or the server's own, and what they are asked.
//!
//! [`Context::sample`] asks. Where the client has no model for the question, the [`Sampler`] of the
//! server answers, if it has one.
//!
//! The specification deprecates sampling in 2026-07-28: clients may drop it, and a server that needs
//! a model has a [`Sampler`] of its own. It works in every revision all the same.

mod answer;
mod preferences;
mod request;
mod sampler;
mod tools;
mod turns;
mod typed;

use std::{fmt, future::IntoFuture, time::Duration};

use self::turns::Talk;
use super::state::Key;
use crate::{
    context::Context,
    primitives::{BoxFuture, Error, IntoPrompt, PromptResult, Result, Tool},
};

pub(crate) use self::sampler::OwnModel;
pub use self::{
    answer::{Sampled, StopReason},
    preferences::{IncludeContext, ModelPreferences},
    request::{ModelMessage, ModelRequest, ModelTool, ToolChoice},
    sampler::{ModelAnswer, Sampler},
    typed::SampleJson,
};

/// How many tokens an answer has at most, unless the question says otherwise.
const MAX_TOKENS: u32 = 1024;
/// How often a model with tools is asked, unless the question says otherwise.
const MAX_ITERATIONS: u32 = 5;

impl Context {
    /// Asks the client's model; where the client has none, the server's own
    /// ([`Server::sampler`](crate::Server::sampler)).
    ///
    /// `prompt` is what a prompt function can return: text, which the user says, one
    /// [`PromptMessage`](crate::PromptMessage) or several. A model reads text, pictures and sounds:
    /// of a resource it gets the text, of a link the name and the URI.
    ///
    /// The function can run again from its start before this returns: in 2026-07-28, where the
    /// client sends its request again with the answer. The user of the client may read and change
    /// what is asked and answered: it is no secret, and no proof.
    ///
    /// Sampling is deprecated by the specification in 2026-07-28, and works.
    ///
    /// # Errors
    ///
    /// When there is no model that can be asked (-32021 in 2026-07-28), the user does not want it,
    /// or there is no answer: [`Error::ask_error`] tells.
    ///
    /// ```
    /// use mcp_runtime::{prelude::*, sampling::ModelPreferences};
    /// use std::time::Duration;
    ///
    /// /// Sum up a text.
    /// #[mcp_tool]
    /// async fn summarize(text: String, ctx: Context) -> Result<String> {
    ///     let answer = ctx
    ///         .sample(format!("Sum up in one sentence: {text}"))
    ///         .system("You are brief.")
    ///         .max_tokens(200)
    ///         .temperature(0.2)
    ///         .stop(["END"])
    ///         .prefer(ModelPreferences::new().hint("haiku").speed(0.8))
    ///         .timeout(Duration::from_secs(60))
    ///         .key("summary")
    ///         .await?;
    ///     Ok(answer.text())
    /// }
    /// ```
    pub fn sample(&self, prompt: impl IntoPrompt) -> SampleRequest<'_> {
        SampleRequest {
            ctx: self,
            prompt: prompt.into_prompt(),
            model: ModelRequest::new(MAX_TOKENS),
            tools: Vec::new(),
            max_iterations: MAX_ITERATIONS,
            key: Key::Derived("sample"),
            patience: None,
        }
    }
}

/// A question to a model; `.await` asks it. Made by [`Context::sample`].
#[must_use = "a question is asked by `.await`"]
pub struct SampleRequest<'a> {
    ctx: &'a Context,
    prompt: Result<PromptResult>,
    model: ModelRequest,
    tools: Vec<Tool>,
    max_iterations: u32,
    key: Key,
    patience: Option<Duration>,
}

impl SampleRequest<'_> {
    /// What the model is told before the conversation. The client may change it, or leave it out.
    pub fn system(mut self, system: impl Into<String>) -> Self {
        self.model.system = Some(system.into());
        self
    }

    /// How many tokens the answer has at most. 1,024.
    pub fn max_tokens(mut self, max_tokens: u32) -> Self {
        self.model.max_tokens = max_tokens;
        self
    }

    /// How freely the model chooses its words: 0 for the likeliest ones. The model's own by default;
    /// a number that is not finite counts as none.
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.model.temperature = Some(temperature).filter(|it| it.is_finite());
        self
    }

    /// Texts at which the model stops.
    pub fn stop<S: Into<String>>(mut self, stop: impl IntoIterator<Item = S>) -> Self {
        self.model.stop.extend(stop.into_iter().map(Into::into));
        self
    }

    /// Which model is wanted. The client decides.
    pub fn prefer(mut self, preferences: ModelPreferences) -> Self {
        self.model.preferences = Some(preferences);
        self
    }

    /// Asks the client to show the model what it has of its servers. It is left out for a client
    /// of 2025-11-25 or newer that does not declare `sampling.context`.
    pub fn include_context(mut self, include: IncludeContext) -> Self {
        self.model.include_context = Some(include);
        self
    }

    /// Tools that the model can call (2025-11-25 and newer). Their functions run here, in the
    /// [`Context`] of this call, and the model is asked again with what they give until it calls no
    /// more.
    ///
    /// The client's model makes up the arguments: give it only tools that the caller may use. They
    /// are checked as those of any call. A tool that fails, and a call of a tool that is not among
    /// these, is told to the model. The calls of one turn run at the same time; a turn with more
    /// than 32 is not taken.
    ///
    /// In 2026-07-28 each turn of the model is a round of questions, of which a call has
    /// [`Limits::rounds`](crate::Limits::rounds), and the client carries the answers and what the
    /// tools gave from round to round, up to [`Limits::state_bytes`](crate::Limits::state_bytes):
    /// let tools give little. What a tool gave is kept, so that it does not run again. One that asks
    /// the client itself runs again from its start, as any function does.
    ///
    /// What a tool reports as progress is not sent to the client.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// The population of a country.
    /// #[mcp_tool(read_only)]
    /// async fn population(country: String) -> Option<u64> {
    ///     (country == "Iceland").then_some(380_000)
    /// }
    ///
    /// /// Answer a question about countries.
    /// #[mcp_tool]
    /// async fn ask(question: String, ctx: Context) -> Result<String> {
    ///     let answer = ctx.sample(question).tools(tools![population]).max_iterations(4).await?;
    ///     Ok(answer.text())
    /// }
    /// ```
    pub fn tools(mut self, tools: impl IntoIterator<Item = Tool>) -> Self {
        self.tools.extend(tools);
        self
    }

    /// How often a model with tools is asked at most; at least once. 5.
    ///
    /// The last time it is told to call no tool (`toolChoice`), so that it comes to an end. If it
    /// calls one all the same, no tool runs, and the outcome is
    /// [`AskError::TooManyTurns`](crate::AskError::TooManyTurns).
    pub fn max_iterations(mut self, max_iterations: u32) -> Self {
        self.max_iterations = max_iterations.max(1);
        self
    }

    /// How long one answer of the model can take; without it,
    /// [`Limits::question_timeout`](crate::Limits::question_timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.patience = Some(timeout);
        self
    }

    /// Names the question. By default its name is made from what is asked, so that a question that
    /// changes is another one. The turns of a model with tools are `{key}/1`, `{key}/2` and so on.
    ///
    /// Within a call a key belongs to one question: in a loop it has the number of the turn in it.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Key::Given(key.into());
        self
    }
}

impl<'a> SampleRequest<'a> {
    /// Asks for a value: the model is told the JSON Schema of `T`, and its answer is read as JSON,
    /// with or without words around it.
    ///
    /// An answer that does not fit is shown to the model once, with what is wrong with it, as
    /// the question `{key}/repair`.
    ///
    /// # Errors
    ///
    /// As for [`Context::sample`]; [`AskError::Unusable`](crate::AskError::Unusable) when the
    /// second answer does not fit either.
    ///
    /// ```
    /// use mcp_runtime::{JsonSchema, prelude::*, serde::Deserialize};
    ///
    /// #[derive(Deserialize, JsonSchema)]
    /// # #[serde(crate = "mcp_runtime::serde")]
    /// # #[schemars(crate = "mcp_runtime::schemars")]
    /// struct Plan {
    ///     /// What to do, in order.
    ///     steps: Vec<String>,
    /// }
    ///
    /// /// Plan a trip.
    /// #[mcp_tool]
    /// async fn plan(city: String, ctx: Context) -> Result<String> {
    ///     let plan = ctx.sample(format!("Plan a day in {city}.")).json::<Plan>().await?;
    ///     Ok(plan.steps.join(", then "))
    /// }
    /// ```
    pub fn json<T>(self) -> SampleJson<'a, T> {
        SampleJson::new(self)
    }

    fn into_talk(self) -> Result<Talk<'a>, Error> {
        let Self { ctx, prompt, model, tools, max_iterations, key, patience } = self;
        Talk::new(ctx, prompt?, model, tools, key, patience, max_iterations)
    }
}

impl<'a> IntoFuture for SampleRequest<'a> {
    type Output = Result<Sampled>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.into_talk()?.answer().await?.into_sampled()) })
    }
}

impl fmt::Debug for SampleRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SampleRequest").field("key", &self.key).finish_non_exhaustive()
    }
}
