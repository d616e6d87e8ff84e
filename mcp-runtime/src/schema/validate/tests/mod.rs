use serde_json::Value;

use super::{Validator, evaluate::Evaluation};

mod documents;
mod keywords;
mod limits;
mod messages;

fn validator(schema: &Value) -> Validator {
    match Validator::new(schema) {
        Ok(validator) => validator,
        Err(error) => panic!("{schema}: {error}"),
    }
}

/// Checks both ways of looking: with and without a report.
#[track_caller]
fn check(schema: &Value, good: &[Value], bad: &[Value]) {
    let validator = validator(schema);
    for (values, expected) in [(good, true), (bad, false)] {
        for value in values {
            let json = value.to_string();
            assert_eq!(validator.accepts(&json), expected, "{json} against {schema}");
            let violations = validator.violations(&json);
            assert_eq!(violations.is_empty(), expected, "{json} against {schema}: {violations:?}");
        }
    }
}

fn violations(schema: &Value, value: &Value) -> Vec<String> {
    validator(schema).violations(&value.to_string()).iter().map(ToString::to_string).collect()
}

macro_rules! values {
    ($($value:tt),* $(,)?) => { &[$(json!($value)),*] };
}
use values;
