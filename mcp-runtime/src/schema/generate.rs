//! Schemas of Rust types, in words that every client understands.
//!
//! * No references, except in types that contain themselves.
//! * No formats but those of the standard (schemars has `uint32`), no boolean schemas, no title that
//!   is a type's name.
//! * A unit enum is one `enum` of strings, with what its variants are for in the description.
//! * In an input, whatever can be left out has no `null`: leaving it out says the same. Elsewhere
//!   `null` stays, since it says something: as an item of a list, say.
//! * In an output `null` stays everywhere, since `Option` writes it: a result must fit its schema.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::{definitions::Definitions, walk};

/// The schema of an argument's type.
#[derive(Debug)]
pub(crate) struct InputSchema {
    pub(crate) schema: Value,
    /// Whether it says more than decoding into the type checks.
    pub(crate) has_rules: bool,
}

/// The schema of an argument of type `T`.
pub(crate) fn of_input<T: JsonSchema>() -> InputSchema {
    let mut schema = generate::<T>(SchemaSettings::draft2020_12().for_deserialize());
    let has_rules = has_rules(&schema);
    clean(&mut schema, true);
    InputSchema { schema, has_rules }
}

/// The schema of a result of type `T`.
pub(crate) fn of_output<T: JsonSchema>() -> Value {
    let mut schema = generate::<T>(SchemaSettings::draft2020_12().for_serialize());
    clean(&mut schema, false);
    schema
}

fn generate<T: JsonSchema>(mut settings: SchemaSettings) -> Value {
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    let name = T::schema_name();
    if schema.get("title").and_then(Value::as_str) == Some(&*name)
        && let Value::Object(members) = &mut schema
    {
        members.shift_remove("title");
    }
    let mut definitions = Definitions::default();
    let mut schema = definitions.adopt(schema, &name);
    let definitions = definitions.into_map();
    if let (Value::Object(members), false) = (&mut schema, definitions.is_empty()) {
        members.insert("$defs".into(), definitions.into());
    }
    schema
}

/// The strings between which a schema lets choose, if it does.
pub(crate) fn string_choices(schema: &Value) -> Option<Vec<String>> {
    let choices = match schema.get("const") {
        Some(only) => std::slice::from_ref(only),
        None => schema.get("enum")?.as_array()?,
    };
    choices.iter().map(|choice| choice.as_str().map(str::to_owned)).collect()
}

/// Whether a schema, as it was generated, says more than decoding checks.
///
/// A keyword counts unless it certainly follows from the type. `enum` counts: a type's own
/// `JsonSchema` may allow less than its `Deserialize`.
fn has_rules(schema: &Value) -> bool {
    let Value::Object(members) = schema else { return false };
    let format = members.get("format").and_then(Value::as_str);
    let mut found = members.iter().any(|(keyword, value)| match keyword.as_str() {
        "type"
        | "properties"
        | "required"
        | "additionalProperties"
        | "items"
        | "title"
        | "description"
        | "default"
        | "examples"
        | "deprecated" => false,
        "format" => format.is_none_or(|format| number_bounds(format).is_none()),
        "minimum" | "maximum" => {
            let bounds = format.and_then(number_bounds);
            let of_type =
                bounds.and_then(|(min, max)| if keyword == "minimum" { min } else { max });
            value.as_i64() != of_type || of_type.is_none()
        }
        _ => true,
    });
    walk::for_each(members, &mut |_, schema| found = found || has_rules(schema));
    found
}

/// The bounds that follow from the format that schemars gives a Rust number.
fn number_bounds(format: &str) -> Option<(Option<i64>, Option<i64>)> {
    match format {
        "int8" => Some((Some(i8::MIN.into()), Some(i8::MAX.into()))),
        "int16" => Some((Some(i16::MIN.into()), Some(i16::MAX.into()))),
        "uint8" => Some((Some(0), Some(u8::MAX.into()))),
        "uint16" => Some((Some(0), Some(u16::MAX.into()))),
        "uint" | "uint32" | "uint64" | "uint128" => Some((Some(0), None)),
        "int" | "int32" | "int64" | "int128" | "float" | "double" => Some((None, None)),
        _ => None,
    }
}

