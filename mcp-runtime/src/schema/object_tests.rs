use serde_json::{Value, json};

use super::ObjectBuilder;
use crate::schema::Validator;

fn built(closed: bool, build: impl FnOnce(&mut ObjectBuilder)) -> Value {
    let mut builder = ObjectBuilder::default();
    build(&mut builder);
    let schema = builder.finish(closed).expect("a schema");
    assert!(Validator::new(&schema).is_ok(), "{schema}");
    schema
}

fn refused(build: impl FnOnce(&mut ObjectBuilder)) -> String {
    let mut builder = ObjectBuilder::default();
    build(&mut builder);
    builder.finish(true).expect_err("no schema")
}

#[test]
fn no_arguments_are_an_object_that_takes_none() {
    assert_eq!(
        built(true, |_| {}).to_string(),
        r#"{"type":"object","properties":{},"additionalProperties":false}"#
    );
    assert_eq!(built(false, |_| {}), json!({ "type": "object", "properties": {} }));
}

#[test]
fn properties_stand_in_their_order() {
    let schema = built(true, |builder| {
        builder.property("z", json!({ "type": "integer" }), true);
        builder.property("a", json!({}), false);
    });
    assert_eq!(
        schema.to_string(),
        r#"{"type":"object","properties":{"z":{"type":"integer"},"a":{}},"required":["z"],"additionalProperties":false}"#
    );
}

#[test]
fn two_members_with_one_name_are_refused() {
    let error = refused(|builder| {
        builder.property("a", json!({}), true);
        builder.property("a", json!({}), true);
    });
    assert!(error.contains("`a`"), "{error}");
    let error = refused(|builder| {
        builder.property("a", json!({}), true);
        builder.flatten(json!({ "type": "object", "properties": { "a": {} } }));
    });
    assert!(error.contains("`a`"), "{error}");
}

const MANY_KEYWORDS: &str = r##"{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","$defs":{"address":{"$anchor":"addressDef","type":"object","properties":{"street":{"type":"string"},"city":{"type":"string"}}}},"properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"},"contactMethod":{"type":"string","enum":["phone","email"]},"phone":{"type":"string"},"email":{"type":"string"}},"allOf":[{"anyOf":[{"required":["phone"]},{"required":["email"]}]}],"if":{"properties":{"contactMethod":{"const":"phone"}},"required":["contactMethod"]},"then":{"required":["phone"]},"else":{"required":["email"]},"additionalProperties":false}"##;

#[test]
fn the_only_flattened_schema_is_the_whole_word_for_word() {
    let schema: Value = serde_json::from_str(MANY_KEYWORDS).expect("JSON");
    for closed in [true, false] {
        let built = built(closed, |builder| builder.flatten(schema.clone()));
        assert_eq!(built.to_string(), MANY_KEYWORDS);
    }
}

#[test]
fn a_flattened_schema_is_closed_unless_it_says_what_else_there_is() {
    let closed = |schema: Value| {
        let schema = built(true, |builder| builder.flatten(schema));
        schema.get("additionalProperties").cloned()
    };
    let object = json!({ "type": "object", "properties": { "a": {} } });
    assert_eq!(closed(object), Some(json!(false)));
    let map = json!({ "type": "object", "additionalProperties": { "type": "integer" } });
    assert_eq!(closed(map), Some(json!({ "type": "integer" })));
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let schema = json!({ "type": "object", (keyword): [{ "required": ["a"] }] });
        assert_eq!(closed(schema), None);
    }
    assert_eq!(closed(json!({ "type": "object", "unevaluatedProperties": false })), None);
    assert_eq!(closed(json!({ "type": "object", "patternProperties": {} })), Some(json!(false)));
}

#[test]
fn the_root_is_an_object() {
    let tagged = json!({ "oneOf": [{ "type": "object" }] });
    assert_eq!(
        built(true, |builder| builder.flatten(tagged)).to_string(),
        r#"{"type":"object","oneOf":[{"type":"object"}]}"#
    );
    for schema in [json!({ "type": "string" }), json!({ "type": ["object", "null"] }), json!(true)]
    {
        assert!(refused(|builder| builder.flatten(schema)).contains("object"));
    }
}

