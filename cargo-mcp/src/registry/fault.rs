//! What is wrong with a `server.json`.

use std::fmt;

/// One thing that is wrong with a `server.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Where it is, as in `packages[0].transport.url`; empty for the document as a whole.
    pub path: String,
    /// The rule that is broken, as in `version-is-range`. Names of rules do not change.
    pub rule: &'static str,
    /// Whether the registry refuses the document for it.
    pub severity: Severity,
    /// What is wrong, and what to do.
    pub message: String,
}

/// Whether a registry refuses a document for a [`Fault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// It refuses the document.
    Error,
    /// It takes the document, and something is lost or will be.
    Warning,
}

impl Fault {
    /// A crate whose README does not name the server.
    pub(crate) fn of_readme(path: String, message: String) -> Self {
        Self { path, rule: "readme-names-server", severity: Severity::Error, message }
    }

    /// Whether the registry refuses the document for it.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let path = if self.path.is_empty() { "server.json" } else { &self.path };
        write!(f, "{severity}: {path}: {} [{}]", self.message, self.rule)
    }
}
