use std::collections::HashMap;

use serde_json::{Map, Value};

use super::InvalidSchema;
use crate::schema::walk;

/// More subschemas than this are refused.
pub(super) const MAX_SUBSCHEMAS: usize = 10_000;
/// Subschemas nested deeper than this are refused.
pub(super) const MAX_SCHEMA_DEPTH: usize = 100;

/// A schema as a document: its dialect, and what its references lead to.
#[derive(Debug)]
pub(super) struct Document<'s> {
    pub(super) root: &'s Value,
    /// Draft-07 is close enough to 2020-12: `$ref` hides what stands beside it, and some keywords
    /// have other names.
    pub(super) draft7: bool,
    anchors: HashMap<&'s str, &'s Value>,
}

impl<'s> Document<'s> {
    /// # Errors
    ///
    /// When the dialect is not known, a keyword is not supported, or a reference leads out of the
    /// document or to nothing. Nothing is ever fetched.
    pub(super) fn new(root: &'s Value) -> Result<Self, InvalidSchema> {
        let dialect = root.get("$schema").map(|dialect| dialect.as_str().unwrap_or_default());
        let mut document = Self { root, draft7: is_draft7(dialect)?, anchors: HashMap::new() };
        let mut schemas = Vec::new();
        let mut stack = vec![(root, 0)];
        while let Some((schema, depth)) = stack.pop() {
            if schemas.len() >= MAX_SUBSCHEMAS {
                return Err(InvalidSchema(format!("has more than {MAX_SUBSCHEMAS} subschemas")));
            }
            if depth > MAX_SCHEMA_DEPTH {
                return Err(InvalidSchema(format!(
                    "has subschemas nested deeper than {MAX_SCHEMA_DEPTH}"
                )));
            }
            let Value::Object(members) = schema else { continue };
            document.check_keywords(members)?;
            document.add_anchor(members, schema)?;
            schemas.push(members);
            walk::for_each(members, &mut |_, schema| stack.push((schema, depth + 1)));
        }
        for schema in schemas {
            document.reference(schema)?;
        }
        Ok(document)
    }

    fn add_anchor(
        &mut self,
        members: &'s Map<String, Value>,
        schema: &'s Value,
    ) -> Result<(), InvalidSchema> {
        let Some(Value::String(anchor)) = members.get("$anchor") else { return Ok(()) };
        match self.anchors.insert(anchor, schema) {
            None => Ok(()),
            Some(_) => Err(InvalidSchema(format!("has the `$anchor` `{anchor}` twice"))),
        }
    }

    /// Refuses what would change the meaning of a schema and is not supported.
    pub(super) fn check_keywords(&self, members: &Map<String, Value>) -> Result<(), InvalidSchema> {
        for (keyword, value) in members {
            let supported = match keyword.as_str() {
                "$dynamicRef" | "$recursiveRef" => false,
                "$id" => self.root.get("$id") == Some(value),
                "$schema" => self.root.get("$schema") == Some(value),
                "unevaluatedItems" => value == &Value::Bool(true),
                _ => true,
            };
            if !supported {
                return Err(InvalidSchema(format!(
                    "has `{keyword}` in a place or form that is not supported"
                )));
            }
        }
        Ok(())
    }

    /// The target of a schema's `$ref`, if it has one.
    pub(super) fn reference(
        &self,
        members: &Map<String, Value>,
    ) -> Result<Option<&'s Value>, InvalidSchema> {
        let Some(reference) = members.get("$ref") else { return Ok(None) };
        let target = reference.as_str().and_then(|reference| self.resolve(reference));
        match target {
            Some(target @ (Value::Object(_) | Value::Bool(_))) => Ok(Some(target)),
            _ => Err(InvalidSchema(format!(
                "has a `$ref` to {reference}, which is no schema inside of this one"
            ))),
        }
    }

    fn resolve(&self, reference: &str) -> Option<&'s Value> {
        let own = self.root.get("$id").and_then(Value::as_str).unwrap_or_default();
        let reference = reference.strip_prefix(own.trim_end_matches('#')).unwrap_or(reference);
        let fragment = reference.strip_prefix('#')?;
        if fragment.is_empty() || fragment.starts_with('/') {
            return self.root.pointer(&percent_decode(fragment)?);
        }
        self.anchors.get(fragment).copied()
    }
}

fn is_draft7(dialect: Option<&str>) -> Result<bool, InvalidSchema> {
    let Some(dialect) = dialect else { return Ok(false) };
    let bare = dialect.trim_end_matches('#');
    match bare.strip_prefix("https").or_else(|| bare.strip_prefix("http")) {
        Some("://json-schema.org/draft/2020-12/schema") => Ok(false),
        Some("://json-schema.org/draft-07/schema") => Ok(true),
        _ => Err(InvalidSchema(format!(
            "has the `$schema` `{dialect}`; supported are 2020-12 and draft-07"
        ))),
    }
}

fn percent_decode(text: &str) -> Option<String> {
    let mut pieces = text.split('%');
    let mut out = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        out.push(u8::from_str_radix(piece.get(..2)?, 16).ok()?);
        out.extend_from_slice(piece.get(2..)?.as_bytes());
    }
    String::from_utf8(out).ok()
}
