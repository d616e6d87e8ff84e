//! URI templates (RFC 6570, levels 1 to 3), matched against URIs.
//!
//! * A variable has at least one character and ends before what the template says next; where that
//!   occurs more than once, the variable is as short as a match of the whole allows.
//! * `{var}` stays within a segment: it ends at `/`, `?` or `#`. `{+var}` and `{#var}` do not.
//! * `{;var}` is `;var`, with an empty value, or `;var=value`.
//! * The variables of `{?a,b}` and `{&a}` come in any order, and each can be left out. They stand at
//!   the end. A query that has others does not match.
//! * Values are decoded once: `%2525` is `%25`. A decoded `/` or `..` is text like any other; a
//!   handler that makes a path of it must check it.
//! * A URI that holds a broken escape, a character that no URI has, or text that is not UTF-8 does
//!   not match.

mod matching;
mod parse;
mod text;

use serde_json::{Map, Value};

use self::text::Unit;

/// Longer templates are refused.
const MAX_TEMPLATE: usize = 2048;
/// Templates with more variables are refused.
const MAX_VARIABLES: usize = 32;
/// Longer URIs match nothing.
const MAX_URI: usize = 64 * 1024;

/// A URI template that is matched against URIs.
#[derive(Clone, Debug)]
pub(crate) struct UriTemplate {
    parts: Vec<Part>,
    query: Option<Query>,
    variables: Vec<String>,
}

#[derive(Clone, Debug)]
enum Part {
    Literal(Vec<Unit>),
    /// At least one unit, up to one of `ends`; escaped, those are part of it.
    Variable {
        name: String,
        ends: &'static [u8],
    },
    /// The value of `{;name}`: nothing, or what follows `=`.
    Parameter {
        name: String,
    },
}

/// At which characters the value of a [`Part::Parameter`] ends.
const PARAMETER_ENDS: &[u8] = b";/?#";

/// The variables at the end that come in any order.
#[derive(Clone, Debug)]
struct Query {
    /// `?`, or `&` where the template has a `?` before.
    start: Unit,
    names: Vec<String>,
}

impl UriTemplate {
    /// # Errors
    ///
    /// What is wrong, for the author.
    pub(crate) fn parse(source: &str) -> Result<Self, String> {
        parse::parse(source)
    }

    /// The names of the variables, in the order of the template.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(String::as_str)
    }

    /// Whether it is one URI: a template without variables.
    pub(crate) fn is_fixed(&self) -> bool {
        self.variables.is_empty()
    }

    /// The variables' values, decoded once, if `uri` fits the template. Variables of the query that
    /// the URI leaves out are left out.
    pub(crate) fn match_uri(&self, uri: &str) -> Option<Map<String, Value>> {
        if uri.len() > MAX_URI {
            return None;
        }
        let uri = text::units(uri)?;
        matching::match_units(self, &uri)
    }
}

#[cfg(test)]
#[path = "uri_template_tests.rs"]
mod tests;
