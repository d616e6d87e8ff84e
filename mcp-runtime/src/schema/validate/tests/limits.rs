use serde_json::{Value, json};

use super::{Evaluation, Validator, validator};
use crate::schema::validate::evaluate::{BASE_STEPS, STEPS_PER_BYTE};

#[test]
fn text_that_is_no_json_is_not_accepted() {
    for schema in [json!({}), json!({ "type": "object" }), json!({ "not": { "type": "string" } })] {
        let validator = validator(&schema);
        for json in ["", "{", "{} {}", "[1,]", "nul", "1e999", "\"\\ud800\""] {
            if schema == json!({}) && json.contains(['9', 'u']) && json != "nul" {
                continue;
            }
            assert!(!validator.accepts(json), "{json} against {schema}");
            assert!(!validator.violations(json).is_empty(), "{json} against {schema}");
        }
    }
}

/// The steps that a look takes, and whether the value fits.
fn steps(schema: &Value, json: &str) -> (usize, bool) {
    let validator = validator(schema);
    let mut evaluation = Evaluation::new(&validator.0, json);
    let before = evaluation.steps_left();
    let fits = evaluation.check(Validator::ROOT, json).is_ok();
    (before - evaluation.steps_left(), fits)
}

#[test]
fn work_grows_with_the_value_and_not_faster() {
    let schema = json!({
        "items": { "anyOf": [
            { "type": "object", "properties": { "a": { "type": "integer" } }, "required": ["a"] },
            { "type": "string", "pattern": "^(x+x+)+y$" },
        ] },
        "uniqueItems": true,
    });
    let json = |items: usize| {
        let items: Vec<_> = (0..items).map(|item| json!({ "a": item })).collect();
        Value::from(items).to_string()
    };
    let (short, long) = (steps(&schema, &json(100)), steps(&schema, &json(10_000)));
    assert!(short.1 && long.1);
    assert!(long.0 < short.0 * 150, "{} and {}", short.0, long.0);
    let (pattern, fits) = steps(&schema, &json!(["x".repeat(50_000)]).to_string());
    assert!(!fits && pattern < 1_000_000, "{pattern}");
}

#[test]
fn alternatives_nested_in_alternatives_do_not_multiply_without_end() {
    let schema = json!({
        "$defs": { "e": { "anyOf": vec![
            json!({ "type": "array", "items": { "$ref": "#/$defs/e" }, "minItems": 1 }); 6
        ] } },
        "$ref": "#/$defs/e",
    });
    for depth in [50, 10_000] {
        let json = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let validator = validator(&schema);
        assert!(!validator.accepts(&json));
        let told = validator.violations(&json);
        assert!(!told.is_empty() && told.iter().all(|it| it.to_string().len() < 1000), "{told:?}");
        let (steps, _) = steps(&schema, &json);
        assert!(steps <= BASE_STEPS + STEPS_PER_BYTE * json.len(), "{steps}");
    }
}

#[test]
fn deep_values_end_on_a_small_stack() {
    let schema =
        json!({ "items": { "allOf": [{ "$ref": "#" }] }, "additionalProperties": { "$ref": "#" } });
    let look = move || {
        let validator = validator(&schema);
        for open in ["[", "{\"a\":"] {
            for depth in [100, 129, 10_000, 1_000_000] {
                let json = open.repeat(depth);
                assert!(!validator.accepts(&json));
                assert!(!validator.violations(&json).is_empty());
            }
        }
        assert!(validator.accepts(&format!("{}{}", "[".repeat(60), "]".repeat(60))));
    };
    let thread = std::thread::Builder::new().stack_size(1024 * 1024).spawn(look).expect("a thread");
    assert!(thread.join().is_ok());
}
