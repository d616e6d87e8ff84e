use serde_json::{Value, json};

use super::{Rules, check};

const RULES: Rules = Rules { style: false, max_tokens: 10_000 };

/// A server with one tool that nobody stumbles over.
fn server(more: &Value) -> Value {
    let mut tool = json!({
        "name": "weather_get_forecast",
        "description": "Tell the weather of the next days.",
        "inputSchema": {
            "type": "object",
            "properties": { "place": { "type": "string", "description": "Where." } },
            "required": ["place"],
        },
        "annotations": { "readOnlyHint": true },
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        tool[name] = value.clone();
    }
    json!({
        "protocolVersion": "2026-07-28",
        "instructions": "Ask for the weather.",
        "tools": [tool],
    })
}

#[track_caller]
fn finds(described: &Value, rules: &Rules, expected: &[&str]) {
    let found: Vec<String> =
        check(described, rules).iter().map(|it| format!("{} {}", it.path, it.rule)).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn of_tool(more: &Value, expected: &[&str]) {
    finds(&server(more), &RULES, expected);
}

#[track_caller]
fn of_schema(schema: &Value, expected: &[&str]) {
    of_tool(&json!({ "inputSchema": schema }), expected);
}

const SCHEMA: &str = "tools.weather_get_forecast.inputSchema";

#[test]
fn a_good_server_is_passed_over() {
    of_tool(&json!({}), &[]);
    finds(&server(&json!({})), &Rules { style: true, ..RULES }, &[]);
}

#[test]
fn a_server_offers_something_and_says_how_to_use_it() {
    finds(&json!({}), &RULES, &[" offers-nothing", "instructions instructions-missing"]);
}

#[test]
fn names_are_those_of_the_protocol_and_of_clients() {
    of_tool(&json!({ "name": "a b" }), &["tools.a b tool-name"]);
    of_tool(&json!({ "name": "a.b" }), &["tools.a.b tool-name-of-clients"]);
    let long = "x".repeat(65);
    of_tool(&json!({ "name": long }), &[&format!("tools.{long} tool-name-of-clients")]);
    let mut twice = server(&json!({}));
    let tool = twice["tools"][0].clone();
    twice["tools"] = json!([tool, tool]);
    finds(&twice, &RULES, &["tools.weather_get_forecast name-twice"]);
}

#[test]
fn the_style_is_asked_for_on_request() {
    let rules = Rules { style: true, ..RULES };
    finds(&server(&json!({ "name": "forecast" })), &rules, &["tools.forecast tool-name-style"]);
    let mut two = server(&json!({}));
    let mut other = two["tools"][0].clone();
    other["name"] = json!("notes_add_note");
    two["tools"].as_array_mut().expect("an array").push(other);
    finds(&two, &rules, &["tools tool-name-service"]);
    finds(&two, &RULES, &[]);
}

#[test]
fn descriptions_are_there_and_not_too_long() {
    const TOOL: &str = "tools.weather_get_forecast";
    of_tool(&json!({ "description": " " }), &[&format!("{TOOL} description-missing")]);
    let long = "x".repeat(1025);
    of_tool(&json!({ "description": long }), &[&format!("{TOOL} description-long")]);
    let described = json!({
        "instructions": "x",
        "resources": [{ "uri": "a://b" }],
        "resourceTemplates": [{ "uriTemplate": "a://{b}" }],
        "prompts": [{ "name": "p", "arguments": [{ "name": "a" }] }],
    });
    finds(
        &described,
        &RULES,
        &[
            "resources.a://b description-missing",
            "resourceTemplates.a://{b} description-missing",
            "prompts.p description-missing",
            "prompts.p.a argument-description-missing",
        ],
    );
}

#[test]
fn annotations_are_there_and_make_sense() {
    const TOOL: &str = "tools.weather_get_forecast";
    of_tool(&json!({ "annotations": null }), &[&format!("{TOOL} annotations-missing")]);
    of_tool(&json!({ "annotations": { "destructiveHint": false } }), &[]);
    of_tool(
        &json!({ "annotations": { "readOnlyHint": true, "destructiveHint": true } }),
        &[&format!("{TOOL} annotations-contradict")],
    );
}

#[test]
fn arguments_have_names_and_descriptions() {
    of_schema(
        &json!({ "type": "object", "properties": { "a b": { "description": "x" }, "c": {} } }),
        &[
            &format!("{SCHEMA}.a b argument-name"),
            &format!("{SCHEMA}.c argument-description-missing"),
            &format!("{SCHEMA}.a b schema-any"),
            &format!("{SCHEMA}.c schema-any"),
        ],
    );
}

#[test]
fn schemas_that_clients_refuse_are_told() {
    of_schema(&json!({ "type": "string" }), &[&format!("{SCHEMA} schema-no-object")]);
    of_schema(&json!({ "type": "object" }), &[&format!("{SCHEMA} schema-no-properties")]);
    for keyword in ["oneOf", "anyOf", "allOf", "not", "enum"] {
        of_schema(
            &json!({ "type": "object", "properties": {}, keyword: [] }),
            &[&format!("{SCHEMA} schema-combined")],
        );
    }
    of_schema(
        &json!({ "type": "object", "properties": {}, "required": ["place"] }),
        &[&format!("{SCHEMA} schema-required")],
    );
    of_schema(
        &json!({
            "type": "object",
            "properties": {
                "list": { "type": "array", "description": "x" },
                "port": { "type": "integer", "format": "uint16", "description": "x" },
                "other": { "$ref": "#/$defs/Other", "description": "x" },
                "null": { "type": ["string", "null"], "description": "x" },
                "level": { "type": "integer", "enum": [1, 2], "description": "x" },
                "either": { "anyOf": [true, { "type": "array" }], "description": "x" },
                "all": {
                    "type": "array",
                    "description": "x",
                    "items": { "type": "object", "properties": { "in": { "type": "array" } } },
                },
            },
            "$defs": { "Other": { "type": "string", "format": "date" } },
        }),
        &[
            &format!("{SCHEMA}.list schema-array"),
            &format!("{SCHEMA}.port schema-format"),
            &format!("{SCHEMA}.other schema-reference"),
            &format!("{SCHEMA}.null schema-types"),
            &format!("{SCHEMA}.level schema-enum"),
            &format!("{SCHEMA}.either.anyOf[0] schema-boolean"),
            &format!("{SCHEMA}.either.anyOf[1] schema-array"),
            &format!("{SCHEMA}.all[].in schema-array"),
        ],
    );
}

#[test]
fn outputs_are_objects_for_clients_with_sessions() {
    let mut described = server(&json!({ "outputSchema": { "type": "string" } }));
    finds(&described, &RULES, &[]);
    described["protocolVersion"] = json!("2025-11-25");
    finds(&described, &RULES, &["tools.weather_get_forecast.outputSchema output-no-object"]);
}

#[test]
fn a_schema_without_end_is_looked_into_to_a_depth() {
    let mut schema = json!({});
    for _ in 0..100 {
        schema = json!({ "type": "array", "items": schema });
    }
    schema["description"] = json!("x");
    of_schema(&json!({ "type": "object", "properties": { "deep": schema } }), &[]);
}

#[test]
fn the_list_of_tools_is_not_too_large() {
    let rules = Rules { max_tokens: 10, ..RULES };
    finds(&server(&json!({})), &rules, &["tools tools-size"]);
}

#[test]
fn there_are_not_too_many_tools() {
    let mut described = server(&json!({}));
    let tools = (0..129).map(|number| {
        let mut tool = described["tools"][0].clone();
        tool["name"] = json!(format!("weather_get_{number}"));
        tool
    });
    described["tools"] = tools.collect();
    finds(&described, &RULES, &["tools tools-many"]);
}
