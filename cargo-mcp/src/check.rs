//! What clients and models stumble over in what a server offers.

use std::{collections::BTreeSet, sync::LazyLock};

use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::registry::{Fault, Severity};

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// Names are `{service}_{action}_{resource}`.
    pub(crate) style: bool,
    /// How many tokens the list of tools may have, about.
    pub(crate) max_tokens: usize,
}

/// How many tools known clients pass on to a model.
const MAX_TOOLS: usize = 128;

/// Tells what is wrong with a server, which is described as `inspect --json` does.
pub(crate) fn check(described: &Value, rules: &Rules) -> Vec<Fault> {
    let mut findings = Findings(Vec::new());
    let offers = ["tools", "resources", "resourceTemplates", "prompts"]
        .iter()
        .any(|key| described[key].as_array().is_some_and(|items| !items.is_empty()));
    if !offers {
        findings.warn("", "offers-nothing", "the server offers nothing");
    }
    if described["instructions"].as_str().is_none_or(str::is_empty) {
        findings.warn(
            "instructions",
            "instructions-missing",
            "are missing; they tell a model when to use the server and how",
        );
    }
    let tools = items(described, "tools");
    // Servers can show clients with sessions other schemas than those without.
    let has_sessions = text(&described["protocolVersion"]) < "2026-07-28";
    for tool in tools {
        check_tool(tool, rules, &mut findings);
        let output = &tool["outputSchema"];
        if has_sessions && !output.is_null() && output["type"] != "object" {
            findings.error(
                &format!("tools.{}.outputSchema", text(&tool["name"])),
                "output-no-object",
                "revisions before 2026-07-28 have objects alone",
            );
        }
    }
    check_unique(tools, "tools", "name", &mut findings);
    if rules.style {
        check_services(tools, &mut findings);
    }
    if tools.len() > MAX_TOOLS {
        findings.warn(
            "tools",
            "tools-many",
            &format!("there are {}; known clients take {MAX_TOOLS} of all servers", tools.len()),
        );
    }
    let size = tokens(described);
    if size > rules.max_tokens {
        findings.warn(
            "tools",
            "tools-size",
            &format!(
                "the list has about {size} tokens, which each conversation pays; {} are asked for",
                rules.max_tokens
            ),
        );
    }
    check_unique(items(described, "resources"), "resources", "uri", &mut findings);
    check_unique(items(described, "prompts"), "prompts", "name", &mut findings);
    for (key, name) in
        [("resources", "uri"), ("resourceTemplates", "uriTemplate"), ("prompts", "name")]
    {
        for item in items(described, key) {
            if !has_text(&item["description"]) {
                let path = format!("{key}.{}", text(&item[name]));
                findings.warn(&path, "description-missing", "has no description");
            }
            for argument in items(item, "arguments") {
                if !has_text(&argument["description"]) {
                    let path = format!("{key}.{}.{}", text(&item[name]), text(&argument["name"]));
                    findings.warn(&path, "argument-description-missing", "has no description");
                }
            }
        }
    }
    findings.0
}

struct Findings(Vec<Fault>);

impl Findings {
    fn warn(&mut self, path: &str, rule: &'static str, message: &str) {
        self.add(path, rule, Severity::Warning, message);
    }

    fn error(&mut self, path: &str, rule: &'static str, message: &str) {
        self.add(path, rule, Severity::Error, message);
    }

    fn add(&mut self, path: &str, rule: &'static str, severity: Severity, message: &str) {
        let path = crate::table::one_line(path);
        let message = crate::table::one_line(message);
        self.0.push(Fault { path, rule, severity, message });
    }
}

fn items<'a>(described: &'a Value, key: &str) -> &'a [Value] {
    described[key].as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn has_text(value: &Value) -> bool {
    !text(value).trim().is_empty()
}

/// About how many tokens of the list of tools a model reads: four characters are one.
pub(crate) fn tokens(described: &Value) -> usize {
    let read = ["name", "description", "inputSchema"];
    let length = |tool: &Value| read.iter().map(|key| tool[key].to_string().len()).sum::<usize>();
    items(described, "tools").iter().map(length).sum::<usize>() / 4
}

fn check_unique(items: &[Value], key: &str, name: &str, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for item in items {
        let name = text(&item[name]);
        if !seen.insert(name) {
            findings.error(&format!("{key}.{name}"), "name-twice", "is there twice");
        }
    }
}

fn check_tool(tool: &Value, rules: &Rules, findings: &mut Findings) {
    static PROTOCOL: LazyLock<Regex> = LazyLock::new(|| regex("^[A-Za-z0-9_.-]{1,128}$"));
    static CLIENTS: LazyLock<Regex> = LazyLock::new(|| regex("^[A-Za-z0-9_-]{1,64}$"));
    static STYLE: LazyLock<Regex> = LazyLock::new(|| regex("^[a-z0-9]+_[a-z0-9]+(_[a-z0-9]+)+$"));

    let name = text(&tool["name"]);
    let path = format!("tools.{name}");
    if !PROTOCOL.is_match(name) {
        findings.error(
            &path,
            "tool-name",
            "the protocol has names of 1 to 128 letters, digits, `_`, `-` and `.`",
        );
    } else if !CLIENTS.is_match(name) {
        findings.warn(
            &path,
            "tool-name-of-clients",
            "some clients take names of 1 to 64 letters, digits, `_` and `-` alone",
        );
    }
    if rules.style && !STYLE.is_match(name) {
        findings.warn(&path, "tool-name-style", "is not in the form {service}_{action}_{resource}");
    }
    if !has_text(&tool["description"]) {
        findings.warn(&path, "description-missing", "has no description; a model guesses");
    } else if text(&tool["description"]).chars().count() > 1024 {
        findings.warn(
            &path,
            "description-long",
            "the description has more than 1024 characters, which some clients cut off",
        );
    }
    let annotations = &tool["annotations"];
    if annotations["readOnlyHint"].as_bool().is_none()
        && annotations["destructiveHint"].as_bool().is_none()
    {
        findings.warn(
            &path,
            "annotations-missing",
            "does not say whether it only reads or can destroy; clients take the worst",
        );
    }
    if annotations["readOnlyHint"] == true && annotations["destructiveHint"] == true {
        findings.error(&path, "annotations-contradict", "only reads, and can destroy");
    }
    check_input(&path, &tool["inputSchema"], findings);
}

