use std::{error::Error as StdError, fmt};

use crate::protocol::RpcError;

/// Why a question to the client, its user or its model has no answer:
/// [`Error::ask_error`](crate::Error::ask_error) gives it.
///
/// Left to itself, it is the failure of the call. A capability that is missing is the protocol's
/// own error then, where the revision has one (-32021 in 2026-07-28).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum AskError {
    /// The user does not want it, for this reason. Clients of 2026-07-28 cannot say so: they do not
    /// come back.
    Refused(String),
    /// The client has not declared that it can do this. The data of the error has
    /// `requiredCapabilities`.
    MissingCapability(RpcError),
    /// There was no answer in time.
    TimedOut,
    /// There were answers, and none fits the question, for this reason.
    Unusable(String),
    /// The model has been asked as often as it may, and still calls tools.
    TooManyTurns(u32),
    /// The client fails, is gone, or cannot be asked.
    Failed(String),
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) => write!(f, "the user has refused: {why}"),
            Self::MissingCapability(error) => error.fmt(f),
            Self::TimedOut => f.write_str("there was no answer in time"),
            Self::Unusable(why) => write!(f, "the answers do not fit the question: {why}"),
            Self::TooManyTurns(turns) => {
                write!(f, "the model still calls tools after {turns} turns")
            }
            Self::Failed(why) => f.write_str(why),
        }
    }
}

impl StdError for AskError {}
