use std::{future::Future, sync::Arc};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{ModelRequest, StopReason};
use crate::{
    primitives::{BoxFuture, Result},
    protocol::Role,
    server::Server,
};

/// A model of the server's own, for clients that have none: a provider's API, or one that runs
/// beside the server. [`Server::sampler`] gives it to a server.
///
/// ```
/// use mcp_runtime::{
///     prelude::*,
///     sampling::{ModelAnswer, ModelRequest, Sampler, StopReason},
/// };
/// # struct Provider;
/// # struct Completion { text: String, cut: bool }
/// # impl Provider {
/// #     async fn complete(&self, system: Option<String>, messages: String, max: u32) -> Result<Completion> {
/// #         Ok(Completion { text: messages, cut: false })
/// #     }
/// # }
///
/// impl Sampler for Provider {
///     async fn sample(&self, request: ModelRequest) -> Result<ModelAnswer> {
///         let messages = serde_json::to_string(&request.messages)?;
///         let completion = self.complete(request.system, messages, request.max_tokens).await?;
///         let stop = if completion.cut { StopReason::MaxTokens } else { StopReason::EndTurn };
///         Ok(ModelAnswer::text("provider-1", completion.text).with_stop_reason(stop))
///     }
/// }
///
/// let server = Server::new("writer", "1.0.0").sampler(Provider);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Sampler`",
    label = "cannot answer in place of the client's model"
)]
pub trait Sampler: Send + Sync + 'static {
    /// Gives the model's answer.
    ///
    /// It can call the tools of the request, unless the request says that it may not: their results
    /// come with the next request, whose messages are those of this one and two more.
    ///
    /// # Errors
    ///
    /// An error is the outcome of [`Context::sample`](crate::Context::sample). It is not asked
    /// again.
    fn sample(&self, request: ModelRequest) -> impl Future<Output = Result<ModelAnswer>> + Send;
}

/// The answer of a [`Sampler`].
///
/// ```
/// use mcp_runtime::sampling::ModelAnswer;
/// use serde_json::json;
///
/// let answer = ModelAnswer::text("provider-1", "I look it up.").with_tool_call(
///     "call-1",
///     "population",
///     [("country".into(), json!("Iceland"))],
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct ModelAnswer {
    role: Role,
    content: Vec<Value>,
    model: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_reason: Option<StopReason>,
}

impl ModelAnswer {
    /// Blocks of the types `text`, `image`, `audio` and `tool_use`, as `SamplingMessageContentBlock`
    /// of the protocol's schema has them, and the model that says it.
    pub fn new(model: impl Into<String>, content: Vec<Value>) -> Self {
        Self { role: Role::Assistant, content, model: model.into(), stop_reason: None }
    }

    /// A text, and the model that says it.
    pub fn text(model: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(model, vec![json!({ "type": "text", "text": text.into() })])
    }

    /// Adds the call of a tool. `id` is another one for each call of an answer.
    pub fn with_tool_call(
        mut self,
        id: impl Into<String>,
        name: impl Into<String>,
        arguments: impl IntoIterator<Item = (String, Value)>,
    ) -> Self {
        let input: Map<_, _> = arguments.into_iter().collect();
        self.content.push(json!({
            "type": "tool_use",
            "id": id.into(),
            "name": name.into(),
            "input": input,
        }));
        self
    }

    /// Says why the model has stopped.
    pub fn with_stop_reason(mut self, reason: StopReason) -> Self {
        self.stop_reason = Some(reason);
        self
    }
}

/// A [`Sampler`] of any type.
trait AnySampler: Send + Sync {
    fn sample(&self, request: ModelRequest) -> BoxFuture<'_, Result<ModelAnswer>>;
}

impl<S: Sampler> AnySampler for S {
    fn sample(&self, request: ModelRequest) -> BoxFuture<'_, Result<ModelAnswer>> {
        Box::pin(Sampler::sample(self, request))
    }
}

/// The [`Sampler`] of a server, as a state.
#[derive(Clone)]
pub(crate) struct OwnModel(Arc<dyn AnySampler>);

impl OwnModel {
    pub(crate) fn new(sampler: impl Sampler) -> Self {
        Self(Arc::new(sampler))
    }

    pub(super) async fn sample(&self, request: ModelRequest) -> Result<ModelAnswer> {
        self.0.sample(request).await
    }
}

impl Server {
    /// Gives the server a model of its own, which [`Context::sample`](crate::Context::sample) asks
    /// where the client has no `sampling`, or no `sampling.tools` for a question with tools.
    ///
    /// See [`Sampler`].
    pub fn sampler(self, sampler: impl Sampler) -> Self {
        self.state(OwnModel::new(sampler))
    }
}
