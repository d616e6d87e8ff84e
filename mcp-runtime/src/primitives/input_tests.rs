use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Input, Param, Rule};
use crate::primitives::{Arguments, Result};

fn compile(params: impl IntoIterator<Item = Param>) -> Input {
    Input::compile(params.into_iter().collect(), true).expect("parameters")
}

/// Decodes with a reader that fails the test when it has to run a second time.
fn decode_at_once<T>(input: &Input, json: &str, read: impl Fn(&Arguments<'_>) -> Result<T>) -> T {
    let runs = std::cell::Cell::new(0);
    let decoded = input.decode(json, &|arguments| {
        assert!(arguments.json == json, "the arguments were mended");
        runs.set(runs.get() + 1);
        read(arguments)
    });
    assert_eq!(runs.get(), 1);
    decoded.expect("arguments")
}

fn error<T>(input: &Input, json: &str, read: impl Fn(&Arguments<'_>) -> Result<T>) -> String {
    match input.decode(json, &read) {
        Ok(_) => panic!("{json} was accepted"),
        Err(error) => error.to_string(),
    }
}

fn epochs() -> Param {
    Param::new::<u32>("epochs")
        .rule(Rule::Minimum(1.into()))
        .rule(Rule::Maximum(1000.into()))
        .default(10)
}

#[test]
fn the_schema_tells_names_types_rules_and_defaults() {
    let input = compile([
        Param::new::<String>("data").description("What to learn from."),
        epochs().description("How often."),
        Param::new::<Option<Vec<String>>>("tags").rule(Rule::MaxLength(3)),
    ]);
    assert_eq!(
        input.schema(),
        &json!({
            "type": "object",
            "properties": {
                "data": { "type": "string", "description": "What to learn from." },
                "epochs": {
                    "type": "integer", "minimum": 1, "maximum": 1000,
                    "description": "How often.", "default": 10,
                },
                "tags": { "type": "array", "items": { "type": "string" }, "maxItems": 3 },
            },
            "required": ["data"],
            "additionalProperties": false,
        })
    );
}

#[test]
fn a_documented_parameter_keeps_what_the_choices_of_its_type_are_for() {
    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code)]
    enum Mode {
        /// Takes its time.
        Slow,
        Fast,
    }
    let input = compile([Param::new::<Option<Mode>>("mode").description("How to go.")]);
    assert_eq!(
        input.schema()["properties"]["mode"],
        json!({
            "type": "string",
            "enum": ["Fast", "Slow"],
            "description": "How to go.\n\n- `Slow`: Takes its time.",
        })
    );
}