fn check_input(path: &str, schema: &Value, findings: &mut Findings) {
    let path = format!("{path}.inputSchema");
    if schema["type"] != "object" {
        findings.error(&path, "schema-no-object", "is no schema of an object");
        return;
    }
    for keyword in ["oneOf", "anyOf", "allOf", "not", "enum"] {
        if !schema[keyword].is_null() {
            findings.warn(
                &path,
                "schema-combined",
                &format!("has `{keyword}` at its root, which known clients refuse"),
            );
        }
    }
    let Some(properties) = schema["properties"].as_object() else {
        findings.warn(
            &path,
            "schema-no-properties",
            "has no `properties`, which some clients want",
        );
        return;
    };
    check_properties(&path, properties, findings);
    check_schema(&path, schema, 0, findings);
}

fn check_properties(path: &str, properties: &Map<String, Value>, findings: &mut Findings) {
    static NAME: LazyLock<Regex> = LazyLock::new(|| regex("^[A-Za-z0-9_.-]{1,64}$"));
    for (name, schema) in properties {
        let path = format!("{path}.{name}");
        if !NAME.is_match(name) {
            findings.warn(
                &path,
                "argument-name",
                "known clients take names of 1 to 64 letters, digits, `_`, `-` and `.` alone",
            );
        }
        if !has_text(&schema["description"]) {
            findings.warn(&path, "argument-description-missing", "has no description");
        }
    }
}

/// How deep schemas are looked into.
const MAX_DEPTH: usize = 32;

/// The formats of JSON Schema and of OpenAPI.
const FORMATS: [&str; 20] = [
    "date",
    "date-time",
    "time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "uuid",
    "regex",
    "int32",
    "int64",
    "float",
    "double",
    "byte",
    "binary",
    "enum",
    "password",
];

fn check_schema(path: &str, schema: &Value, depth: usize, findings: &mut Findings) {
    if depth > MAX_DEPTH {
        return;
    }
    if schema.is_boolean() {
        findings.warn(path, "schema-boolean", "is no object, which known clients refuse");
        return;
    }
    check_keywords(path, schema, findings);
    for key in ["properties", "$defs"] {
        for (name, inner) in schema[key].as_object().into_iter().flatten() {
            check_schema(&format!("{path}.{name}"), inner, depth + 1, findings);
        }
    }
    for key in ["anyOf", "oneOf", "allOf", "prefixItems"] {
        for (index, inner) in schema[key].as_array().into_iter().flatten().enumerate() {
            check_schema(&format!("{path}.{key}[{index}]"), inner, depth + 1, findings);
        }
    }
    if let Some(items) = schema.get("items").filter(|it| it.is_object()) {
        check_schema(&format!("{path}[]"), items, depth + 1, findings);
    }
}

/// What a schema says at one place.
fn check_keywords(path: &str, schema: &Value, findings: &mut Findings) {
    if schema.get("$ref").is_some() {
        findings.warn(path, "schema-reference", "has `$ref`, which some clients do not follow");
    }
    let tells_type = ["type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const"]
        .iter()
        .any(|key| schema.get(key).is_some());
    if !tells_type {
        findings.warn(
            path,
            "schema-any",
            "does not say of which type it is, which some clients want",
        );
    }
    if schema["type"].is_array() {
        findings.warn(path, "schema-types", "has several types, which some clients refuse");
    }
    if schema["type"] == "array"
        && schema.get("items").is_none()
        && schema.get("prefixItems").is_none()
    {
        findings.warn(
            path,
            "schema-array",
            "is an array without `items`, which known clients refuse",
        );
    }
    if let Some(format) = schema["format"].as_str()
        && !FORMATS.contains(&format)
    {
        findings.warn(
            path,
            "schema-format",
            &format!("has the format `{format}`, which some clients refuse"),
        );
    }
    if schema["enum"].as_array().is_some_and(|values| values.iter().any(|it| !it.is_string())) {
        findings.warn(
            path,
            "schema-enum",
            "has values that are no texts, which some clients refuse",
        );
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = text(name);
        if schema["properties"].get(name).is_none() {
            findings.error(
                path,
                "schema-required",
                &format!("demands `{name}`, which it does not describe; known clients refuse that"),
            );
        }
    }
}

/// With the style, all tools begin with the name of one service.
fn check_services(tools: &[Value], findings: &mut Findings) {
    let service =
        |tool: &Value| text(&tool["name"]).split('_').next().unwrap_or_default().to_owned();
    let services: BTreeSet<String> = tools.iter().map(service).collect();
    if services.len() > 1 {
        let services: Vec<String> = services.into_iter().collect();
        findings.warn(
            "tools",
            "tool-name-service",
            &format!("the names begin with several services: {}", services.join(", ")),
        );
    }
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a sound pattern")
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
