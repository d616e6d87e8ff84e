use serde_json::{Map, Number, Value};

use super::validate::{Kind, Node, NodeId, Types, Validator};

/// The work to spend. What is left then stays as it is.
const MAX_STEPS: usize = 200_000;
/// How deep values and schemas may nest.
const MAX_DEPTH: usize = 256;

/// Mends the faults that models make, where what is meant is certain:
///
/// * a string that holds a number, a boolean, an array or an object in JSON, where such a value is
///   wanted and no string is. A number has no space around it; an integer has no fraction or
///   exponent: `"20"` is 20, `"1e3"` stays;
/// * a float without a fraction, where an integer is wanted;
/// * `null` for a member that can be left out and that cannot be null: it is left out.
///
/// Where a schema has alternatives, none of which takes the value, it must fit exactly one mended.
pub(crate) fn mend(validator: &Validator, value: Value) -> Value {
    Mender { validator, steps: MAX_STEPS, depth: 0 }.mend(Validator::ROOT, value)
}

/// What a text is in JSON, if that is no larger than what a model writes.
///
/// As a tree, small values take a hundred times their bytes, and each level of them some stack.
pub(crate) fn parse_modest(text: &str) -> Option<Value> {
    const MAX_VALUES: usize = 10_000;
    const MAX_DEPTH: usize = 16;
    let (mut values, mut depth, mut in_string) = (0, 0_usize, false);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' => drop(bytes.next()),
            _ if in_string => {}
            b',' => values += 1,
            b'[' | b'{' => (values, depth) = (values + 1, depth + 1),
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if values > MAX_VALUES || depth > MAX_DEPTH {
            return None;
        }
    }
    serde_json::from_str(text).ok()
}

struct Mender<'v> {
    validator: &'v Validator,
    steps: usize,
    depth: usize,
}

impl Mender<'_> {
    fn mend(&mut self, id: NodeId, value: Value) -> Value {
        if self.depth == MAX_DEPTH || self.steps == 0 {
            return value;
        }
        self.steps -= 1;
        self.depth += 1;
        let node = self.validator.node(id);
        let value = self.mend_itself(node, value);
        let value = self.mend_combined(node, value);
        self.depth -= 1;
        value
    }

    fn mend_itself(&mut self, node: &Node, value: Value) -> Value {
        match (retype(node.types, value), &node.array, &node.object) {
            (Value::Array(items), Some(rules), _) => {
                let items = items.into_iter().enumerate();
                items.map(|(index, item)| self.mend_with(rules.item(index), item)).collect()
            }
            (Value::Object(members), _, Some(rules)) => {
                let mut mended = Map::new();
                for (name, mut value) in members {
                    if value.is_null()
                        && let Some(id) = rules.optional(&name)
                        && !self.fits(id, "null")
                    {
                        continue;
                    }
                    let (own, by_pattern) = rules.schemas_of(&name);
                    for id in own.into_iter().chain(by_pattern) {
                        value = self.mend(id, value);
                    }
                    mended.insert(name, value);
                }
                mended.into()
            }
            (value, _, _) => value,
        }
    }

    fn mend_with(&mut self, id: Option<NodeId>, value: Value) -> Value {
        match id {
            Some(id) => self.mend(id, value),
            None => value,
        }
    }

    fn mend_combined(&mut self, node: &Node, mut value: Value) -> Value {
        let Some(combined) = &node.combined else { return value };
        for id in &combined.all_of {
            value = self.mend(*id, value);
        }
        for alternatives in [&combined.any_of, &combined.one_of] {
            value = self.mend_alternatives(alternatives, value);
        }
        value
    }

    fn mend_alternatives(&mut self, ids: &[NodeId], value: Value) -> Value {
        let json = value.to_string();
        if ids.iter().any(|id| self.fits(*id, &json)) {
            return value;
        }
        let mut found = None;
        for id in ids {
            let mended = self.mend(*id, value.clone());
            let new = mended != value && found.as_ref() != Some(&mended);
            if new && self.fits(*id, &mended.to_string()) && found.replace(mended).is_some() {
                return value;
            }
        }
        // Without steps, not all have been looked at.
        found.filter(|_| self.steps > 0).unwrap_or(value)
    }

    fn fits(&mut self, id: NodeId, json: &str) -> bool {
        self.validator.accepts_as(id, json, &mut self.steps)
    }
}

fn retype(types: Types, value: Value) -> Value {
    match value {
        Value::String(text) if !types.has(Kind::String) => {
            parse(types, &text).unwrap_or(Value::String(text))
        }
        Value::Number(number) if types.has(Kind::Integer) && !types.has(Kind::Fraction) => {
            without_fraction(&number).unwrap_or(number).into()
        }
        value => value,
    }
}

/// The value in a text, if it is one of these types.
fn parse(types: Types, text: &str) -> Option<Value> {
    let value = parse_modest(text)?;
    let spaced = text.trim().len() != text.len();
    let wanted = match &value {
        Value::Null | Value::String(_) => false,
        Value::Bool(_) => types.has(Kind::Boolean) && !spaced,
        Value::Number(_) if types.has(Kind::Fraction) => !spaced,
        Value::Number(number) => types.has(Kind::Integer) && !number.is_f64() && !spaced,
        Value::Array(_) => types.has(Kind::Array),
        Value::Object(_) => types.has(Kind::Object),
    };
    wanted.then_some(value)
}

fn without_fraction(number: &Number) -> Option<Number> {
    /// Up to here a float is the integer that was written.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float = number.as_f64().filter(|it| number.is_f64() && it.fract() == 0.0)?;
    (float.abs() <= EXACT).then(|| Number::from(float as i64))
}

#[cfg(test)]
#[path = "mend_tests.rs"]
mod tests;
