//! One look at JSON text decides whether it fits a schema: values stream by, and nothing is built
//! of them. Where several schemas apply to one value, each looks at its text again. Steps are
//! counted, so that neither a value nor a schema makes that endless.

use std::fmt;

use serde::de::DeserializeSeed as _;

use super::{
    node::{Kind, Node, NodeId, Types},
    stream::{Look, Seed},
    violation::{Fault, Path, Violation},
};

/// More violations than this are not listed.
const MAX_VIOLATIONS: usize = 20;
/// How deep values and schemas may nest.
const MAX_DEPTH: usize = 256;
/// The work that any value may cause.
pub(super) const BASE_STEPS: usize = 200_000;
/// The work that each byte of a value may cause besides.
pub(super) const STEPS_PER_BYTE: usize = 16;
/// How much text one step goes through.
pub(super) const BYTES_PER_STEP: usize = 16;

/// The look is over: the value does not fit, or a limit is reached.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop;

pub(super) type Outcome<T = ()> = Result<T, Stop>;

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the look is over")
    }
}

/// Why a look was given up.
#[derive(Clone, Copy, Debug)]
enum Limit {
    Steps,
    Depth,
    Syntax,
}

#[derive(Debug)]
pub(super) struct Evaluation<'v> {
    nodes: &'v [Node],
    steps: usize,
    depth: usize,
    limit: Option<Limit>,
    /// Without one, the first violation ends the look.
    report: Option<Report>,
}

#[derive(Debug, Default)]
struct Report {
    path: Path,
    violations: Vec<Violation>,
    /// In how many alternatives the look is.
    alternatives: usize,
}

impl<'v> Evaluation<'v> {
    pub(super) fn new(nodes: &'v [Node], json: &str) -> Self {
        let steps = json.len().saturating_mul(STEPS_PER_BYTE).saturating_add(BASE_STEPS);
        Self::with_steps(nodes, steps)
    }

    pub(super) fn with_steps(nodes: &'v [Node], steps: usize) -> Self {
        Self { nodes, steps, depth: 0, limit: None, report: None }
    }

    pub(super) fn steps_left(&self) -> usize {
        self.steps
    }

    /// All that is wrong, and whether a limit kept the look from its end.
    pub(super) fn violations(mut self, id: NodeId, json: &str) -> Vec<Violation> {
        self.report = Some(Report::default());
        let outcome = self.check(id, json);
        let mut violations = self.report.map(|report| report.violations).unwrap_or_default();
        let limit = match (outcome, self.limit) {
            (Ok(()), _) | (Err(Stop), None) => return violations,
            (Err(Stop), Some(Limit::Steps)) => "takes too much work to check",
            (Err(Stop), Some(Limit::Depth)) => "is nested too deeply",
            (Err(Stop), Some(Limit::Syntax)) => "is not valid JSON",
        };
        violations.push(Violation::new("", format!("the value {limit}")));
        violations
    }

    /// Looks at a text on its own.
    pub(super) fn check(&mut self, id: NodeId, json: &str) -> Outcome {
        self.charge(json.len() / BYTES_PER_STEP)?;
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let seed = Seed::new(self, id);
        let look = seed.deserialize(&mut deserializer).and_then(|()| deserializer.end());
        self.finish(look)
    }

    /// Looks at a text with what a node says itself, all that it combines left out.
    pub(super) fn check_itself(&mut self, node: &'v Node, json: &str) -> Outcome {
        self.charge(json.len() / BYTES_PER_STEP)?;
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let look = serde::Deserializer::deserialize_any(
            &mut deserializer,
            Look { evaluation: self, node },
        );
        self.finish(look)
    }

    fn finish(&mut self, look: serde_json::Result<()>) -> Outcome {
        look.map_err(|error| {
            // A `Stop` on its way through the deserialiser is an error of data.
            if !error.is_data() && self.limit.is_none() {
                self.limit = Some(Limit::Syntax);
            }
            Stop
        })
    }

    /// Whether a text fits, without a report.
    pub(super) fn fits(&mut self, id: NodeId, json: &str) -> Outcome<bool> {
        let report = self.report.take();
        let outcome = self.check(id, json);
        self.report = report;
        match self.limit {
            Some(_) => Err(Stop),
            None => Ok(outcome.is_ok()),
        }
    }

