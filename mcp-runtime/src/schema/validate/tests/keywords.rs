use serde_json::{Value, json};

use super::{check, validator, values};

#[test]
fn boolean_and_empty_schemas() {
    check(&json!(true), values![1, null, {}], &[]);
    check(&json!({}), values![1, null, {}], &[]);
    check(&json!(false), &[], values![1, null, {}]);
    check(&json!({ "description": "any", "x-mine": { "type": 5 } }), values![1, "a"], &[]);
}

#[test]
fn types() {
    check(&json!({ "type": "null" }), values![null], values![0, "", false, [], {}]);
    check(&json!({ "type": "boolean" }), values![true, false], values![0, "true", null]);
    check(&json!({ "type": "string" }), values!["", "a\"\\\u{e9}"], values![1, null, ["a"]]);
    check(&json!({ "type": "integer" }), values![0, 1.0, (-3), 1e3], values![1.5, "1", true]);
    check(&json!({ "type": "number" }), values![0, 1.5, (-3)], values!["1", null]);
    check(&json!({ "type": "array" }), values![[], [1, "a"]], values![{}, "[]"]);
    check(&json!({ "type": "object" }), values![{}, { "a": 1 }], values![[], null]);
    check(&json!({ "type": ["integer", "null"] }), values![1, null], values![1.5, "a"]);
    check(&json!({ "type": [] }), &[], values![1, null]);
}

#[test]
fn numbers() {
    check(&json!({ "minimum": 1.5 }), values![1.5, 2, "a", null], values![1, 1.4]);
    check(&json!({ "maximum": 1000 }), values![1000, 1000.0, (-5)], values![1001, 1000.5]);
    check(&json!({ "exclusiveMinimum": 0 }), values![1, 0.1], values![0, (-1)]);
    check(&json!({ "exclusiveMaximum": 3.0 }), values![2, 2.9], values![3, 4]);
    check(&json!({ "multipleOf": 2 }), values![0, 4, (-6), 2.0], values![1, 3.5]);
    check(&json!({ "multipleOf": 0.01 }), values![0.07, 4.02, 19.99, 3], values![0.075]);
    check(&json!({ "multipleOf": 0.5 }), values![1e300], &[]);
    check(&json!({ "multipleOf": 0.123_456_789 }), &[], values![1e308]);
    let max = u64::MAX;
    check(&json!({ "maximum": max }), &[json!(max)], values![18_446_744_073_709_556_000.0]);
    check(&json!({ "minimum": i64::MAX }), &[json!(max)], &[json!(i64::MAX - 1)]);
}

#[test]
fn strings() {
    check(&json!({ "minLength": 2 }), values!["ab", "éé", 5], values!["a", "é"]);
    check(&json!({ "maxLength": 2.0 }), values!["ab", "\u{1F600}\u{1F600}"], values!["abc"]);
    check(&json!({ "pattern": "^a+$" }), values!["aa", 1], values!["", "ba"]);
    check(&json!({ "pattern": "b" }), values!["abc"], values!["ac"]);
}

