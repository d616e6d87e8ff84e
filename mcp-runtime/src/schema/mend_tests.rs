use serde_json::{Value, json};

use super::mend;
use crate::schema::Validator;

#[track_caller]
fn check(schema: &Value, table: &[(Value, Value)]) {
    let validator = Validator::new(schema).unwrap_or_else(|error| panic!("{schema}: {error}"));
    for (value, expected) in table {
        let mended = mend(&validator, value.clone());
        assert_eq!(mended.to_string(), expected.to_string(), "{value} by {schema}");
        assert_eq!(mend(&validator, mended.clone()), mended, "a second time");
    }
}

#[track_caller]
fn check_same(schema: &Value, values: &[Value]) {
    let table: Vec<_> = values.iter().map(|value| (value.clone(), value.clone())).collect();
    check(schema, &table);
}

#[test]
fn a_string_that_holds_the_wanted_scalar_becomes_it() {
    let integer = json!({ "type": "integer" });
    check(&integer, &[(json!("20"), json!(20)), (json!("-3"), json!(-3))]);
    check_same(
        &integer,
        &[
            json!(" 20"),
            json!("1e3"),
            json!("20.0"),
            json!("0x10"),
            json!("007"),
            json!("+5"),
            json!("1_000"),
            json!("twenty"),
            json!(""),
            json!("true"),
            json!("null"),
            json!("-0"),
            json!("99999999999999999999"),
            json!(null),
            json!(true),
        ],
    );
    let number = json!({ "type": "number" });
    check(
        &number,
        &[(json!("1.5"), json!(1.5)), (json!("1e3"), json!(1000.0)), (json!("7"), json!(7))],
    );
    check_same(&number, &[json!("NaN"), json!("1.5 "), json!("1,5"), json!(".5")]);
    let boolean = json!({ "type": "boolean" });
    check(&boolean, &[(json!("true"), json!(true)), (json!("false"), json!(false))]);
    check_same(&boolean, &[json!("True"), json!("1"), json!(1), json!("yes")]);
    check(
        &json!({ "type": ["integer", "null"] }),
        &[(json!("5"), json!(5)), (json!("null"), json!("null"))],
    );
}

#[test]
fn a_string_stays_where_a_string_is_allowed() {
    check_same(&json!({ "type": "string" }), &[json!("20"), json!("{}")]);
    check_same(&json!({ "type": ["string", "integer"] }), &[json!("20")]);
    check_same(&json!({}), &[json!("20")]);
    check_same(&json!({ "minimum": 5 }), &[json!("20")]);
}

#[test]
fn a_string_that_holds_the_wanted_structure_becomes_it() {
    let list = json!({ "type": "array", "items": { "type": "integer" } });
    check(&list, &[(json!("[1,2]"), json!([1, 2])), (json!(" [\"1\"]\n"), json!([1]))]);
    check_same(&list, &[json!("[1,2"), json!("{}"), json!("1,2"), json!(5), json!("5")]);
    let object = json!({ "type": "object", "properties": { "a": { "type": "integer" } } });
    check(&object, &[(json!("{\"a\":\"1\"}"), json!({ "a": 1 }))]);
    check_same(&object, &[json!("a=1"), json!([])]);
}

#[test]
fn a_float_without_a_fraction_becomes_the_wanted_integer() {
    let integer = json!({ "type": "integer" });
    check(&integer, &[(json!(3.0), json!(3)), (json!(-2e3), json!(-2000))]);
    check_same(&integer, &[json!(3.5), json!(1e17), json!(3)]);
    check_same(&json!({ "type": "number" }), &[json!(3.0)]);
    check_same(&json!({}), &[json!(3.0)]);
}

#[test]
fn null_for_what_can_be_left_out_is_left_out() {
    let schema = json!({
        "properties": {
            "a": { "type": "integer" },
            "b": { "type": ["integer", "null"] },
            "c": { "type": "integer" },
            "d": {},
            "e": { "anyOf": [{ "type": "string" }, { "type": "integer" }] },
        },
        "required": ["c"],
        "additionalProperties": { "type": "integer" },
    });
    check(
        &schema,
        &[(
            json!({ "a": null, "b": null, "c": null, "d": null, "e": null, "other": null }),
            json!({ "b": null, "c": null, "d": null, "other": null }),
        )],
    );
}