#[test]
fn flattened_members_stand_beside_others() {
    let schema = built(true, |builder| {
        builder.property("first", json!({ "type": "string" }), true);
        builder.flatten(json!({
            "type": "object",
            "description": "of the type",
            "properties": { "b": { "$ref": "#/$defs/d" }, "c": {} },
            "required": ["b"],
            "$defs": { "d": { "type": "integer" } },
        }));
        builder.property("last", json!({ "type": "string" }), true);
    });
    assert_eq!(
        schema,
        json!({
            "type": "object",
            "properties": {
                "first": { "type": "string" },
                "b": { "$ref": "#/$defs/d" },
                "c": {},
                "last": { "type": "string" },
            },
            "required": ["first", "b", "last"],
            "$defs": { "d": { "type": "integer" } },
            "additionalProperties": false,
        })
    );
}

#[test]
fn what_a_flattened_schema_says_besides_is_kept() {
    let schema = built(true, |builder| {
        builder.property("a", json!({ "type": "integer" }), true);
        builder.flatten(json!({ "oneOf": [{ "required": ["b"] }, { "required": ["c"] }] }));
    });
    assert_eq!(
        schema["allOf"],
        json!([{ "oneOf": [{ "required": ["b"] }, { "required": ["c"] }] }])
    );
    assert_eq!(schema.get("additionalProperties"), None);
    let map = json!({ "type": "object", "additionalProperties": { "type": "integer" } });
    let schema = built(true, |builder| {
        builder.property("a", json!({ "type": "string" }), true);
        builder.flatten(map.clone());
    });
    assert_eq!(schema["additionalProperties"], json!({ "type": "integer" }));
    let strict = json!({ "type": "object", "additionalProperties": false });
    let error = refused(|builder| {
        builder.property("a", json!({}), true);
        builder.flatten(strict);
    });
    assert!(error.contains("unknown members"), "{error}");
}

#[test]
fn definitions_move_to_the_root_and_are_shared_where_they_are_the_same() {
    let tree = || {
        json!({
            "type": "array",
            "items": { "$ref": "#/$defs/Node" },
            "$defs": { "Node": { "items": { "$ref": "#/$defs/Node" } } },
        })
    };
    let schema = built(true, |builder| {
        builder.property("a", tree(), true);
        builder.property("b", tree(), true);
    });
    assert_eq!(schema["$defs"], json!({ "Node": { "items": { "$ref": "#/$defs/Node" } } }));
    assert_eq!(
        schema["properties"]["b"],
        json!({ "type": "array", "items": { "$ref": "#/$defs/Node" } })
    );
}

#[test]
fn definitions_that_differ_get_names_of_their_own() {
    let of = |kind: &str| {
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "items": { "$ref": "#/$defs/a~1b/items" },
            "default": { "$ref": "#/$defs/a~1b" },
            "properties": { "$ref": { "$ref": "#/$defs/other" } },
            "$defs": { "a/b": { "items": { "type": kind } }, "other": {}, "a/b2": { "const": kind } },
        })
    };
    let schema = built(true, |builder| {
        builder.property("a", of("integer"), true);
        builder.property("b", of("string"), true);
    });
    assert_eq!(
        schema["properties"]["b"],
        json!({
            "items": { "$ref": "#/$defs/a~1b3/items" },
            "default": { "$ref": "#/$defs/a~1b" },
            "properties": { "$ref": { "$ref": "#/$defs/other2" } },
        })
    );
    assert_eq!(schema["$defs"]["a/b3"], json!({ "items": { "type": "string" } }));
    assert_eq!(schema["$defs"]["a/b2"], json!({ "const": "integer" }));
    assert_eq!(schema["$defs"]["a/b22"], json!({ "const": "string" }));
    let validator = Validator::new(&schema).expect("a validator");
    assert!(validator.accepts(r#"{"a":[1],"b":["x"]}"#));
    assert!(!validator.accepts(r#"{"a":[1],"b":[1]}"#));
}

#[test]
fn a_schema_that_refers_to_itself_still_does_as_a_property() {
    let list = json!({
        "type": "object",
        "properties": { "next": { "$ref": "#" }, "value": { "$ref": "#/definitions/v" } },
        "definitions": { "v": { "type": "integer" } },
        "additionalProperties": false,
    });
    let schema = built(true, |builder| builder.property("list", list, true));
    let validator = Validator::new(&schema).expect("a validator");
    assert!(validator.accepts(r#"{"list":{"next":{"next":{"value":1}}}}"#));
    assert!(!validator.accepts(r#"{"list":{"next":{"next":{"value":"x"}}}}"#));
    assert!(!validator.accepts(r#"{"list":{"list":{}}}"#));
}
