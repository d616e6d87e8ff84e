use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value, value::RawValue};

use super::{FieldType, Form, FormFaults};
use crate::protocol::{JsonWriter, Text};

/// An answer to a form, which fits it: the value of each field that was filled in or has a default.
#[derive(Clone, Debug, PartialEq)]
pub struct FormAnswer(Map<String, Value>);

impl FormAnswer {
    /// The value of a field.
    ///
    /// # Errors
    ///
    /// When the form has no such field, or the type does not take its value.
    ///
    /// ```
    /// use mcp_runtime::{FormAnswer, FormFaults};
    ///
    /// fn order(answer: &FormAnswer) -> Result<String, FormFaults> {
    ///     let (size, count): (String, u32) = (answer.get("size")?, answer.get("count")?);
    ///     Ok(format!("{count} of {size}"))
    /// }
    /// ```
    pub fn get<T: FieldType>(&self, field: &str) -> Result<T, FormFaults> {
        match self.0.get(field) {
            Some(value) => T::from_value(value).map_err(|reason| FormFaults::new(field, reason)),
            None => T::when_left_out().ok_or_else(|| FormFaults::new(field, "is required")),
        }
    }

    /// The value of a field as JSON; `None` where it was left out.
    ///
    /// ```
    /// use mcp_runtime::FormAnswer;
    ///
    /// fn is_commented(answer: &FormAnswer) -> bool {
    ///     answer.value("comment").is_some()
    /// }
    /// ```
    #[must_use]
    pub fn value(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }
}

impl Form {
    /// Checks the `content` of an accepted answer.
    ///
    /// `null` for a field that need not be filled in is as if it were left out, and what is left out
    /// has its default. Members that are no field are dropped: the schema that clients are told does
    /// not forbid them.
    ///
    /// # Errors
    ///
    /// Everything that breaks the schema or a rule; a field that occurs twice.
    pub(crate) fn check(&self, content: Option<&RawValue>) -> Result<FormAnswer, FormFaults> {
        let validator = self.validator().map_err(|fault| FormFaults::new("", fault))?;
        let content = content.map_or("{}", RawValue::get);
        let filled =
            match FilledIn(self).deserialize(&mut serde_json::Deserializer::from_str(content)) {
                Ok(filled) => filled,
                Err(_) => {
                    let violations = validator.violations(content);
                    return Err(match violations.is_empty() {
                        true => FormFaults::new("", "a field occurs twice"),
                        false => FormFaults::of(violations),
                    });
                }
            };
        let mut json = Vec::new();
        let mut object = JsonWriter::object(&mut json);
        for ((name, _), value) in self.fields.iter().zip(filled) {
            if let Some(value) = value {
                object.entry(name, value);
            }
        }
        object.end();
        let json = String::from_utf8_lossy(&json);
        let violations = validator.violations(&json);
        if !violations.is_empty() {
            return Err(FormFaults::of(violations));
        }
        let values: Map<String, Value> = serde_json::from_str(&json)
            .map_err(|_| FormFaults::new("", "is no JSON that can be read"))?;
        Ok(FormAnswer(self.with_defaults(values)))
    }

    fn with_defaults(&self, mut values: Map<String, Value>) -> Map<String, Value> {
        for (name, field) in &self.fields {
            if let Some(default) = field.default_value() {
                values.entry(&**name).or_insert_with(|| default.clone());
            }
        }
        values
    }
}

/// Reads what was filled in, in the order of the fields.
struct FilledIn<'f>(&'f Form);

impl<'de> DeserializeSeed<'de> for FilledIn<'_> {
    type Value = Vec<Option<&'de RawValue>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FilledIn<'_> {
    type Value = Vec<Option<&'de RawValue>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let Form { fields } = self.0;
        let mut filled = vec![None; fields.len()];
        let mut seen = vec![false; fields.len()];
        while let Some(Text(name)) = members.next_key::<Text<'de>>()? {
            let Some(index) = fields.iter().position(|(field, _)| *field == name) else {
                members.next_value::<IgnoredAny>()?;
                continue;
            };
            let value = members.next_value::<&RawValue>()?;
            if std::mem::replace(&mut seen[index], true) {
                return Err(A::Error::custom("a field occurs twice"));
            }
            let left_out = value.get() == "null" && !fields[index].1.is_required();
            filled[index] = Some(value).filter(|_| !left_out);
        }
        Ok(filled)
    }
}
