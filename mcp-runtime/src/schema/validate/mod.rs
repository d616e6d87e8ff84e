use std::fmt;

use serde_json::Value;

/// A compiled schema.
#[derive(Clone, Debug)]
pub(crate) struct Validator;

/// A schema that cannot be checked.
#[derive(Debug)]
pub(crate) struct InvalidSchema(String);

impl fmt::Display for InvalidSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place in a value that breaks its schema.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Violation {
    path: String,
    reason: String,
}

impl Violation {
    pub(crate) fn new(path: &str, reason: String) -> Self {
        Self { path: path.to_owned(), reason }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(&self.reason);
        }
        write!(f, "`{}` {}", self.path, self.reason)
    }
}

impl Validator {
    pub(crate) fn new(schema: &Value) -> Result<Self, InvalidSchema> {
        let _ = schema;
        Ok(Self)
    }

    /// Whether the schema says more than decoding checks: ranges, lengths, patterns.
    pub(crate) fn has_rules(&self) -> bool {
        false
    }

    pub(crate) fn accepts(&self, json: &str) -> bool {
        let _ = json;
        true
    }

    pub(crate) fn violations(&self, json: &str) -> Vec<Violation> {
        let _ = json;
        Vec::new()
    }
}