#[test]
fn formats() {
    let check_format = |format: &str, good: &[&str], bad: &[&str]| {
        let values = |texts: &[&str]| texts.iter().map(|text| json!(text)).collect::<Vec<_>>();
        check(&json!({ "format": format }), &values(good), &values(bad));
    };
    check_format(
        "date",
        &["2026-12-31", "2024-02-29", "2000-02-29"],
        &[
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "26-01-01",
            "2026-1-1",
            "2026-01-00",
            "2026-01-01T",
            "",
            "+026-01-01",
        ],
    );
    check_format(
        "time",
        &["23:59:59Z", "00:00:00.123+01:30", "23:59:60z", "12:00:00-00:00"],
        &[
            "24:00:00Z",
            "12:60:00Z",
            "12:00:61Z",
            "12:00:00",
            "12:00Z",
            "12:00:00.Z",
            "12:00:00+24:00",
            "12:00:00+01",
            "1:00:00Z",
            "12:00:00Zx",
        ],
    );
    check_format(
        "date-time",
        &["2026-12-31T23:59:59Z", "2026-12-31t00:00:00.5+02:00"],
        &["2026-12-31", "2026-12-31 23:59:59Z", "2026-12-31T23:59:59", "2026-02-30T00:00:00Z"],
    );
    check_format(
        "uuid",
        &["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"],
        &["123e4567e89b12d3a456426614174000", "g23e4567-e89b-12d3-a456-426614174000", ""],
    );
    check_format("email", &["a@b.c", "a.b+c@d"], &["a", "@b", "a@", "a b@c", "a@.c"]);
    check_format(
        "uri",
        &["https://a.b/c?d#e", "urn:x:y", "x:"],
        &["a/b", ":a", "1a:b", "a b:c", "a:b c"],
    );
    check_format("ipv4", &["127.0.0.1"], &["127.0.0", "256.0.0.1", "::1"]);
    check_format("ipv6", &["::1"], &["127.0.0.1", ":::"]);
    check_format("mine", &["anything"], &[]);
    check(&json!({ "format": "date" }), values![5, null], &[]);
}

#[test]
fn choices() {
    check(&json!({ "enum": ["a", "b"] }), values!["a", "b"], values!["c", "A", 1, null, ["a"]]);
    check(&json!({ "enum": ["a", 1, null] }), values!["a", 1, 1.0, null], values!["b", 2, false]);
    check(&json!({ "const": "a\n" }), values!["a\n"], values!["a"]);
    check(&json!({ "const": 5 }), values![5, 5.0], values!["5", 6]);
    check(
        &json!({ "const": { "a": [1, { "b": null }], "c": 2 } }),
        values![{ "c": 2.0, "a": [1, { "b": null }] }],
        values![{ "a": [1, { "b": null }] }, { "a": [1, {}], "c": 2 }],
    );
    check(&json!({ "const": false }), values![false], values![0, null, []]);
    check(&json!({ "enum": [] }), &[], values!["a", null]);
    check(&json!({ "enum": ["a", "b"], "const": "b" }), values!["b"], values!["a"]);
}

#[test]
fn properties() {
    let schema = json!({
        "properties": { "a": { "type": "integer" }, "b\"": {} },
        "required": ["a"],
        "additionalProperties": false,
    });
    check(
        &schema,
        values![{ "a": 1 }, { "b\"": 2, "a": 1 }, 5, []],
        values![{}, { "a": "1" }, { "a": 1, "c": 1 }],
    );
    let schema = json!({ "properties": { "a": {} }, "additionalProperties": { "type": "string" } });
    check(&schema, values![{ "a": 1, "b": "c" }], values![{ "b": 1 }]);
    let schema = json!({
        "patternProperties": { "^n_": { "type": "integer" }, "x$": { "minimum": 5 } },
        "properties": { "n_a": { "maximum": 9 } },
        "additionalProperties": false,
    });
    check(
        &schema,
        values![{ "n_b": 1 }, { "n_x": 5 }, { "n_a": 9 }, { "x": 7 }],
        values![{ "n_b": "a" }, { "n_x": 4 }, { "n_a": 10 }, { "other": 1 }],
    );
    check(
        &json!({ "propertyNames": { "maxLength": 1 } }),
        values![{ "a": 1 }, {}],
        values![{ "ab": 1 }],
    );
    check(
        &json!({ "minProperties": 1, "maxProperties": 2 }),
        values![{ "a": 1 }, { "a": 1, "b": 2 }],
        values![{}, { "a": 1, "b": 2, "c": 3 }],
    );
    check(
        &json!({ "required": ["toString", ""] }),
        values![{ "": 1, "toString": 2 }],
        values![{ "": 1 }],
    );
    check(
        &json!({ "dependentRequired": { "card": ["address", "name"] } }),
        values![{}, { "address": 1 }, { "card": 1, "address": 2, "name": 3 }],
        values![{ "card": 1 }, { "card": 1, "name": 3 }],
    );
    check(
        &json!({ "dependentSchemas": { "a": { "properties": { "b": { "type": "integer" } } } } }),
        values![{ "b": "x" }, { "a": 1, "b": 2 }, 7],
        values![{ "a": 1, "b": "x" }],
    );
    check(&json!({ "properties": { "a": false } }), values![{}, { "b": 1 }], values![{ "a": 1 }]);
}

