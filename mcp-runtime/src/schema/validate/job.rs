use regex_lite::{Regex, RegexBuilder};
use serde_json::Value;

use super::{
    InvalidSchema,
    canonical::canonical,
    format::Format,
    node::{Choices, Kind, NodeId, NumberRules, StringRules, Types},
    number::Num,
};

/// Of a compiled pattern, in bytes: what bounds the work for each character.
const MAX_PATTERN_SIZE: usize = 128 * 1024;
/// How many choices a message lists.
const MAX_LISTED: usize = 30;

/// A schema whose node is allotted and not yet filled.
pub(super) struct Job<'s> {
    pub(super) id: NodeId,
    pub(super) schema: &'s Value,
    pub(super) depth: usize,
    pub(super) location: String,
}

impl<'s> Job<'s> {
    pub(super) fn get(&self, keyword: &str) -> Option<&'s Value> {
        self.schema.get(keyword)
    }

    pub(super) fn invalid(&self, keyword: &str, rule: &str) -> InvalidSchema {
        InvalidSchema(format!("is invalid at `{}`: `{keyword}` must {rule}", self.location))
    }

    pub(super) fn named(
        &self,
        keyword: &str,
    ) -> Result<impl Iterator<Item = (&'s String, &'s Value)>, InvalidSchema> {
        let named = self
            .get(keyword)
            .map(|it| it.as_object().ok_or_else(|| self.invalid(keyword, "be an object")));
        Ok(named.transpose()?.into_iter().flatten())
    }

    pub(super) fn names(
        &self,
        names: Option<&'s Value>,
        keyword: &str,
    ) -> Result<Vec<&'s str>, InvalidSchema> {
        let Some(names) = names else { return Ok(Vec::new()) };
        let names = names.as_array().map(|names| names.iter().map(Value::as_str).collect());
        names.flatten().ok_or_else(|| self.invalid(keyword, "be an array of strings"))
    }

    pub(super) fn count(&self, keyword: &str) -> Result<Option<usize>, InvalidSchema> {
        let Some(value) = self.get(keyword) else { return Ok(None) };
        let count = match value.as_number().map(Num::from_json) {
            Some(Num::Integer(count)) => usize::try_from(count).ok(),
            _ => None,
        };
        count.map(Some).ok_or_else(|| self.invalid(keyword, "be an integer from 0"))
    }

    pub(super) fn number(&self, keyword: &str) -> Result<Option<Num>, InvalidSchema> {
        let Some(value) = self.get(keyword) else { return Ok(None) };
        let number = value.as_number().map(Num::from_json);
        number.map(Some).ok_or_else(|| self.invalid(keyword, "be a number"))
    }

    pub(super) fn regex(&self, pattern: &str) -> Result<Regex, InvalidSchema> {
        RegexBuilder::new(pattern).size_limit(MAX_PATTERN_SIZE).build().map_err(|error| {
            InvalidSchema(format!(
                "has a pattern that is not supported at `{}`: {error}",
                self.location
            ))
        })
    }

    pub(super) fn types(&self) -> Result<Types, InvalidSchema> {
        let names = match self.get("type") {
            None => return Ok(Types::ALL),
            Some(Value::Array(names)) => &names[..],
            Some(name) => std::slice::from_ref(name),
        };
        let mut types = Types::NONE;
        for name in names {
            types = match name.as_str() {
                Some("null") => types.with(Kind::Null),
                Some("boolean") => types.with(Kind::Boolean),
                Some("integer") => types.with(Kind::Integer),
                Some("number") => types.with(Kind::Integer).with(Kind::Fraction),
                Some("string") => types.with(Kind::String),
                Some("array") => types.with(Kind::Array),
                Some("object") => types.with(Kind::Object),
                _ => return Err(self.invalid("type", "name types of JSON")),
            };
        }
        Ok(types)
    }

    pub(super) fn choices(&self) -> Result<Option<Choices>, InvalidSchema> {
        let choices = match (self.get("enum"), self.get("const")) {
            (None, None) => return Ok(None),
            (Some(Value::Array(choices)), None) => choices.iter().collect::<Vec<_>>(),
            (None, Some(only)) => vec![only],
            (Some(Value::Array(choices)), Some(only)) => {
                choices.iter().filter(|it| canonical(it) == canonical(only)).collect()
            }
            (Some(_), _) => return Err(self.invalid("enum", "be an array")),
        };
        let texts = choices.iter().map(|it| it.as_str().map(str::to_owned)).collect();
        let mut listed: Vec<_> = choices.iter().take(MAX_LISTED).map(ToString::to_string).collect();
        if choices.len() > MAX_LISTED {
            listed.push(format!("or {} others", choices.len() - MAX_LISTED));
        }
        let description = match &listed[..] {
            [only] => only.clone(),
            _ => format!("one of {}", listed.join(", ")),
        };
        let values = choices.into_iter().map(canonical).collect();
        Ok(Some(Choices { texts, values, description }))
    }

    pub(super) fn number_rules(&self) -> Result<Option<Box<NumberRules>>, InvalidSchema> {
        let rules = NumberRules {
            minimum: self.number("minimum")?,
            exclusive_minimum: self.number("exclusiveMinimum")?,
            maximum: self.number("maximum")?,
            exclusive_maximum: self.number("exclusiveMaximum")?,
            multiple_of: self.number("multipleOf")?,
        };
        if rules.multiple_of.is_some_and(|divisor| divisor <= Num::Integer(0)) {
            return Err(self.invalid("multipleOf", "be above 0"));
        }
        Ok((rules != NumberRules::default()).then(|| Box::new(rules)))
    }

    pub(super) fn string_rules(&self) -> Result<Option<Box<StringRules>>, InvalidSchema> {
        let pattern = match self.get("pattern") {
            None => None,
            Some(Value::String(pattern)) => Some(self.regex(pattern)?),
            Some(_) => return Err(self.invalid("pattern", "be a string")),
        };
        let rules = StringRules {
            min_length: self.count("minLength")?,
            max_length: self.count("maxLength")?,
            pattern,
            format: self.get("format").and_then(Value::as_str).and_then(Format::named),
        };
        let says_nothing = rules.min_length.is_none()
            && rules.max_length.is_none()
            && rules.pattern.is_none()
            && rules.format.is_none();
        Ok((!says_nothing).then(|| Box::new(rules)))
    }
}
