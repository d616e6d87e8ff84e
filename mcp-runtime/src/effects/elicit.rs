use std::{fmt, future::IntoFuture, time::Duration};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Elicit, Field, Form, FormAnswer, FormFaults, Question, state::Key};
use crate::{
    context::Context,
    primitives::{BoxFuture, Error},
    protocol::{ClientCapability, JsonWriter, Revision},
};

/// What became of a question to the user.
///
/// Only [`Accepted`](Self::Accepted) is consent: an answer that says no, a closed form and silence
/// are told apart, and none of them holds a value.
///
/// ```
/// use mcp_runtime::{Elicited, prelude::*};
///
/// #[derive(Elicit)]
/// struct Size {
///     /// In cm.
///     height: u32,
/// }
///
/// /// Measure.
/// #[mcp_tool]
/// async fn measure(ctx: Context) -> Result<String> {
///     Ok(match ctx.elicit::<Size>("How tall are you?").await? {
///         Elicited::Accepted(size) => format!("{} cm", size.height),
///         Elicited::Declined => "as you like".into(),
///         _ => "nobody there".into(),
///     })
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a question that is not accepted is no consent"]
pub enum Elicited<T> {
    /// The user has answered.
    Accepted(T),
    /// The user has said no.
    Declined,
    /// The user has closed the question without an answer.
    Cancelled,
    /// The user has not answered in time.
    TimedOut,
}

impl<T> Elicited<T> {
    /// The answer, where there is one.
    pub fn into_accepted(self) -> Option<T> {
        match self {
            Self::Accepted(answer) => Some(answer),
            _ => None,
        }
    }

    /// The answer; everything else ends the call with an error that the model reads.
    ///
    /// # Errors
    ///
    /// When the user has not accepted.
    pub fn accepted(self) -> Result<T, Error> {
        Err(Error::new(match self {
            Self::Accepted(answer) => return Ok(answer),
            Self::Declined => "the user has declined",
            Self::Cancelled => "the user has cancelled the question",
            Self::TimedOut => "the user has not answered in time",
        }))
    }
}

impl Context {
    /// Asks the user to fill in a form.
    ///
    /// The function can run again from its start before this returns: in 2026-07-28, where the
    /// client sends its request again with the answer. Ask first and act last, or act in a
    /// [`step`](Self::step).
    ///
    /// The answer has been checked against the form. One that does not fit is asked for again.
    ///
    /// # Errors
    ///
    /// When the client cannot show forms (-32021 in 2026-07-28), or fails. What the user does is no
    /// error.
    ///
    /// ```
    /// use mcp_runtime::{Elicited, prelude::*};
    /// use std::time::Duration;
    ///
    /// #[derive(Elicit)]
    /// struct Seat {
    ///     /// By the window?
    ///     window: bool,
    /// }
    ///
    /// /// Reserve a seat.
    /// #[mcp_tool]
    /// async fn reserve(ctx: Context) -> Result<String> {
    ///     let seat = ctx
    ///         .elicit::<Seat>("Which seat?")
    ///         .key("seat")
    ///         .timeout(Duration::from_secs(60))
    ///         .await?
    ///         .accepted()?;
    ///     Ok(if seat.window { "12A" } else { "12C" }.into())
    /// }
    /// ```
    pub fn elicit<T: Elicit>(&self, message: impl Into<String>) -> ElicitRequest<'_, T> {
        ElicitRequest {
            ask: AskForm::new(self, message.into(), short_name::<T>()),
            form: T::form(),
            read: T::from_answer,
        }
    }

    /// Asks the user to fill in a form that is made at run time. Otherwise as
    /// [`elicit`](Self::elicit).
    ///
    /// ```
    /// use mcp_runtime::{Field, Form, prelude::*};
    ///
    /// /// Rate something.
    /// #[mcp_tool]
    /// async fn rate(things: Vec<String>, ctx: Context) -> Result<String> {
    ///     let form = Form::new().field("best", Field::choice(things).title("The best one"));
    ///     let answer = ctx.elicit_form("Which is the best?", form).await?.accepted()?;
    ///     Ok(answer.get("best")?)
    /// }
    /// ```
    pub fn elicit_form(
        &self,
        message: impl Into<String>,
        form: Form,
    ) -> ElicitRequest<'_, FormAnswer> {
        let ask = AskForm::new(self, message.into(), "form");
        ElicitRequest { ask, form, read: |answer| Ok(answer.clone()) }
    }

    /// Asks the user yes or no. Only a yes is `true`: no, a closed question and silence are `false`.
    ///
    /// # Errors
    ///
    /// As for [`elicit`](Self::elicit).
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// Delete everything.
    /// #[mcp_tool]
    /// async fn wipe(ctx: Context) -> Result<&'static str> {
    ///     Ok(if ctx.confirm("Delete everything?").await? { "gone" } else { "kept" })
    /// }
    /// ```
    pub async fn confirm(&self, message: impl Into<String>) -> Result<bool, Error> {
        let ask = AskForm::new(self, message.into(), "confirm");
        let answer = ask.ask(&Form::new(), |_| Ok(())).await?;
        Ok(matches!(answer, Elicited::Accepted(())))
    }

    /// Lets the user choose one of `options`.
    ///
    /// # Errors
    ///
    /// As for [`elicit`](Self::elicit); and when there is no option, or two are the same.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// Order a pizza.
    /// #[mcp_tool]
    /// async fn pizza(ctx: Context) -> Result<String> {
    ///     let size = ctx.choose("Which size?", ["small", "large"]).await?.accepted()?;
    ///     Ok(format!("a {size} pizza"))
    /// }
    /// ```
    pub async fn choose<S: Into<String>>(
        &self,
        message: impl Into<String>,
        options: impl IntoIterator<Item = S>,
    ) -> Result<Elicited<String>, Error> {
        let options: Vec<String> = options.into_iter().map(Into::into).collect();
        let form = Form::new().field("choice", Field::choice(options));
        let ask = AskForm::new(self, message.into(), "choose");
        ask.ask(&form, |answer| answer.get("choice").map_err(|it| it.to_string())).await
    }
}

