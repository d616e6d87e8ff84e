//! The schema of a form: as the clients of a revision are told it, and as answers are checked.

use std::collections::HashSet;

use serde_json::{Map, Value, json, value::RawValue};

use super::{ChoiceOption, Field, Form, field::FieldKind};
use crate::{
    Error, Result, Rule,
    protocol::Revision,
    schema::{Validator, Violation},
};

impl Form {
    /// The `requestedSchema` for clients of a revision.
    ///
    /// 2025-06-18 has no titles in `oneOf`, which become `enumNames`, and no default but that of a
    /// boolean.
    ///
    /// # Errors
    ///
    /// When the revision cannot ask this: forms came with 2025-06-18, several choices with
    /// 2025-11-25. When the form itself is wrong, which is a fault of the server.
    pub(crate) fn requested_schema(&self, revision: Revision) -> Result<Box<RawValue>> {
        if let Some(fault) = self.fault() {
            return Err(Error::internal(format!("a form is wrong: {fault}")));
        }
        if revision < Revision::V2025_06_18 {
            return Err(Error::new(format!(
                "the client speaks revision {revision} of the protocol, which has no forms"
            )));
        }
        let properties = self
            .fields
            .iter()
            .map(|(name, field)| match (&field.kind, revision) {
                (FieldKind::Choices(_), Revision::V2025_06_18) => Err(Error::new(format!(
                    "the client speaks revision {revision} of the protocol, in which a form cannot \
                     ask for several choices (`{name}`)"
                ))),
                _ => Ok((name.to_string(), field.for_clients(revision))),
            })
            .collect::<Result<Map<_, _>>>()?;
        let schema = object(properties, self.required());
        serde_json::value::to_raw_value(&schema).map_err(Error::internal)
    }

    /// What an answer is checked with: all that clients are told, and what they do not know.
    pub(super) fn validator(&self) -> Result<Validator, String> {
        let fields = self.fields.iter();
        let properties =
            fields.map(|(name, field)| (name.to_string(), field.for_check())).collect();
        Validator::new(&object(properties, self.required())).map_err(|error| error.to_string())
    }

    fn required(&self) -> Vec<&str> {
        let required = self.fields.iter().filter(|(_, field)| field.is_required());
        required.map(|(name, _)| &**name).collect()
    }

    /// What the author did wrong, where the compiler could not tell.
    fn fault(&self) -> Option<String> {
        let mut names = HashSet::new();
        self.fields.iter().find_map(|(name, field)| {
            if !names.insert(name) {
                return Some(format!("two fields are named `{name}`"));
            }
            field.fault().map(|fault| format!("`{name}` {fault}"))
        })
    }
}

fn object(properties: Map<String, Value>, required: Vec<&str>) -> Value {
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}

impl Field {
    fn for_clients(&self, revision: Revision) -> Value {
        let old = revision == Revision::V2025_06_18;
        let mut schema = Map::new();
        schema.insert("type".into(), self.json_type().into());
        for (keyword, text) in [("title", &self.title), ("description", &self.description)] {
            if let Some(text) = text {
                schema.insert(keyword.into(), text.as_ref().into());
            }
        }
        match &self.kind {
            FieldKind::Text(Some(format)) => {
                schema.insert("format".into(), format.as_str().into());
            }
            FieldKind::Choice(options) if !are_titled(options) => {
                schema.insert("enum".into(), names(options));
            }
            FieldKind::Choice(options) if old || self.enum_names => {
                schema.insert("enum".into(), names(options));
                let titles = options.iter().map(ChoiceOption::title_or_name).collect();
                schema.insert("enumNames".into(), titles);
            }
            FieldKind::Choice(options) => {
                schema.insert("oneOf".into(), titled(options));
            }
            FieldKind::Choices(options) => {
                let items = match are_titled(options) {
                    true => json!({ "anyOf": titled(options) }),
                    false => json!({ "type": "string", "enum": names(options) }),
                };
                schema.insert("items".into(), items);
            }
            _ => {}
        }
        for (keyword, value) in self.keywords() {
            // Clients know the range with its ends, and no pattern.
            match keyword {
                "exclusiveMaximum" => add_rule(&mut schema, "maximum", value),
                "pattern" => {}
                _ => add_rule(&mut schema, keyword, value),
            }
        }
        if let Some(default) = self.default_value()
            && (!old || matches!(self.kind, FieldKind::Boolean))
        {
            schema.insert("default".into(), default.clone());
        }
        schema.into()
    }