#[test]
fn faults_are_mended_at_any_depth() {
    let schema = json!({
        "$defs": { "tree": {
            "type": "object",
            "properties": {
                "value": { "type": "integer" },
                "children": { "type": "array", "items": { "$ref": "#/$defs/tree" } },
            },
        } },
        "type": "object",
        "properties": {
            "tree": { "$ref": "#/$defs/tree" },
            "both": { "allOf": [{ "type": "integer" }, { "minimum": 0 }] },
            "pair": { "type": "array", "prefixItems": [{ "type": "integer" }, { "type": "string" }] },
        },
        "patternProperties": { "^n_": { "type": "number" } },
        "additionalProperties": { "type": "boolean" },
    });
    check(
        &schema,
        &[
            (
                json!({ "tree": { "value": "1", "children": "[{\"value\":\"2\",\"children\":null}]" } }),
                json!({ "tree": { "value": 1, "children": [{ "value": 2 }] } }),
            ),
            (json!({ "both": "5" }), json!({ "both": 5 })),
            (json!({ "pair": ["1", "1"] }), json!({ "pair": [1, "1"] })),
            (json!({ "n_a": "0.5" }), json!({ "n_a": 0.5 })),
            (json!({ "other": "true" }), json!({ "other": true })),
        ],
    );
}

#[test]
fn among_alternatives_only_one_that_fits_mended_counts() {
    for keyword in ["anyOf", "oneOf"] {
        let schema = json!({ (keyword): [
            { "type": "integer" },
            { "type": "array", "items": { "type": "integer" } },
        ] });
        check(
            &schema,
            &[(json!("5"), json!(5)), (json!(["5"]), json!([5])), (json!("[5]"), json!([5]))],
        );
        check_same(&schema, &[json!("x"), json!(["x"]), json!(5), json!({})]);
    }
    check_same(
        &json!({ "anyOf": [{ "type": "integer" }, { "type": "string" }] }),
        &[json!("5"), json!(5)],
    );
    check_same(
        &json!({ "anyOf": [
            { "type": "object", "properties": { "a": { "type": "integer" } }, "required": ["a"] },
            { "type": "object", "properties": { "a": { "type": "string" }, "b": { "type": "integer" } },
              "required": ["a", "b"] },
        ] }),
        &[json!({ "a": "1", "b": "2" })],
    );
    check(
        &json!({ "anyOf": [{ "type": "integer" }, { "type": "number", "minimum": 0 }] }),
        &[(json!("5"), json!(5))],
    );
}

#[test]
fn what_is_not_certain_stays() {
    check_same(&json!({ "type": "string" }), &[json!(7), json!(true), json!(null)]);
    check_same(
        &json!({ "type": "array", "items": { "type": "integer" } }),
        &[json!(7), json!("7")],
    );
    check_same(&json!({ "enum": [1, 2] }), &[json!("1")]);
}

#[test]
fn hostile_values_end() {
    let schema = json!({
        "$defs": { "e": { "anyOf": [
            { "type": "array", "items": { "$ref": "#/$defs/e" }, "minItems": 1 },
            { "type": "array", "items": { "$ref": "#/$defs/e" }, "minItems": 1, "maxItems": 5 },
            { "type": "integer" },
        ] } },
        "$ref": "#/$defs/e",
    });
    let validator = Validator::new(&schema).expect("a validator");
    for depth in [5, 50, 120] {
        let json = format!("{}\"x\"{}", "[".repeat(depth), "]".repeat(depth));
        let value: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(mend(&validator, value.clone()), value);
    }
    let nested = (0..8).fold("[]".to_owned(), |json, _| json!([json]).to_string());
    let value: Value = serde_json::from_str(&nested).expect("JSON");
    let _ = mend(&validator, value);
}
