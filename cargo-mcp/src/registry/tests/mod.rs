//! Each rule of the registry, in documents that keep it and that break it.

mod arguments;
mod documents;
mod keys;
mod official;
mod packages;
mod readme;
mod transports;

use serde_json::{Value, json};

use super::{CURRENT_SCHEMA, judge, package::base_url};

/// The smallest document that has all that is needed.
fn minimal() -> Value {
    json!({
        "$schema": CURRENT_SCHEMA,
        "name": "io.github.user/weather",
        "description": "Forecasts for any place.",
        "version": "1.0.2",
    })
}

/// The smallest document with one member set or, with `null`, removed.
fn with(member: &str, value: Value) -> Value {
    let mut document = minimal();
    let members = document.as_object_mut().expect("an object");
    match value {
        Value::Null => members.shift_remove(member),
        value => members.insert(member.to_owned(), value),
    };
    document
}

/// The smallest document with one package.
fn with_package(package: Value) -> Value {
    with("packages", json!([package]))
}

/// A package of npm, on stdio, with more members.
fn npm(more: Value) -> Value {
    let mut package = json!({
        "registryType": "npm",
        "identifier": "@user/weather",
        "version": "1.0.0",
        "transport": { "type": "stdio" },
    });
    merge(&mut package, more);
    package
}

fn merge(into: &mut Value, more: Value) {
    let (Value::Object(into), Value::Object(more)) = (into, more) else { panic!("two objects") };
    into.extend(more);
}

/// The document passes, and passes the official schema.
#[track_caller]
fn passes(document: &Value) {
    assert_eq!(told(document), [""; 0], "{document}");
    assert_eq!(official_faults(document), [""; 0], "{document}");
}

/// The document breaks exactly these rules, each as `path rule`.
#[track_caller]
fn breaks(document: &Value, expected: &[&str]) {
    assert_eq!(told(document), expected, "{document}");
}

/// The document breaks a rule that the official schema has as well.
#[track_caller]
fn breaks_schema(document: &Value, expected: &[&str]) {
    breaks(document, expected);
    if std::env::var_os(SCHEMAS).is_some() {
        assert_ne!(official_faults(document), [""; 0], "{document}");
    }
}

fn told(document: &Value) -> Vec<String> {
    judge(document).iter().map(|fault| format!("{} {}", fault.path, fault.rule)).collect()
}

/// Names a directory beside that of the registry's schema.
const SCHEMAS: &str = "MCP_SCHEMAS";

/// What the official schema says, where it is at hand.
#[expect(clippy::print_stdout, reason = "whoever runs the tests should know what they skip")]
fn official_faults(document: &Value) -> Vec<String> {
    let Some(directory) = std::env::var_os(SCHEMAS) else {
        println!("not compared: {SCHEMAS} does not name the directory of the official schemas");
        return Vec::new();
    };
    let path = std::path::Path::new(&directory).join("../registry/server-2025-12-11.json");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
    let schema = serde_json::from_str(&text).expect("a schema is JSON");
    let validator = jsonschema::draft7::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("a sound schema");
    validator.iter_errors(document).map(|error| error.to_string()).collect()
}