#[test]
fn arrays() {
    check(&json!({ "items": { "type": "integer" } }), values![[], [1, 2], "a"], values![[1, "a"]]);
    check(
        &json!({ "prefixItems": [{ "type": "integer" }, { "type": "string" }], "items": false }),
        values![[], [1], [1, "a"]],
        values![["a"], [1, "a", 2]],
    );
    check(
        &json!({ "prefixItems": [true], "items": { "type": "null" } }),
        values![[1, null]],
        values![[1, 2]],
    );
    check(&json!({ "minItems": 1, "maxItems": 2 }), values![[1], [1, 2]], values![[], [1, 2, 3]]);
    check(
        &json!({ "uniqueItems": true }),
        values![[], [1, "1", true, null, [1], { "a": 1 }], [[1, 2], [2, 1]]],
        values![[1, 1.0], [{ "a": 1, "b": 2 }, { "b": 2, "a": 1 }], ["a", "b", "a"]],
    );
    check(&json!({ "uniqueItems": false }), values![[1, 1]], &[]);
    check(&json!({ "contains": { "minimum": 5 } }), values![[1, 5], ["a"]], values![[], [1, 2]]);
    check(
        &json!({ "contains": { "const": 1 }, "minContains": 2, "maxContains": 3 }),
        values![[1, 1], [1, 2, 1, 1]],
        values![[1], [1, 1, 1, 1]],
    );
    check(&json!({ "contains": { "const": 1 }, "minContains": 0 }), values![[], [2]], &[]);
    check(
        &json!({ "contains": { "const": 1 }, "items": { "type": "integer" } }),
        values![[2, 1]],
        values![[1, "a"], [2]],
    );
}

#[test]
fn combinations() {
    check(&json!({ "allOf": [{ "minimum": 1 }, { "maximum": 3 }] }), values![1, 3], values![0, 4]);
    check(
        &json!({ "anyOf": [{ "type": "string" }, { "minimum": 3 }] }),
        values!["a", 3, null],
        values![2],
    );
    check(
        &json!({ "oneOf": [{ "multipleOf": 2 }, { "multipleOf": 3 }] }),
        values![2, 3, 9],
        values![6, 1, "both"],
    );
    check(&json!({ "not": { "type": "string" } }), values![1, null], values!["a"]);
    check(&json!({ "not": {} }), &[], values![1, null]);
    check(&json!({ "not": { "not": { "type": "string" } } }), values!["a"], values![1]);
    check(
        &json!({ "if": { "minimum": 10 }, "then": { "multipleOf": 10 }, "else": { "multipleOf": 2 } }),
        values![10, 20, 8],
        values![15, 7],
    );
    check(
        &json!({ "if": { "minimum": 10 }, "then": { "multipleOf": 10 } }),
        values![7, 10],
        values![11],
    );
    check(&json!({ "then": false, "else": false }), values![1], &[]);
    check(
        &json!({ "type": "object", "properties": { "a": {} }, "oneOf": [{ "required": ["a"] }, { "required": ["b"] }] }),
        values![{ "a": 1 }, { "b": 1 }],
        values![{}, { "a": 1, "b": 2 }, 5],
    );
}