    pub(super) fn node(&self, id: NodeId) -> &'v Node {
        &self.nodes[id]
    }

    pub(super) fn charge(&mut self, steps: usize) -> Outcome {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => {
                self.steps = 0;
                self.give_up(Limit::Steps)
            }
        }
    }

    pub(super) fn enter(&mut self) -> Outcome {
        self.charge(1)?;
        if self.depth == MAX_DEPTH {
            return self.give_up(Limit::Depth);
        }
        self.depth += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    fn give_up(&mut self, limit: Limit) -> Outcome {
        self.limit.get_or_insert(limit);
        Err(Stop)
    }

    pub(super) fn fail(&mut self, reason: impl FnOnce() -> String) -> Outcome {
        self.fail_with(Fault::Other, reason)
    }

    pub(super) fn fail_with(&mut self, fault: Fault, reason: impl FnOnce() -> String) -> Outcome {
        let Some(report) = &mut self.report else { return Err(Stop) };
        report.violations.push(Violation::with_fault(report.path.as_str(), reason(), fault));
        if report.violations.len() < MAX_VIOLATIONS { Ok(()) } else { Err(Stop) }
    }

    /// Looks into a member or an item; only a report needs to know where the look is.
    pub(super) fn within<T>(
        &mut self,
        step: impl FnOnce(&mut Path),
        look: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let len = self.report.as_mut().map(|report| {
            let len = report.path.len();
            step(&mut report.path);
            len
        });
        let result = look(self);
        if let (Some(report), Some(len)) = (&mut self.report, len) {
            report.path.truncate(len);
        }
        result
    }

    pub(super) fn is_type(&mut self, node: &Node, kind: Kind) -> Outcome<bool> {
        if node.types.has(kind) {
            return Ok(true);
        }
        self.fail_with(Fault::Type, || match node.types {
            Types::NONE => "is not allowed".to_owned(),
            types => format!("must be {}, got {}", types.describe(), kind.describe()),
        })?;
        Ok(false)
    }

    /// Tells why a value fits none of its alternatives: what is wrong with the one that it means,
    /// or else the first fault of each.
    pub(super) fn fail_alternatives(&mut self, ids: &'v [NodeId], json: &str) -> Outcome {
        const MAX_LISTED: usize = 4;
        // An alternative of an alternative says less and costs more.
        const MAX_NESTED: usize = 2;
        let Some(report) = &mut self.report else { return Err(Stop) };
        if report.alternatives == MAX_NESTED {
            return self.fail(|| "fits none of its alternatives".to_owned());
        }
        let path = report.path.as_str().to_owned();
        let mut meant = Vec::new();
        let mut others = Vec::new();
        for id in ids {
            let violations = self.violations_of_alternative(*id, json)?;
            match violations.iter().any(|it| it.means_another(&path)) {
                true => others.push(violations),
                false => meant.push(violations),
            }
        }
        if let ([violations], Some(report)) = (&mut meant[..], &mut self.report) {
            report.violations.append(violations);
            report.violations.truncate(MAX_VIOLATIONS);
            return Ok(());
        }
        meant.append(&mut others);
        let firsts = meant.iter().filter_map(|it| it.first());
        let listed: Vec<_> = firsts.take(MAX_LISTED).map(ToString::to_string).collect();
        self.fail(|| format!("fits none of its alternatives: {}", listed.join("; or ")))
    }

    fn violations_of_alternative(&mut self, id: NodeId, json: &str) -> Outcome<Vec<Violation>> {
        let Some(report) = &mut self.report else { return Err(Stop) };
        let before = std::mem::take(&mut report.violations);
        report.alternatives += 1;
        let outcome = self.check(id, json);
        let Some(report) = &mut self.report else { return Err(Stop) };
        report.alternatives -= 1;
        let violations = std::mem::replace(&mut report.violations, before);
        match (outcome, self.limit) {
            (Err(Stop), Some(_)) => Err(Stop),
            _ => Ok(violations),
        }
    }
}