/// A question to the user; `.await` asks it. Made by [`Context::elicit`].
#[must_use = "a question is asked by `.await`"]
pub struct ElicitRequest<'a, T> {
    ask: AskForm<'a>,
    form: Form,
    read: fn(&FormAnswer) -> Result<T, FormFaults>,
}

impl<T> ElicitRequest<'_, T> {
    /// Names the question. By default its name is made from the type and the message, so that
    /// a question that changes is another one.
    ///
    /// Within a call a key belongs to one question: in a loop it has the number of the turn in it.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.ask.key = Key::Given(key.into());
        self
    }

    /// How long the user has for the answer; without it,
    /// [`Limits::question_timeout`](crate::Limits::question_timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.ask.patience = Some(timeout);
        self
    }
}

impl<'a, T: Send + 'static> IntoFuture for ElicitRequest<'a, T> {
    type Output = Result<Elicited<T>, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let read = |answer: &FormAnswer| (self.read)(answer).map_err(|it| it.to_string());
            self.ask.ask(&self.form, read).await
        })
    }
}

impl<T> fmt::Debug for ElicitRequest<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ElicitRequest").field("key", &self.ask.key).finish_non_exhaustive()
    }
}

/// The name of a type without its path.
fn short_name<T>() -> &'static str {
    let name = std::any::type_name::<T>();
    let name = name.split('<').next().unwrap_or(name);
    name.rsplit("::").next().unwrap_or(name)
}

struct AskForm<'a> {
    ctx: &'a Context,
    message: String,
    key: Key,
    patience: Option<Duration>,
}

impl<'a> AskForm<'a> {
    fn new(ctx: &'a Context, message: String, about: &'static str) -> Self {
        Self { ctx, message, key: Key::Derived(about), patience: None }
    }

    async fn ask<T>(
        self,
        form: &Form,
        read: impl Fn(&FormAnswer) -> Result<T, String>,
    ) -> Result<Elicited<T>, Error> {
        let revision = self.ctx.revision();
        if revision < Revision::V2025_06_18 {
            // No client of these has forms.
            self.ctx.require(ClientCapability::ElicitationForm)?;
        }
        let schema = form.requested_schema(revision)?;
        let mut params = Vec::with_capacity(64 + self.message.len() + schema.get().len());
        let mut object = JsonWriter::object(&mut params);
        if revision >= Revision::V2025_11_25 {
            object.raw("mode", b"\"form\"");
        }
        object.member("message", &self.message);
        object.raw("requestedSchema", schema.get().as_bytes());
        object.end();
        let question = Question {
            method: "elicitation/create".into(),
            params: to_json(params)?,
            needs: ClientCapability::ElicitationForm,
        };
        let read = |answer: &RawValue| {
            UserAnswer::read(answer)?.consent(|content| {
                let answer = form.check(content).map_err(|faults| faults.to_string())?;
                read(&answer)
            })
        };
        let answer = self.ctx.ask(self.key, question, self.patience, read).await?;
        Ok(answer.unwrap_or(Elicited::TimedOut))
    }
}

/// Bytes that a `JsonWriter` has written.
pub(super) fn to_json(bytes: Vec<u8>) -> Result<Box<RawValue>, Error> {
    let text = String::from_utf8(bytes).map_err(Error::internal)?;
    RawValue::from_string(text).map_err(Error::internal)
}

/// `ElicitResult` of the schema.
#[derive(Deserialize)]
pub(super) struct UserAnswer<'a> {
    action: Action,
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Accept,
    Decline,
    Cancel,
}

impl<'a> UserAnswer<'a> {
    pub(super) fn read(answer: &'a RawValue) -> Result<Self, String> {
        serde_json::from_str(answer.get())
            .map_err(|_| "it has no `action` of `accept`, `decline` or `cancel`".to_owned())
    }

    pub(super) fn consent<T>(
        self,
        read: impl FnOnce(Option<&RawValue>) -> Result<T, String>,
    ) -> Result<Elicited<T>, String> {
        Ok(match self.action {
            Action::Accept => Elicited::Accepted(read(self.content)?),
            Action::Decline => Elicited::Declined,
            Action::Cancel => Elicited::Cancelled,
        })
    }
}