#[test]
fn unevaluated_properties() {
    let schema = json!({
        "properties": { "a": {} },
        "patternProperties": { "^p_": {} },
        "allOf": [{ "properties": { "b": {} } }],
        "oneOf": [
            { "properties": { "kind": { "const": "x" }, "c": {} }, "required": ["kind"] },
            { "properties": { "kind": { "const": "y" }, "d": {} }, "required": ["kind"] },
        ],
        "if": { "properties": { "e": { "const": 1 } }, "required": ["e"] },
        "then": { "properties": { "f": {} } },
        "else": { "properties": { "g": {} } },
        "dependentSchemas": { "a": { "properties": { "h": {} } } },
        "unevaluatedProperties": false,
    });
    check(
        &schema,
        values![
            { "kind": "x", "a": 1, "b": 2, "c": 3, "p_1": 4, "h": 5, "g": 6 },
            { "kind": "y", "d": 1, "e": 1, "f": 2 },
        ],
        values![
            { "kind": "x", "d": 1 },
            { "kind": "x", "h": 1 },
            { "kind": "x", "f": 1 },
            { "kind": "x", "e": 1, "g": 1 },
            { "kind": "x", "other": 1 },
        ],
    );
    check(
        &json!({ "allOf": [{ "properties": { "a": {} } }], "unevaluatedProperties": { "type": "integer" } }),
        values![{ "a": "x", "b": 1 }, 5],
        values![{ "b": "x" }],
    );
    check(
        &json!({ "allOf": [{ "additionalProperties": true }], "unevaluatedProperties": false }),
        values![{ "b": 1 }],
        &[],
    );
    check(
        &json!({ "not": { "properties": { "a": {} }, "required": ["z"] }, "unevaluatedProperties": false }),
        values![{}],
        values![{ "a": 1 }],
    );
}

/// Every value with up to so many parts, from a few of each kind.
fn values(size: usize) -> Vec<Value> {
    let mut values = vec![json!(null), json!(true), json!(0), json!(1.5), json!(""), json!("a")];
    if size > 0 {
        let inner = self::values(size - 1);
        values.extend([json!([]), json!({})]);
        values.extend(inner.iter().map(|value| json!({ "a": value })));
        values.extend(inner.iter().map(|value| json!([value, 1])));
    }
    values
}

#[test]
fn laws_of_logic_hold_for_all_small_values() {
    let schemas = [
        json!({}),
        json!(false),
        json!({ "type": "integer" }),
        json!({ "type": ["string", "array"] }),
        json!({ "items": { "type": "integer" } }),
        json!({ "properties": { "a": { "type": "integer" } }, "additionalProperties": false }),
        json!({ "required": ["a"] }),
        json!({ "enum": [0, "a", null, ["a"]] }),
        json!({ "minItems": 2 }),
        json!({ "contains": { "const": 0 } }),
    ];
    for a in &schemas {
        for b in &schemas {
            let [first, second, not, both, either, one, when] = [
                a.clone(),
                b.clone(),
                json!({ "not": a }),
                json!({ "allOf": [a, b] }),
                json!({ "anyOf": [a, b] }),
                json!({ "oneOf": [a, b] }),
                json!({ "if": a, "then": b, "else": { "not": b } }),
            ]
            .map(|schema| validator(&schema));
            for value in values(2) {
                let json = value.to_string();
                let (a_fits, b_fits) = (first.accepts(&json), second.accepts(&json));
                assert_eq!(not.accepts(&json), !a_fits, "not {a}: {json}");
                assert_eq!(both.accepts(&json), a_fits && b_fits, "{a} and {b}: {json}");
                assert_eq!(either.accepts(&json), a_fits || b_fits, "{a} or {b}: {json}");
                assert_eq!(one.accepts(&json), a_fits != b_fits, "one of {a}, {b}: {json}");
                assert_eq!(when.accepts(&json), a_fits == b_fits, "if {a}, {b}: {json}");
                for validator in [&both, &either, &one, &when] {
                    assert_eq!(validator.violations(&json).is_empty(), validator.accepts(&json));
                }
            }
        }
    }
}