fn clean(schema: &mut Value, input: bool) {
    match schema {
        Value::Bool(true) => *schema = json!({}),
        Value::Bool(false) => *schema = json!({ "not": {} }),
        _ => {}
    }
    let Value::Object(members) = schema else { return };
    if input {
        remove_null_from_optional(members);
    }
    walk::for_each_mut(members, &mut |place, schema| {
        // Clients do know these two as booleans.
        let boolean = matches!(place.keyword, "additionalProperties" | "unevaluatedProperties");
        if !(boolean && schema.is_boolean()) {
            clean(schema, input);
        }
    });
    if members.get("format").and_then(Value::as_str).is_some_and(|it| !is_standard_format(it)) {
        members.shift_remove("format");
    }
    for keyword in ["oneOf", "anyOf"] {
        join_choices(members, keyword);
    }
}

fn remove_null_from_optional(members: &mut Map<String, Value>) {
    let required = members.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(Value::Object(properties)) = members.get_mut("properties") else { return };
    for (name, property) in properties {
        if !required.iter().any(|it| it == name) {
            remove_null(property);
        }
    }
}

/// Those of draft 2020-12, section 7.3.
fn is_standard_format(format: &str) -> bool {
    matches!(
        format,
        "date-time"
            | "date"
            | "time"
            | "duration"
            | "email"
            | "idn-email"
            | "hostname"
            | "idn-hostname"
            | "ipv4"
            | "ipv6"
            | "uri"
            | "uri-reference"
            | "iri"
            | "iri-reference"
            | "uuid"
            | "uri-template"
            | "json-pointer"
            | "relative-json-pointer"
            | "regex"
    )
}

/// Makes alternatives that are all strings one `enum`.
fn join_choices(members: &mut Map<String, Value>, keyword: &str) {
    let Some(branches) = members.get(keyword).and_then(Value::as_array) else { return };
    if branches.is_empty() || members.contains_key("enum") {
        return;
    }
    let mut choices = Vec::new();
    let mut notes = Vec::new();
    for branch in branches {
        let Some(names) = choice_names(branch) else { return };
        if let Some(description) = branch.get("description").and_then(Value::as_str) {
            notes.extend(names.iter().map(|name| format!("- `{name}`: {description}")));
        }
        choices.extend(names);
    }
    members.shift_remove(keyword);
    members.insert("type".into(), "string".into());
    members.insert("enum".into(), choices.into());
    if !notes.is_empty() {
        let own = members.get("description").and_then(Value::as_str);
        let notes = notes.join("\n");
        let description = own.map_or(notes.clone(), |own| format!("{own}\n\n{notes}"));
        members.insert("description".into(), description.into());
    }
}

/// The strings of a schema that says nothing else.
fn choice_names(schema: &Value) -> Option<Vec<String>> {
    let members = schema.as_object()?;
    let only = members
        .keys()
        .all(|it| matches!(it.as_str(), "type" | "const" | "enum" | "description" | "title"));
    if only { string_choices(schema) } else { None }
}

/// Takes `null` from what a schema allows, unless it allows nothing else.
pub(crate) fn remove_null(schema: &mut Value) {
    let Value::Object(members) = schema else { return };
    if members.get("default") == Some(&Value::Null) {
        members.shift_remove("default");
    }
    if let Some(Value::Array(types)) = members.get_mut("type") {
        retain_some(types, |it| it != "null");
        if let [only] = &mut types[..] {
            let only = only.take();
            members.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(choices)) = members.get_mut("enum") {
        retain_some(choices, |it| !it.is_null());
    }
    for keyword in ["anyOf", "oneOf"] {
        let Some(Value::Array(branches)) = members.get_mut(keyword) else { continue };
        retain_some(branches, |it| it.get("type").and_then(Value::as_str) != Some("null"));
        unwrap_only_branch(members, keyword);
    }
}

/// Puts a branch that is left alone in place of the choice, where the two do not clash.
fn unwrap_only_branch(members: &mut Map<String, Value>, keyword: &str) {
    let Some([Value::Object(only)]) =
        members.get(keyword).and_then(Value::as_array).map(|it| &it[..])
    else {
        return;
    };
    let annotates = |keyword: &str| matches!(keyword, "title" | "description" | "default");
    if only.keys().any(|keyword| members.contains_key(keyword) && !annotates(keyword)) {
        return;
    }
    let only = only.clone();
    members.shift_remove(keyword);
    for (keyword, value) in only {
        members.entry(keyword).or_insert(value);
    }
}

fn retain_some(values: &mut Vec<Value>, keep: impl Fn(&Value) -> bool) {
    if values.iter().any(&keep) {
        values.retain(keep);
    }
}

#[cfg(test)]
#[path = "generate_tests.rs"]
mod tests;
