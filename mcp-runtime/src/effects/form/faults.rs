use std::{error::Error, fmt};

use crate::schema::Violation;

/// What is wrong with the answer to a form: each field, and the rule that it breaks.
///
/// It never tells a value, which can be private.
///
/// ```
/// use mcp_runtime::FormFaults;
///
/// let faults = FormFaults::new("date", "must be in the future");
/// assert_eq!(faults.to_string(), "the answer does not fit the form: `date` must be in the future");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FormFaults(Vec<Violation>);

impl FormFaults {
    /// One fault. `reason` goes on after the name of the field and tells no value: `must be even`.
    #[must_use]
    pub fn new(field: &str, reason: impl Into<String>) -> Self {
        Self(vec![Violation::new(field, reason.into())])
    }

    pub(super) fn of(violations: Vec<Violation>) -> Self {
        Self(violations)
    }

    /// Several as one.
    #[doc(hidden)]
    pub fn join(faults: impl IntoIterator<Item = Option<Self>>) -> Self {
        Self(faults.into_iter().flatten().flat_map(|faults| faults.0).collect())
    }
}

impl fmt::Display for FormFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer does not fit the form: ")?;
        for (index, violation) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl Error for FormFaults {}
