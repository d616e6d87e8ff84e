use std::collections::HashSet;

use serde_json::{Map, Value};

use super::walk;

const ANNOTATION: &str = "x-mcp-header";

/// The greatest integer that every client can write (2026-07-28, Streamable HTTP).
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// The arguments that a client repeats in headers: each with its path and the header's name.
///
/// # Errors
///
/// When an annotation breaks the rules of 2026-07-28. Clients drop such a tool.
pub(crate) fn header_params(schema: &Value) -> Result<Vec<(Vec<String>, String)>, String> {
    let mut search = Search::default();
    search.visit(schema, Some(&[]), "the root")?;
    Ok(search.found)
}

#[derive(Default)]
struct Search {
    found: Vec<(Vec<String>, String)>,
    names: HashSet<String>,
}

impl Search {
    /// `path` is that of a property which only `properties` lead to.
    fn visit(
        &mut self,
        schema: &Value,
        path: Option<&[String]>,
        location: &str,
    ) -> Result<(), String> {
        let Value::Object(members) = schema else { return Ok(()) };
        if let Some(name) = members.get(ANNOTATION) {
            let name = self
                .check(name, members, path)
                .map_err(|rule| format!("`{ANNOTATION}` of {location} {rule}"))?;
            self.found.push((path.unwrap_or_default().to_vec(), name));
        }
        let mut result = Ok(());
        walk::for_each(members, &mut |place, schema| {
            if result.is_err() {
                return;
            }
            let path = match (path, place.keyword, place.name) {
                (Some(path), "properties", Some(name)) => {
                    Some(path.iter().cloned().chain([name.to_owned()]).collect::<Vec<_>>())
                }
                _ => None,
            };
            let location = match (&path, place.name) {
                (Some(path), _) => format!("`{}`", path.join(".")),
                (None, Some(name)) => format!("`{name}` in `{}` of {location}", place.keyword),
                (None, None) => format!("`{}` of {location}", place.keyword),
            };
            result = self.visit(schema, path.as_deref(), &location);
        });
        result
    }

    fn check(
        &mut self,
        name: &Value,
        members: &Map<String, Value>,
        path: Option<&[String]>,
    ) -> Result<String, String> {
        if path.is_none_or(<[_]>::is_empty) {
            return Err("is not on a property that `properties` alone lead to from the root".into());
        }
        let Some(name) = name.as_str().filter(|name| is_token(name)) else {
            return Err(
                "is no name of a header: one or more of A-Z a-z 0-9 ! # $ % & ' * + - . ^ _ ` | ~"
                    .into(),
            );
        };
        if !self.names.insert(name.to_ascii_lowercase()) {
            return Err(format!("is `{name}`, as another one is"));
        }
        match members.get("type").and_then(Value::as_str) {
            Some("string" | "boolean") => {}
            Some("integer") => check_safe(members)?,
            _ => return Err("is on a type other than `integer`, `string` or `boolean`".into()),
        }
        Ok(name.to_owned())
    }
}

fn check_safe(members: &Map<String, Value>) -> Result<(), String> {
    for keyword in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] {
        let bound = members.get(keyword).and_then(Value::as_f64);
        if bound.is_some_and(|bound| bound.abs() > MAX_SAFE_INTEGER) {
            return Err(format!("is on an integer whose `{keyword}` is beyond 2^53-1"));
        }
    }
    Ok(())
}

/// A token of RFC 9110, section 5.6.2.
fn is_token(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.chars().all(fits)
}

#[cfg(test)]
#[path = "header_tests.rs"]
mod tests;
