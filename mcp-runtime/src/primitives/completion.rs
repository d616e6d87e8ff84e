use std::{collections::BTreeMap, fmt, future::Future, sync::Arc};

use super::{BoxFuture, Error, Result};
use crate::context::RequestContext;

/// What the user has typed of an argument, and what is known besides.
///
/// ```
/// use mcp_runtime::CompletionRequest;
///
/// /// The cities of the country that is filled in already.
/// async fn cities(request: CompletionRequest) -> Vec<&'static str> {
///     let cities: &[&str] = match request.arguments.get("country").map(String::as_str) {
///         Some("Norway") => &["Bergen", "Oslo"],
///         _ => &[],
///     };
///     cities.iter().copied().filter(|city| city.starts_with(&request.value)).collect()
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CompletionRequest {
    /// What stands in the field so far.
    pub value: String,
    /// The arguments that are filled in already (sent from 2025-06-18).
    pub arguments: BTreeMap<String, String>,
    /// Who asks.
    pub context: RequestContext,
}

/// Values to offer for an argument.
///
/// The protocol takes 100; of more, the first 100 are sent, with the note that there are more.
///
/// ```
/// use mcp_runtime::Completions;
///
/// let completions = Completions::new(["Ada", "Alan"]).with_total(1200);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Completions {
    pub(crate) values: Vec<String>,
    pub(crate) total: Option<usize>,
}

impl Completions {
    /// These values.
    #[must_use]
    pub fn new<S: Into<String>>(values: impl IntoIterator<Item = S>) -> Self {
        Self { values: values.into_iter().map(Into::into).collect(), total: None }
    }

    /// How many values there are in all, where that is more than are given.
    #[must_use]
    pub fn with_total(mut self, total: usize) -> Self {
        self.total = Some(total);
        self
    }
}

impl<S: Into<String>> From<Vec<S>> for Completions {
    fn from(values: Vec<S>) -> Self {
        Self::new(values)
    }
}

impl<S: Into<String>, const N: usize> From<[S; N]> for Completions {
    fn from(values: [S; N]) -> Self {
        Self::new(values)
    }
}

/// What offers values for an argument, ready to be asked.
#[derive(Clone)]
pub struct Completer(
    Arc<dyn Fn(CompletionRequest) -> BoxFuture<'static, Result<Completions>> + Send + Sync>,
);

impl Completer {
    pub(crate) fn complete(
        &self,
        request: CompletionRequest,
    ) -> BoxFuture<'static, Result<Completions>> {
        (self.0)(request)
    }

    fn from_list(values: Vec<String>) -> Self {
        let values: Arc<[String]> = values.into();
        Self(Arc::new(move |request| {
            let typed = request.value.to_lowercase();
            let fitting = values.iter().filter(|it| it.to_lowercase().starts_with(&typed));
            let completions = Completions::new(fitting.cloned());
            Box::pin(async move { Ok(completions) })
        }))
    }
}

impl fmt::Debug for Completer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Completer")
    }
}

/// What can offer values for an argument: a list, of which those are offered that start as the user
/// typed; or an async function of a [`CompletionRequest`].
///
/// ```
/// use mcp_runtime::{CompletionRequest, prelude::*};
///
/// async fn cities(request: CompletionRequest) -> Vec<String> {
///     vec![format!("{}ville", request.value)]
/// }
///
/// /// Plan a trip.
/// #[mcp_prompt]
/// async fn trip(
///     #[arg(complete = cities)] city: String,
///     #[arg(complete = ["train", "plane"])] by: String,
/// ) -> String {
///     format!("Plan a trip to {city} by {by}.")
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot complete an argument",
    label = "neither a list of strings nor a function of a `CompletionRequest`",
    note = "give `[\"a\", \"b\"]`, or an `async fn(CompletionRequest) -> Vec<String>`; \
            the function can also return `Completions`, or a `Result` of either"
)]
pub trait Complete<M> {
    /// Makes it ready to be asked.
    fn into_completer(self) -> Completer;
}

/// Marks lists.
#[derive(Debug)]
pub enum List {}

/// Marks functions that return values.
#[derive(Debug)]
pub enum Function {}

/// Marks functions that return a `Result`.
#[derive(Debug)]
pub enum FallibleFunction {}

impl<S: Into<String>, const N: usize> Complete<List> for [S; N] {
    fn into_completer(self) -> Completer {
        Completer::from_list(self.into_iter().map(Into::into).collect())
    }
}

impl Complete<List> for &[&str] {
    fn into_completer(self) -> Completer {
        Completer::from_list(self.iter().map(|&it| it.to_owned()).collect())
    }
}

impl<S: Into<String>> Complete<List> for Vec<S> {
    fn into_completer(self) -> Completer {
        Completer::from_list(self.into_iter().map(Into::into).collect())
    }
}

impl<F, Fut, C> Complete<Function> for F
where
    F: Fn(CompletionRequest) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = C> + Send + 'static,
    C: Into<Completions>,
{
    fn into_completer(self) -> Completer {
        Completer(Arc::new(move |request| {
            let completing = self(request);
            Box::pin(async move { Ok(completing.await.into()) })
        }))
    }
}

impl<F, Fut, C, E> Complete<FallibleFunction> for F
where
    F: Fn(CompletionRequest) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<C, E>> + Send + 'static,
    C: Into<Completions>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn into_completer(self) -> Completer {
        Completer(Arc::new(move |request| {
            let completing = self(request);
            Box::pin(async move {
                match completing.await {
                    Ok(completions) => Ok(completions.into()),
                    Err(error) => Err(Error::from_boxed(error.into())),
                }
            })
        }))
    }
}