    fn for_check(&self) -> Value {
        let mut schema = Map::new();
        schema.insert("type".into(), self.json_type().into());
        match &self.kind {
            FieldKind::Text(Some(format)) => {
                schema.insert("format".into(), format.as_str().into());
            }
            FieldKind::Choice(options) => {
                schema.insert("enum".into(), names(options));
            }
            FieldKind::Choices(options) => {
                schema.insert("items".into(), json!({ "enum": names(options) }));
                schema.insert("uniqueItems".into(), true.into());
                schema.insert("maxItems".into(), options.len().into());
            }
            _ => {}
        }
        for (keyword, value) in self.keywords() {
            add_rule(&mut schema, keyword, value);
        }
        schema.into()
    }

    fn json_type(&self) -> &'static str {
        match self.kind {
            FieldKind::Text(_) | FieldKind::Choice(_) => "string",
            FieldKind::Integer => "integer",
            FieldKind::Number => "number",
            FieldKind::Boolean => "boolean",
            FieldKind::Choices(_) => "array",
        }
    }

    /// The rules as keywords of JSON Schema.
    fn keywords(&self) -> impl Iterator<Item = (&'static str, Value)> {
        self.rules.iter().map(|rule| {
            let list = matches!(self.kind, FieldKind::Choices(_));
            match rule {
                Rule::Minimum(value) => ("minimum", value.clone()),
                Rule::Maximum(value) => ("maximum", value.clone()),
                Rule::ExclusiveMaximum(value) => match (&self.kind, value.as_i64()) {
                    (FieldKind::Integer, Some(end)) => ("maximum", end.saturating_sub(1).into()),
                    _ => ("exclusiveMaximum", value.clone()),
                },
                Rule::MinLength(len) => {
                    (if list { "minItems" } else { "minLength" }, (*len).into())
                }
                Rule::MaxLength(len) => {
                    (if list { "maxItems" } else { "maxLength" }, (*len).into())
                }
                Rule::Pattern(pattern) => ("pattern", (*pattern).into()),
            }
        })
    }

    fn fault(&self) -> Option<String> {
        if let Some(rule) = self.rules.iter().find(|rule| !self.takes(rule)) {
            return Some(format!("has a rule that is not for its kind: {rule:?}"));
        }
        if let FieldKind::Choice(options) | FieldKind::Choices(options) = &self.kind {
            let names: HashSet<&str> = options.iter().map(|option| &*option.name).collect();
            if names.is_empty() {
                return Some("has no options".to_owned());
            }
            if names.len() < options.len() {
                return Some("has two options of one name".to_owned());
            }
        }
        let schema = self.for_check();
        if let Some(fault) = nothing_fits(&schema) {
            return Some(fault);
        }
        let validator = match Validator::new(&schema) {
            Ok(validator) => validator,
            Err(error) => return Some(error.to_string()),
        };
        let violations = validator.violations(&self.default_value()?.to_string());
        let reasons: Vec<_> = violations.iter().map(Violation::to_string).collect();
        (!reasons.is_empty()).then(|| format!("has a default that {}", reasons.join("; ")))
    }

    fn takes(&self, rule: &Rule) -> bool {
        match rule {
            Rule::Minimum(_) | Rule::Maximum(_) | Rule::ExclusiveMaximum(_) => {
                matches!(self.kind, FieldKind::Integer | FieldKind::Number)
            }
            Rule::MinLength(_) | Rule::MaxLength(_) => {
                matches!(self.kind, FieldKind::Text(_) | FieldKind::Choices(_))
            }
            Rule::Pattern(_) => matches!(self.kind, FieldKind::Text(_)),
        }
    }
}

/// Adds a rule; of two that bound the same end, the one that allows less counts.
fn add_rule(schema: &mut Map<String, Value>, keyword: &str, value: Value) {
    let looser = match (schema.get(keyword).and_then(Value::as_f64), value.as_f64()) {
        (Some(old), Some(new)) if keyword.starts_with("min") => new < old,
        (Some(old), Some(new)) => new > old,
        _ => false,
    };
    if !looser {
        schema.insert(keyword.into(), value);
    }
}

fn nothing_fits(schema: &Value) -> Option<String> {
    let ends = [("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")];
    ends.into_iter().find_map(|(min, max)| {
        let end = |keyword| schema.get(keyword).and_then(Value::as_f64);
        (end(min)? > end(max)?).then(|| format!("has a `{min}` above its `{max}`"))
    })
}

fn are_titled(options: &[ChoiceOption]) -> bool {
    options.iter().any(|option| option.title.is_some())
}

fn names(options: &[ChoiceOption]) -> Value {
    options.iter().map(|option| &*option.name).collect()
}

fn titled(options: &[ChoiceOption]) -> Value {
    options
        .iter()
        .map(|option| json!({ "const": option.name, "title": option.title_or_name() }))
        .collect()
}
