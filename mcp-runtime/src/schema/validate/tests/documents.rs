use serde_json::{Value, json};

use super::{Validator, check, values};

#[test]
fn references_inside_of_the_document() {
    let tree = json!({
        "type": "object",
        "properties": { "value": { "type": "integer" }, "children": { "type": "array", "items": { "$ref": "#" } } },
        "required": ["value"],
    });
    check(
        &tree,
        values![{ "value": 1, "children": [{ "value": 2, "children": [] }] }],
        values![{ "value": 1, "children": [{ "children": [] }] }, { "value": 1, "children": [5] }],
    );
    check(
        &json!({ "$defs": { "a/b~c%d": { "type": "integer" } }, "$ref": "#/$defs/a~1b~0c%25d" }),
        values![1],
        values!["a"],
    );
    check(
        &json!({ "$defs": { "n": { "$anchor": "num", "type": "integer" } }, "items": { "$ref": "#num", "minimum": 2 } }),
        values![[2, 3]],
        values![["a"], [1]],
    );
    check(
        &json!({ "$id": "https://a.b/c", "$defs": { "n": { "type": "null" } }, "$ref": "https://a.b/c#/$defs/n" }),
        values![null],
        values![1],
    );
    check(
        &json!({ "properties": { "$ref": { "type": "integer" } }, "const": { "$ref": 5 } }),
        values![{ "$ref": 5 }],
        values![{ "$ref": 6 }],
    );
    let chain: serde_json::Map<String, Value> = (0..500)
        .map(|index| {
            (format!("d{index}"), json!({ "items": { "$ref": format!("#/$defs/d{}", index + 1) } }))
        })
        .chain([("d500".to_owned(), json!({ "type": "string" }))])
        .collect();
    check(&json!({ "$defs": chain, "$ref": "#/$defs/d498" }), values![[["a"]]], values![[[1]]]);
}

#[test]
fn draft_07_by_its_own_words() {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": { "n": { "type": "integer" } },
        "properties": {
            "n": { "$ref": "#/definitions/n", "minimum": 10 },
            "pair": { "items": [{ "type": "integer" }, { "type": "string" }], "additionalItems": false },
        },
        "dependencies": { "a": ["b"], "c": { "required": ["d"] } },
    });
    check(
        &schema,
        values![{ "n": 1 }, { "pair": [1, "a"] }, { "a": 1, "b": 2 }, { "c": 1, "d": 2 }],
        values![{ "n": "x" }, { "pair": [1, "a", 2] }, { "a": 1 }, { "c": 1 }],
    );
}

#[test]
fn the_schema_with_many_keywords_of_2020_12() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": { "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": { "street": { "type": "string" }, "city": { "type": "string" } },
        } },
        "properties": {
            "name": { "type": "string" },
            "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" },
            "email": { "type": "string" },
        },
        "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
        "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
        "then": { "required": ["phone"] },
        "else": { "required": ["email"] },
        "additionalProperties": false,
    });
    check(
        &schema,
        values![
            { "contactMethod": "phone", "phone": "1" },
            { "contactMethod": "email", "email": "a" },
            { "name": "n", "email": "a", "address": { "street": "s", "more": 1 } },
        ],
        values![
            {},
            { "phone": "1" },
            { "contactMethod": "phone", "email": "a" },
            { "contactMethod": "fax", "email": "a" },
            { "email": "a", "address": { "city": 5 } },
            { "email": "a", "other": 1 },
            [],
        ],
    );
}

#[test]
fn schemas_that_cannot_be_checked_are_refused_with_a_reason() {
    let deep = (0..200).fold(json!({}), |schema, _| json!({ "items": schema }));
    let wide = json!({ "anyOf": vec![json!({}); 10_001] });
    for (schema, reason) in [
        (json!({ "$schema": "http://json-schema.org/draft-04/schema#" }), "`$schema`"),
        (json!({ "$schema": 5 }), "`$schema`"),
        (json!({ "$ref": "https://example.com/schema.json" }), "no schema inside"),
        (json!({ "properties": { "a": { "$ref": "other.json#/a" } } }), "no schema inside"),
        (json!({ "items": { "$ref": "#/$defs/missing" } }), "no schema inside"),
        (json!({ "items": { "$ref": "#missing" } }), "no schema inside"),
        (json!({ "items": { "$ref": 5 } }), "no schema inside"),
        (json!({ "items": { "$ref": "#/type" }, "type": "array" }), "no schema inside"),
        (json!({ "$defs": { "unused": { "$ref": "file:///etc/passwd" } } }), "no schema inside"),
        (json!({ "items": { "$ref": "#/$defs/%zz" } }), "no schema inside"),
        (json!({ "$dynamicRef": "#a" }), "`$dynamicRef`"),
        (json!({ "unevaluatedItems": false }), "`unevaluatedItems`"),
        (json!({ "items": { "$id": "https://a.b" } }), "`$id`"),
        (json!({ "items": [{ "$anchor": "a" }, { "$anchor": "a" }] }), "twice"),
        (json!({ "$ref": "#" }), "leads back to itself"),
        (
            json!({ "$ref": "#/$defs/a", "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "$ref": "#/$defs/a" } } }),
            "leads back",
        ),
        (json!({ "anyOf": [{ "type": "null" }, { "$ref": "#" }] }), "leads back to itself"),
        (json!({ "items": { "not": { "if": { "$ref": "#/items" } } } }), "leads back to itself"),
        (json!({ "type": "int" }), "`type`"),
        (json!({ "type": 5 }), "`type`"),
        (json!({ "enum": "a" }), "`enum`"),
        (json!({ "minimum": "1" }), "`minimum`"),
        (json!({ "multipleOf": 0 }), "`multipleOf`"),
        (json!({ "minLength": -1 }), "`minLength`"),
        (json!({ "pattern": "(" }), "pattern"),
        (json!({ "pattern": "(?=a)" }), "pattern"),
        (json!({ "pattern": "((a{1,100}){1,100}){1,100}" }), "pattern"),
        (json!({ "patternProperties": { "[": {} } }), "pattern"),
        (json!({ "required": ["a", 5] }), "`required`"),
        (json!({ "properties": [] }), "`properties`"),
        (json!({ "properties": { "a": 5 } }), "object or a boolean"),
        (json!({ "anyOf": {} }), "`anyOf`"),
        (json!(5), "object or a boolean"),
        (deep, "nested deeper"),
        (wide, "more than"),
    ] {
        let shown = schema.to_string();
        match Validator::new(&schema) {
            Ok(_) => panic!("{shown} is not refused"),
            Err(error) => {
                let error = error.to_string();
                assert!(error.contains(reason), "{:.200}: {error}", shown);
            }
        }
    }
}
