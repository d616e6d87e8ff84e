use serde_json::{Value, json};

use super::violations;

#[test]
fn all_violations_are_told_with_path_and_rule_and_without_the_value() {
    let schema = json!({
        "type": "object",
        "properties": {
            "epochs": { "type": "integer", "minimum": 1, "maximum": 1000 },
            "mode": { "enum": ["fast", "slow"] },
            "filters": { "type": "array", "items": {
                "type": "object",
                "properties": { "min": { "type": "number" } },
                "required": ["min"],
            } },
            "name": { "type": "string", "minLength": 1, "maxLength": 5, "pattern": "^[a-z]+$" },
            "day": { "type": "string", "format": "date" },
            "a key": { "type": "null" },
        },
        "required": ["epochs", "data"],
        "additionalProperties": false,
    });
    let value = json!({
        "mode": "hunter2",
        "filters": [{ "min": "hunter2" }, {}, 7],
        "name": "hunter2",
        "day": "hunter2",
        "epoch": 5000,
        "a key": "hunter2",
    });
    assert_eq!(
        violations(&schema, &value),
        [
            r#"`mode` must be one of "fast", "slow""#,
            "`filters[0].min` must be a number, got a string",
            "`filters[1].min` is required",
            "`filters[2]` must be an object, got a number",
            "`name` must have at most 5 characters",
            "`day` must be a date such as 2026-12-31",
            "`epoch` is unknown; did you mean `epochs`?",
            r#"`["a key"]` must be null, got a string"#,
            "`epochs` is required",
            "`data` is required",
        ]
    );
    let value = json!({ "epochs": 5000, "name": "A", "zzz": 1 });
    assert_eq!(
        violations(&schema, &value),
        [
            "`epochs` must be at most 1000",
            "`name` must match the regular expression `^[a-z]+$`",
            "`zzz` is unknown; known are `epochs`, `mode`, `filters`, `name`, `day`, `a key`",
            "`data` is required",
        ]
    );
    assert_eq!(violations(&schema, &json!([])), ["must be an object, got an array"]);
}

#[test]
fn the_alternative_that_a_value_means_is_the_one_that_is_explained() {
    let shape = json!({ "oneOf": [
        { "type": "object", "required": ["kind", "r"],
          "properties": { "kind": { "const": "circle" }, "r": { "type": "number" } } },
        { "type": "object", "required": ["kind", "side"],
          "properties": { "kind": { "const": "square" }, "side": { "type": "integer" } } },
        { "type": "string" },
    ] });
    let schema = json!({ "properties": { "shape": shape } });
    let told = |shape: Value| violations(&schema, &json!({ "shape": shape }));
    assert_eq!(
        told(json!({ "kind": "circle", "r": "1" })),
        ["`shape.r` must be a number, got a string"]
    );
    assert_eq!(told(json!({ "kind": "square" })), ["`shape.side` is required"]);
    assert_eq!(
        told(json!({ "kind": "triangle", "r": 1, "side": 1 })),
        ["`shape` fits none of its alternatives: `shape.kind` must be \"circle\"; \
         or `shape.kind` must be \"square\"; or `shape` must be a string, got an object"]
    );
    let optional = json!({ "anyOf": [{ "type": "integer", "maximum": 5 }, { "type": "null" }] });
    assert_eq!(violations(&optional, &json!(6)), ["must be at most 5"]);
}

#[test]
fn lists_of_violations_and_long_names_are_cut() {
    let schema = json!({ "items": { "type": "string" }, "additionalProperties": false });
    let many: Vec<_> = (0..1000).collect();
    assert_eq!(violations(&schema, &json!(many)).len(), 20);
    let name = "x".repeat(100_000);
    let told = violations(&schema, &json!({ (name.as_str()): 1 }));
    assert!(told[0].len() < 200, "{told:?}");
    let choices: Vec<_> = (0..1000).map(|index| format!("c{index}")).collect();
    assert!(violations(&json!({ "enum": choices }), &json!("x"))[0].len() < 400);
}
