//! Checks JSON against JSON Schema 2020-12, and draft-07 where a schema says so.
//!
//! Schemas are compiled when a server is built; what cannot be checked is refused there. Nothing is
//! ever fetched: a `$ref` leads to a place in the same document or is an error. Formats that are not
//! known say nothing. Not supported, and refused: `$dynamicRef`, `unevaluatedItems`, a second `$id`.

mod canonical;
mod compile;
mod document;
mod evaluate;
mod format;
mod job;
mod node;
mod number;
mod rules;
mod stream;
mod violation;

use std::{fmt, sync::Arc};

use serde_json::Value;

pub(crate) use self::canonical::canonical;
use self::evaluate::Evaluation;
pub(super) use self::node::{Kind, Node, NodeId, Types};
pub(crate) use self::number::integer;
pub(crate) use self::violation::Violation;

/// A compiled schema.
#[derive(Clone, Debug)]
pub(crate) struct Validator(Arc<[Node]>);

/// A schema that cannot be checked.
#[derive(Debug)]
pub(crate) struct InvalidSchema(String);

impl fmt::Display for InvalidSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the schema {}", self.0)
    }
}

impl Validator {
    pub(super) const ROOT: NodeId = 0;

    pub(crate) fn new(schema: &Value) -> Result<Self, InvalidSchema> {
        Ok(Self(compile::compile(schema)?.into()))
    }

    /// Whether `json` fits the schema. Builds nothing of it.
    pub(crate) fn accepts(&self, json: &str) -> bool {
        Evaluation::new(&self.0, json).check(Self::ROOT, json).is_ok()
    }

    /// All that is wrong with `json`, up to a limit; empty if it fits.
    pub(crate) fn violations(&self, json: &str) -> Vec<Violation> {
        Evaluation::new(&self.0, json).violations(Self::ROOT, json)
    }

    /// Whether `json` fits one of the schemas inside, and takes the work from `steps`.
    pub(super) fn accepts_as(&self, id: NodeId, json: &str, steps: &mut usize) -> bool {
        let mut evaluation = Evaluation::with_steps(&self.0, *steps);
        let accepts = evaluation.check(id, json).is_ok();
        *steps = evaluation.steps_left();
        accepts
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.0[id]
    }
}

#[cfg(test)]
mod tests;
