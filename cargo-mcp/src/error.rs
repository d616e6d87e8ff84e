//! What can go wrong.

use std::{fmt, io, path::Path, process::ExitCode};

/// The result of a command.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// Why a command failed: a text for the person who ran it, and a code for scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    message: String,
    code: u8,
}

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1 }
    }

    /// The server has asked what nobody can answer.
    pub(crate) fn unanswered(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 4 }
    }

    pub(crate) fn of_file(path: &Path, error: &io::Error) -> Self {
        Self::new(format!("{}: {error}", path.display()))
    }

    /// The code to exit with.
    pub(crate) fn code(&self) -> ExitCode {
        self.code.into()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::new(error.to_string())
    }
}
