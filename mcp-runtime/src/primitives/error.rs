use std::{error::Error as StdError, fmt};

use super::input::ArgumentError;
use crate::{
    effects::{AskError, InputRequired},
    protocol::{ErrorCode, RpcError},
};

/// The result of a function: any error becomes an [`Error`] with `?`.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong in a function, and who is told.
///
/// * From any error type with `?`, and from [`Error::new`]: a failed call that the model sees and
///   can react to. The message is the error with its sources, separated by colons.
/// * From an [`RpcError`]: the protocol's own error, with its code.
/// * From an [`AskError`]: what the client does not answer. [`Error::ask_error`] gives it back.
/// * [`Error::internal`]: a fault of the server. The client learns that there was one (-32603), the
///   log what it was.
/// * [`Error::resource_not_found`]: the code that the client's revision has for it.
///
/// Like `anyhow::Error`, it is no [`std::error::Error`] itself, so that it can be made from all
/// others.
///
/// ```
/// use mcp_runtime::prelude::*;
///
/// /// Divide.
/// #[mcp_tool]
/// async fn divide(a: f64, b: f64) -> Result<f64> {
///     if b == 0.0 {
///         return Err(Error::new("cannot divide by zero"));
///     }
///     Ok(a / b)
/// }
/// ```
pub struct Error(Box<ErrorKind>);

/// What became of an error on its way out of a function.
pub(crate) enum ErrorKind {
    /// For the model.
    Failed(Box<dyn StdError + Send + Sync>),
    /// Answered as it is.
    Rpc(RpcError),
    /// The client gives no answer to a question.
    Ask(AskError),
    /// It asks by hand and is to run again.
    InputRequired(InputRequired),
    /// For the log.
    Internal(Box<dyn StdError + Send + Sync>),
    ResourceNotFound,
    /// The arguments are wrong; the function did not run.
    Arguments(ArgumentError),
}

impl Error {
    /// A failed call; the model reads `message`.
    #[must_use]
    pub fn new(message: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::from_boxed(message.into())
    }

    /// A fault of the server, for its log. The client reads "internal error" and nothing else.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// Read the settings.
    /// #[mcp_tool]
    /// fn settings() -> Result<String> {
    ///     // The path is nothing for clients.
    ///     std::fs::read_to_string("/etc/example.toml").map_err(Error::internal)
    /// }
    /// ```
    #[must_use]
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Box::new(ErrorKind::Internal(cause.into())))
    }

    /// There is no such resource: -32602 in 2026-07-28, -32002 before, with the URI in the data.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// A note.
    /// #[mcp_resource("notes://{id}")]
    /// async fn note(id: u32) -> Result<String> {
    ///     if id == 7 { Ok("Buy milk.".into()) } else { Err(Error::resource_not_found()) }
    /// }
    /// ```
    #[must_use]
    pub fn resource_not_found() -> Self {
        Self(Box::new(ErrorKind::ResourceNotFound))
    }

    /// Why the client, its user or its model has not answered what the function has asked, where
    /// that is the error.
    ///
    /// ```
    /// use mcp_runtime::{AskError, prelude::*};
    ///
    /// /// Delete old notes.
    /// #[mcp_tool]
    /// async fn tidy(ctx: Context) -> Result<&'static str> {
    ///     match ctx.confirm("Delete all notes of last year?").await {
    ///         Ok(true) => Ok("deleted"),
    ///         Ok(false) => Ok("kept"),
    ///         Err(error) => match error.ask_error() {
    ///             Some(AskError::MissingCapability(_)) => Ok("kept: nobody can be asked"),
    ///             _ => Err(error),
    ///         },
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn ask_error(&self) -> Option<&AskError> {
        match &*self.0 {
            ErrorKind::Ask(error) => Some(error),
            _ => None,
        }
    }

    /// Makes an error from whatever a function's `Err` holds; one of these stays what it is.
    #[doc(hidden)]
    #[must_use]
    pub fn from_boxed(error: Box<dyn StdError + Send + Sync>) -> Self {
        match error.downcast::<Carrier>() {
            Ok(carrier) => carrier.0,
            Err(error) => Self(Box::new(match error.downcast::<RpcError>() {
                Ok(error) => ErrorKind::Rpc(*error),
                Err(error) => match error.downcast::<AskError>() {
                    Ok(error) => ErrorKind::Ask(*error),
                    Err(error) => match error.downcast::<InputRequired>() {
                        Ok(required) => ErrorKind::InputRequired(*required),
                        Err(error) => ErrorKind::Failed(error),
                    },
                },
            })),
        }
    }

    /// The questions of a function that asks by hand; another error stays what it is.
    pub(crate) fn into_input_required(self) -> std::result::Result<InputRequired, Self> {
        match *self.0 {
            ErrorKind::InputRequired(required) => Ok(required),
            kind => Err(Self(Box::new(kind))),
        }
    }

    pub(crate) fn into_kind(self) -> ErrorKind {
        *self.0
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) | Self::Internal(error) => write_chain(f, error.as_ref()),
            Self::Rpc(error) => f.write_str(error.message()),
            Self::Ask(error) => error.fmt(f),
            Self::InputRequired(required) => required.fmt(f),
            Self::ResourceNotFound => f.write_str("resource not found"),
            Self::Arguments(error) => error.fmt(f),
        }
    }
}

/// An error and its sources. A source whose text the error repeats already is left out.
fn write_chain(f: &mut fmt::Formatter<'_>, error: &(dyn StdError + 'static)) -> fmt::Result {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.ends_with(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
        source = error.source();
    }
    f.write_str(&text)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// As `Display`, because `main` shows its error with `Debug`.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        Self::from_boxed(Box::new(error))
    }
}

/// Takes an [`Error`] through the standard trait and back.
struct Carrier(Error);

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.0.fmt(f)
    }
}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for Carrier {}

impl From<Error> for Box<dyn StdError + Send + Sync> {
    fn from(error: Error) -> Self {
        Box::new(Carrier(error))
    }
}

impl From<ArgumentError> for Error {
    fn from(error: ArgumentError) -> Self {
        Self(Box::new(ErrorKind::Arguments(error)))
    }
}

impl From<Error> for RpcError {
    fn from(error: Error) -> Self {
        error.into_kind().into()
    }
}

impl From<ErrorKind> for RpcError {
    /// The answer where there is no tool result to carry the error.
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Rpc(error) | ErrorKind::Ask(AskError::MissingCapability(error)) => error,
            ErrorKind::Internal(error) => {
                tracing::error!(error = error.to_string(), "a function failed");
                internal_error()
            }
            ErrorKind::Arguments(error) => Self::invalid_params(error.to_string()),
            ErrorKind::ResourceNotFound => Self::invalid_params("resource not found"),
            kind @ (ErrorKind::Failed(_) | ErrorKind::Ask(_) | ErrorKind::InputRequired(_)) => {
                Self::new(ErrorCode::INTERNAL_ERROR, kind.to_string())
            }
        }
    }
}

/// -32603 that tells nothing.
pub(crate) fn internal_error() -> RpcError {
    RpcError::new(ErrorCode::INTERNAL_ERROR, "internal error")
}