#[test]
fn good_arguments_are_decoded_as_they_came() {
    let plain = compile([Param::new::<f64>("a"), Param::new::<Option<String>>("b")]);
    let read = |arguments: &Arguments<'_>| {
        Ok((arguments.get::<f64>(0)?, arguments.get::<Option<String>>(1)?))
    };
    assert_eq!(decode_at_once(&plain, r#"{"b":"x","a":1}"#, read), (1.0, Some("x".to_owned())));
    assert_eq!(decode_at_once(&plain, r#"{"a":1,"b":null}"#, read), (1.0, None));
    let ruled = compile([epochs()]);
    let read = |arguments: &Arguments<'_>| arguments.get_or(0, || 10_u32);
    assert_eq!(decode_at_once(&ruled, r#"{"epochs":1000}"#, read), 1000);
    assert_eq!(decode_at_once(&ruled, "{}", read), 10);
}

#[test]
fn certain_faults_are_mended() {
    let input = compile([epochs(), Param::new::<bool>("deep"), Param::new::<Option<u8>>("seed")]);
    let read = |arguments: &Arguments<'_>| {
        Ok((
            arguments.get_or(0, || 10_u32)?,
            arguments.get::<bool>(1)?,
            arguments.get::<Option<u8>>(2)?,
        ))
    };
    let decode = |json: &str| input.decode(json, &read).expect("arguments");
    assert_eq!(decode(r#"{"epochs":"20","deep":"true"}"#), (20, true, None));
    assert_eq!(decode(r#"{"epochs":null,"deep":false,"seed":7.0}"#), (10, false, Some(7)));
    assert_eq!(decode(r#"{"deep":true,"seed":null}"#), (10, true, None));
}

#[test]
fn more_values_than_a_model_writes_are_not_mended() {
    let input = compile([epochs(), Param::new::<Vec<u8>>("items")]);
    let read = |arguments: &Arguments<'_>| arguments.get::<Vec<u8>>(1);
    let json = |items: usize| format!(r#"{{"epochs":"20","items":[{}0]}}"#, "0,".repeat(items));
    assert_eq!(input.decode(&json(5000), &read).expect("arguments").len(), 5001);
    let told = error(&input, &json(20_000), read);
    assert_eq!(told, "invalid arguments: `epochs` must be an integer, got a string");
    let text = json!({ "items": format!("[{}0]", "0,".repeat(20_000)) }).to_string();
    let told = error(&input, &text, read);
    assert_eq!(told, "invalid arguments: `items` must be an array, got a string");
}

#[test]
fn values_deeper_than_a_model_writes_are_not_mended() {
    let input = compile([epochs(), Param::new::<Value>("tree")]);
    let read = |arguments: &Arguments<'_>| arguments.get_or(0, || 10_u32);
    let json = |depth: usize| {
        format!(r#"{{"tree":{}"]}}"{},"epochs":"20"}}"#, "[".repeat(depth), "]".repeat(depth))
    };
    assert_eq!(input.decode(&json(10), &read).expect("arguments"), 20);
    let told = error(&input, &json(20), read);
    assert_eq!(told, "invalid arguments: `epochs` must be an integer, got a string");
}

#[test]
fn all_faults_are_told_at_once_and_without_values() {
    let input = compile([epochs(), Param::new::<String>("data"), Param::new::<bool>("deep")]);
    let told = error(&input, r#"{"epochs":"5000","deep":"hunter2","dat":"hunter2"}"#, |_| Ok(()));
    assert_eq!(
        told,
        "invalid arguments: `epochs` must be at most 1000; \
         `deep` must be true or false, got a string; \
         `dat` is unknown; did you mean `data`?; \
         `data` is required"
    );
}

#[test]
fn a_fault_that_only_decoding_finds_is_told_without_the_value() {
    #[derive(Debug, Deserialize, JsonSchema)]
    #[allow(dead_code)]
    struct Inner {
        #[schemars(with = "String")]
        port: u16,
    }
    let input = compile([Param::new::<Inner>("inner"), Param::new::<u32>("count")]);
    let read = |arguments: &Arguments<'_>| {
        arguments.get::<u32>(1)?;
        arguments.get::<Inner>(0)
    };
    let told = error(&input, r#"{"inner":{"port":"hunter2, expected x"},"count":1}"#, read);
    assert_eq!(told, "invalid arguments: `inner.port` must be u16");
    let told = error(&input, r#"{"inner":{"port":"1"},"count":4294967296}"#, read);
    assert_eq!(told, "invalid arguments: `count` must be u32");
}

#[test]
fn an_unknown_argument_is_refused_unless_the_tool_allows_it() {
    let params = || vec![Param::new::<u32>("count"), Param::new::<Option<u32>>("limit")];
    let read = |arguments: &Arguments<'_>| arguments.get::<u32>(0);
    let closed = Input::compile(params(), true).expect("parameters");
    let told = error(&closed, r#"{"count":1,"other":2}"#, read);
    assert_eq!(told, "invalid arguments: `other` is unknown; known are `count`, `limit`");
    let open = Input::compile(params(), false).expect("parameters");
    assert_eq!(decode_at_once(&open, r#"{"count":1,"other":2}"#, read), 1);
}

#[test]
fn an_argument_that_occurs_twice_is_refused() {
    let input = compile([Param::new::<u32>("count")]);
    let read = |arguments: &Arguments<'_>| arguments.get::<u32>(0);
    let told = error(&input, r#"{"count":1,"\u0063ount":2}"#, read);
    assert_eq!(told, "invalid arguments: `count` occurs twice");
}

#[test]
fn arguments_that_are_no_object_are_refused() {
    let input = compile([]);
    for json in ["[]", "5", "\"a\"", "null"] {
        let told = error(&input, json, |_| Ok(()));
        assert!(told.contains("an object of arguments") && !told.contains(" line "), "{told}");
    }
}

#[test]
fn a_schema_by_hand_is_checked_because_decoding_does_not() {
    let schema = json!({ "type": "object", "properties": { "a": { "type": "integer" } } });
    let input = compile([Param::new::<Value>("any").schema(schema)]);
    let read = |arguments: &Arguments<'_>| arguments.get::<Value>(0);
    assert_eq!(decode_at_once(&input, r#"{"any":{"a":1}}"#, read), json!({ "a": 1 }));
    let told = error(&input, r#"{"any":{"a":[]}}"#, read);
    assert_eq!(told, "invalid arguments: `any.a` must be an integer, got an array");
}

#[test]
fn a_schema_by_hand_can_allow_more_names_than_it_lists() {
    let schema = json!({
        "type": "object",
        "patternProperties": { "^n_": { "type": "integer" } },
        "additionalProperties": false,
    });
    let input = compile([Param::new::<Value>("all").flatten().schema(schema)]);
    let read = |arguments: &Arguments<'_>| arguments.all::<Value>();
    assert_eq!(decode_at_once(&input, r#"{"n_a":1}"#, read), json!({ "n_a": 1 }));
    assert!(error(&input, r#"{"m":1}"#, read).contains("`m` is unknown"));
}

#[test]
fn the_arguments_can_be_one_struct() {
    #[derive(Debug, Deserialize, JsonSchema, PartialEq)]
    struct Search {
        query: String,
        limit: Option<u32>,
    }
    let input = compile([Param::new::<Search>("search").flatten()]);
    assert_eq!(
        input.schema(),
        &json!({
            "type": "object",
            "properties": {
                "query": { "type": "string" },
                "limit": { "type": "integer", "minimum": 0 },
            },
            "required": ["query"],
            "additionalProperties": false,
        })
    );
    let read = |arguments: &Arguments<'_>| arguments.all::<Search>();
    let search = decode_at_once(&input, r#"{"query":"a"}"#, read);
    assert_eq!(search, Search { query: "a".to_owned(), limit: None });
    let mended = input.decode(r#"{"query":"a","limit":"5"}"#, &read).expect("arguments");
    assert_eq!(mended.limit, Some(5));
    assert!(error(&input, r#"{"query":"a","limits":5}"#, read).contains("did you mean `limit`?"));
}

#[test]
fn headers_come_from_annotations_and_their_faults_are_found_early() {
    let input = compile([Param::new::<Option<String>>("region").header("Region")]);
    let [header] = input.headers() else { panic!("one header") };
    assert_eq!(
        (header.path.join("."), header.header.as_str()),
        ("region".to_owned(), "mcp-param-region")
    );
    let float = Input::compile(vec![Param::new::<f64>("ratio").header("Ratio")], true);
    assert!(float.expect_err("no parameters").contains("`ratio`"));
}

#[test]
fn two_parameters_with_one_name_are_refused() {
    let twice = vec![Param::new::<u32>("a"), Param::new::<u32>("a")];
    assert!(Input::compile(twice, true).expect_err("no parameters").contains("`a`"));
}
