use std::collections::{BTreeMap, HashMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{of_input, of_output, remove_null, string_choices};
use crate::schema::{Validator, walk};

fn input<T: JsonSchema>() -> Value {
    of_input::<T>().schema
}

/// How fast to go.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Speed {
    /// Skips the checks.
    Fast,
    Slow,
    /// Asks
    /// twice.
    VerySlow,
}

#[derive(Deserialize, Serialize, JsonSchema)]
enum Plain {
    A,
    B,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind")]
enum Shape {
    Circle { radius: f64 },
    Square { side: Option<u32> },
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Node {
    value: i64,
    next: Option<Box<Node>>,
    children: Vec<Node>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Options {
    zebra: Option<u32>,
    /// How fast.
    speed: Option<Speed>,
    plain: Option<Plain>,
    #[serde(default)]
    apple: Option<String>,
    #[serde(default)]
    count: u64,
    shape: Option<Shape>,
    anything: serde_json::Value,
    anything_else: Option<serde_json::Value>,
    map: HashMap<String, serde_json::Value>,
    list: Vec<serde_json::Value>,
    gaps: Vec<Option<u32>>,
    ratio: f32,
    address: std::net::IpAddr,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    unit: (),
}

#[test]
fn an_option_has_no_null_and_is_not_required() {
    let schema = input::<Options>();
    let properties = &schema["properties"];
    assert_eq!(properties["zebra"], json!({ "type": "integer", "minimum": 0 }));
    assert_eq!(properties["plain"], json!({ "type": "string", "enum": ["A", "B"] }));
    assert_eq!(properties["apple"], json!({ "type": "string" }));
    assert_eq!(properties["count"], json!({ "type": "integer", "minimum": 0, "default": 0 }));
    assert_eq!(
        schema["required"],
        json!(["anything", "map", "list", "gaps", "ratio", "address", "unit"])
    );
    assert!(properties["shape"]["oneOf"].is_array());
    let mut option = input::<Option<Speed>>();
    remove_null(&mut option);
    assert_eq!(option["type"], "string");
}

#[test]
fn null_stays_where_it_says_something() {
    let schema = input::<Options>();
    assert_eq!(
        schema["properties"]["gaps"]["items"],
        json!({ "type": ["integer", "null"], "minimum": 0 })
    );
    assert_eq!(schema["properties"]["unit"], json!({ "type": "null" }));
    let mut unit = json!({ "type": ["null"], "enum": [null], "anyOf": [{ "type": "null" }] });
    let before = unit.clone();
    remove_null(&mut unit);
    assert_eq!(unit["enum"], before["enum"]);
}

#[test]
fn a_unit_enum_is_one_enum_of_strings_with_its_docs_in_the_description() {
    assert_eq!(
        input::<Speed>(),
        json!({
            "description": "How fast to go.\n\n- `fast`: Skips the checks.\n- `very_slow`: Asks\ntwice.",
            "type": "string",
            "enum": ["slow", "fast", "very_slow"],
        })
    );
    assert_eq!(
        input::<Options>()["properties"]["speed"]["description"],
        json!("How fast.\n\n- `fast`: Skips the checks.\n- `very_slow`: Asks\ntwice.")
    );
    assert_eq!(input::<Plain>(), json!({ "type": "string", "enum": ["A", "B"] }));
}

#[test]
fn formats_are_those_of_the_standard() {
    let schema = input::<Options>();
    let text = schema.to_string();
    assert!(!text.contains("\"format\""), "{text}");
    assert_eq!(input::<std::net::Ipv4Addr>(), json!({ "type": "string", "format": "ipv4" }));
    assert_eq!(input::<f64>(), json!({ "type": "number" }));
    assert_eq!(input::<u8>(), json!({ "type": "integer", "minimum": 0, "maximum": 255 }));
}

#[test]
fn schemas_are_objects_and_have_no_names_of_types() {
    let schema = input::<Options>();
    assert_eq!(schema["properties"]["anything"], json!({}));
    assert_eq!(schema["properties"]["anything_else"], json!({}));
    assert_eq!(schema["properties"]["list"], json!({ "type": "array", "items": {} }));
    assert_eq!(
        schema["properties"]["map"],
        json!({ "type": "object", "additionalProperties": true })
    );
    assert_eq!(input::<serde_json::Value>(), json!({}));
    assert!(schema.get("title").is_none() && schema.get("$schema").is_none());

    #[derive(Deserialize, JsonSchema)]
    #[schemars(title = "For people")]
    #[allow(dead_code)]
    struct Titled {
        a: bool,
    }
    assert_eq!(input::<Titled>()["title"], "For people");
}

#[test]
fn the_order_is_that_of_the_declaration() {
    let schema = input::<Options>();
    let names: Vec<_> = schema["properties"].as_object().into_iter().flatten().collect();
    assert_eq!(
        names.iter().take(4).map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["zebra", "speed", "plain", "apple"]
    );
    assert_eq!(input::<Options>().to_string(), schema.to_string());
}

#[test]
fn only_a_type_that_contains_itself_has_references() {
    assert!(!input::<Options>().to_string().contains("$ref"));
    for schema in [input::<Node>(), input::<Vec<Node>>(), input::<(Node, Option<Box<Node>>)>()] {
        assert_eq!(
            schema["$defs"]["Node"]["properties"]["children"],
            json!({ "type": "array", "items": { "$ref": "#/$defs/Node" } })
        );
        assert_eq!(
            schema["$defs"]["Node"]["properties"]["next"],
            json!({ "$ref": "#/$defs/Node" })
        );
        assert!(Validator::new(&schema).is_ok());
        assert!(!schema.to_string().contains("\"#\""));
    }
}

fn check_output<T: Serialize + JsonSchema>(values: impl IntoIterator<Item = T>) {
    let schema = of_output::<T>();
    let validator = Validator::new(&schema).unwrap_or_else(|error| panic!("{schema}: {error}"));
    for value in values {
        let json = serde_json::to_string(&value).expect("JSON");
        assert!(validator.accepts(&json), "{json} against {schema}");
    }
}

#[test]
fn what_a_type_writes_fits_its_output_schema() {
    let full = || Options {
        zebra: Some(1),
        speed: Some(Speed::VerySlow),
        plain: Some(Plain::B),
        apple: Some("a".into()),
        count: u64::MAX,
        shape: Some(Shape::Circle { radius: 0.5 }),
        anything: json!(null),
        anything_else: Some(json!([1])),
        map: [("a".to_owned(), json!(1))].into(),
        list: vec![json!(null), json!({})],
        gaps: vec![None, Some(1)],
        ratio: 0.5,
        address: [127, 0, 0, 1].into(),
        note: Some("n".into()),
        unit: (),
    };
    let empty = Options {
        zebra: None,
        speed: None,
        plain: None,
        apple: None,
        shape: None,
        anything_else: None,
        note: None,
        ..full()
    };
    check_output([full(), empty]);
    check_output([Shape::Square { side: None }, Shape::Square { side: Some(1) }]);
    check_output([None, Some(Speed::Fast)]);
    check_output([Some(Plain::A), None]);
    let leaf = || Node { value: 1, next: None, children: vec![] };
    check_output([Node {
        value: -1,
        next: Some(Box::new(leaf())),
        children: vec![leaf(), leaf()],
    }]);
    check_output([BTreeMap::from([(1_u32, true)]), BTreeMap::new()]);
    check_output([HashSet::from(["a"])]);
    check_output([(1_u8, "a", [1.5, 2.0])]);
    check_output([Some(std::time::Duration::from_millis(1500)), None]);
    check_output(['a', 'é']);
    check_output([Ok::<_, String>(1_i8), Err("no".to_owned())]);
}

#[test]
fn an_output_keeps_null_where_it_is_written() {
    let schema = of_output::<Options>();
    assert_eq!(schema["properties"]["zebra"]["type"], json!(["integer", "null"]));
    assert!(!schema.to_string().contains("uint"));
    assert_eq!(schema["properties"]["anything"], json!({}));
}

#[test]
fn a_type_without_rules_is_checked_by_decoding() {
    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Free {
        /// Documented.
        a: u32,
        b: Option<i8>,
        #[serde(default)]
        c: Vec<String>,
        d: HashMap<String, f64>,
        e: serde_json::Value,
    }
    assert!(!of_input::<Free>().has_rules);
    for free in [
        of_input::<u8>().has_rules,
        of_input::<i16>().has_rules,
        of_input::<usize>().has_rules,
        of_input::<Option<f32>>().has_rules,
        of_input::<String>().has_rules,
        of_input::<Vec<Vec<bool>>>().has_rules,
        of_input::<serde_json::Value>().has_rules,
    ] {
        assert!(!free);
    }
}

#[test]
fn whatever_a_schema_says_besides_the_type_is_a_rule() {
    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code)]
    struct FromZero {
        #[schemars(range(min = 0))]
        a: i32,
    }
    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code)]
    struct UpTo {
        #[schemars(range(max = 10))]
        a: u8,
    }
    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code)]
    struct Long {
        #[schemars(length(min = 3))]
        a: Vec<String>,
    }
    for rules in [
        of_input::<FromZero>().has_rules,
        of_input::<Vec<UpTo>>().has_rules,
        of_input::<Long>().has_rules,
        of_input::<Plain>().has_rules,
        of_input::<Shape>().has_rules,
        of_input::<Node>().has_rules,
        of_input::<HashSet<String>>().has_rules,
        of_input::<std::num::NonZeroU8>().has_rules,
        of_input::<std::net::Ipv4Addr>().has_rules,
        of_input::<HashMap<String, UpTo>>().has_rules,
    ] {
        assert!(rules);
    }
}

#[test]
fn choices_are_those_of_enum_and_const() {
    assert_eq!(string_choices(&json!({ "enum": ["a", "b"] })), Some(vec!["a".into(), "b".into()]));
    assert_eq!(string_choices(&json!({ "const": "a" })), Some(vec!["a".into()]));
    assert_eq!(string_choices(&json!({ "enum": ["a", 1] })), None);
    assert_eq!(string_choices(&json!({ "type": "string" })), None);
}

/// No schema in `schema` is a boolean, apart from where clients know it as one.
#[test]
fn no_schema_inside_is_a_boolean() {
    fn visit(schema: &Value) {
        let members = schema.as_object().expect("an object");
        walk::for_each(members, &mut |place, schema| {
            if place.keyword != "additionalProperties" || schema.is_object() {
                visit(schema);
            }
        });
    }
    visit(&input::<Options>());
    visit(&of_output::<Options>());
    visit(&input::<(serde_json::Value, Shape)>());
}
