//! A field of a form: what it asks for, and what can be answered.

use chrono::{DateTime, NaiveDate};
use rmcp::model::ElicitationSchema;
use serde_json::{Value, json};
use url::Url;

use crate::{client::as_json, table::one_line};

/// A field of a form.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    /// What a person reads. It can be empty.
    pub(super) label: String,
    pub(super) kind: Kind,
    pub(super) is_required: bool,
    pub(super) default: Option<Value>,
}

/// What a field takes.
#[derive(Debug, PartialEq)]
pub(super) enum Kind {
    Text { format: Option<String>, length: Bounds },
    Number { is_integer: bool, range: Bounds },
    YesNo,
    One(Vec<Choice>),
    Many { choices: Vec<Choice>, count: Bounds },
}

#[derive(Debug, PartialEq)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) title: String,
}

#[derive(Debug, PartialEq)]
pub(super) struct Bounds {
    least: Option<f64>,
    most: Option<f64>,
}

impl Field {
    /// The fields of a form, in the order in which the server has written them.
    pub(super) fn all(form: &ElicitationSchema) -> Vec<Self> {
        let sorted = || form.properties.keys().cloned().collect();
        let names: Vec<String> = form.property_order.clone().unwrap_or_else(sorted);
        let required = form.required.as_deref().unwrap_or_default();
        let field = |name: String| {
            let schema = as_json(form.properties.get(&name)?);
            let said = schema["description"].as_str().or(schema["title"].as_str());
            Some(Self {
                label: one_line(said.unwrap_or_default()),
                kind: Kind::of(&schema),
                is_required: required.contains(&name),
                default: schema.get("default").cloned(),
                name,
            })
        };
        names.into_iter().filter_map(field).collect()
    }

    /// What a text means for this field.
    ///
    /// # Errors
    ///
    /// What the field takes instead.
    pub(super) fn read(&self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        match &self.kind {
            Kind::Text { format, length } => {
                length.check(count(text.chars().count()), "characters")?;
                check_format(format.as_deref(), text)?;
                Ok(text.into())
            }
            Kind::Number { is_integer, range } => {
                let number = read_number(text, *is_integer)?;
                range.check(number.as_f64().unwrap_or_default(), "as a number")?;
                Ok(number)
            }
            Kind::YesNo => match text.to_ascii_lowercase().as_str() {
                "y" | "yes" | "true" => Ok(true.into()),
                "n" | "no" | "false" => Ok(false.into()),
                _ => Err("`y` or `n`".into()),
            },
            Kind::One(choices) => Ok(choose(choices, text)?.into()),
            Kind::Many { choices, count: bounds } => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                let chosen: Vec<&str> =
                    parts.map(|part| choose(choices, part)).collect::<Result<_, _>>()?;
                bounds.check(count(chosen.len()), "of them")?;
                Ok(json!(chosen))
            }
        }
    }

    /// The default, as a person would type it.
    pub(super) fn shown_default(&self) -> Option<String> {
        Some(match self.default.as_ref()? {
            Value::Bool(true) => "y".into(),
            Value::Bool(false) => "n".into(),
            Value::String(text) => one_line(text),
            Value::Array(values) => {
                let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
                one_line(&values.join(","))
            }
            other => other.to_string(),
        })
    }
}

impl Kind {
    fn of(schema: &Value) -> Self {
        let least_and_most = |least: &str, most: &str| Bounds {
            least: schema[least].as_f64(),
            most: schema[most].as_f64(),
        };
        match schema["type"].as_str().unwrap_or_default() {
            "boolean" => Self::YesNo,
            kind @ ("number" | "integer") => Self::Number {
                is_integer: kind == "integer",
                range: least_and_most("minimum", "maximum"),
            },
            "array" => Self::Many {
                choices: choices(&schema["items"]).unwrap_or_default(),
                count: least_and_most("minItems", "maxItems"),
            },
            _ => match choices(schema) {
                Some(choices) => Self::One(choices),
                None => Self::Text {
                    format: schema["format"].as_str().map(str::to_owned),
                    length: least_and_most("minLength", "maxLength"),
                },
            },
        }
    }

    /// What to type, in a word.
    pub(super) fn hint(&self) -> String {
        match self {
            Self::Text { format: Some(format), .. } => one_line(format),
            Self::Text { .. } => String::new(),
            Self::Number { range: Bounds { least: Some(least), most: Some(most) }, .. } => {
                format!("{least}-{most}")
            }
            Self::Number { .. } => "number".into(),
            Self::YesNo => "y/n".into(),
            Self::One(choices) => format!("1-{}", choices.len()),
            Self::Many { choices, .. } => format!("some of 1-{}, with commas", choices.len()),
        }
    }
}

/// The choices of a schema, in any of the forms that the protocol has for them.
fn choices(schema: &Value) -> Option<Vec<Choice>> {
    let titled = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    if let Some(titled) = titled {
        let choice = |it: &Value| {
            let value = it["const"].as_str()?.to_owned();
            Some(Choice { title: one_line(it["title"].as_str().unwrap_or(&value)), value })
        };
        return Some(titled.iter().filter_map(choice).collect());
    }
    let values = schema["enum"].as_array()?;
    let choice = |(index, value): (usize, &Value)| {
        let value = value.as_str()?.to_owned();
        let title = schema["enumNames"][index].as_str().unwrap_or(&value);
        Some(Choice { title: one_line(title), value })
    };
    Some(values.iter().enumerate().filter_map(choice).collect())
}

/// A choice by its value, its title or its number.
fn choose<'a>(choices: &'a [Choice], text: &str) -> Result<&'a str, String> {
    let named = choices.iter().find(|it| it.value == text || it.title == text);
    let numbered =
        || text.parse::<usize>().ok().and_then(|number| choices.get(number.checked_sub(1)?));
    let chosen = named.or_else(numbered).ok_or_else(|| {
        let values: Vec<String> = choices.iter().map(|it| one_line(&it.value)).collect();
        format!("one of {}", values.join(", "))
    })?;
    Ok(&chosen.value)
}

fn read_number(text: &str, is_integer: bool) -> Result<Value, String> {
    if let Ok(integer) = text.parse::<i64>() {
        return Ok(integer.into());
    }
    match text.parse::<f64>() {
        _ if is_integer => Err("a whole number".into()),
        Ok(number) if number.is_finite() => Ok(number.into()),
        _ => Err("a number".into()),
    }
}

fn check_format(format: Option<&str>, text: &str) -> Result<(), String> {
    let (fits, wanted) = match format {
        Some("email") => {
            let parts = text.split_once('@');
            (parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty()), "an address")
        }
        Some("uri") => (Url::parse(text).is_ok(), "a URI"),
        Some("date") => {
            (NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(), "a date, as in 2026-12-26")
        }
        Some("date-time") => (
            DateTime::parse_from_rfc3339(text).is_ok(),
            "a date and time, as in 2026-12-26T18:30:00Z",
        ),
        _ => (true, ""),
    };
    if fits { Ok(()) } else { Err(wanted.into()) }
}

impl Bounds {
    fn check(&self, value: f64, unit: &str) -> Result<(), String> {
        match (self.least, self.most) {
            (Some(least), _) if value < least => Err(format!("at least {least} {unit}")),
            (_, Some(most)) if value > most => Err(format!("at most {most} {unit}")),
            _ => Ok(()),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody types that much")]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
#[path = "field_tests.rs"]
mod tests;
