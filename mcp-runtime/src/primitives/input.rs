use std::{borrow::Cow, fmt, sync::Arc};

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, value::RawValue};

use super::{
    Complete, Completer, Result,
    call::{Arguments, is_optional},
};
use crate::{
    protocol::Text,
    schema::{self, InputSchema, Validator, Violation},
};

/// A type that a function can take as an argument: `Deserialize` makes it from JSON, `JsonSchema`
/// tells the client what JSON that is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument",
    label = "not an argument that a client can send",
    note = "derive `Deserialize` and `JsonSchema` for it (both re-exported by `mcp_runtime`)",
    note = "mark the parameter `#[inject]` if the server fills it in"
)]
pub trait Argument: DeserializeOwned + JsonSchema {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema> Argument for T {}

/// What an argument must fulfil besides its type. Told to the client, and checked before the
/// function runs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Rule {
    /// A number's least value.
    Minimum(Value),
    /// A number's greatest value.
    Maximum(Value),
    /// What a number stays below.
    ExclusiveMaximum(Value),
    /// The least length: characters of a string, items of a list.
    MinLength(usize),
    /// The greatest length: characters of a string, items of a list.
    MaxLength(usize),
    /// A regular expression that occurs in a string.
    Pattern(&'static str),
}

/// A parameter: an argument as the client sees it.
///
/// ```
/// use mcp_runtime::{Param, Rule};
///
/// let epochs = Param::new::<u32>("epochs")
///     .description("How often to go through the data.")
///     .rule(Rule::Minimum(1.into()))
///     .default(10);
/// ```
#[derive(Clone, Debug)]
pub struct Param {
    name: &'static str,
    description: Option<&'static str>,
    schema: fn() -> InputSchema,
    schema_override: Option<Value>,
    optional: bool,
    default: Option<Value>,
    rules: Vec<Rule>,
    header: Option<&'static str>,
    flatten: bool,
    completer: Option<Completer>,
}

impl Param {
    /// A parameter of type `T`. It is optional where `T` takes absence as a value, as `Option` does.
    #[must_use]
    pub fn new<T: Argument>(name: &'static str) -> Self {
        Self {
            name,
            description: None,
            schema: schema::of_input::<T>,
            schema_override: None,
            optional: is_optional::<T>(),
            default: None,
            rules: Vec::new(),
            header: None,
            flatten: false,
            completer: None,
        }
    }

    /// What it is for. The client's model reads it.
    #[must_use]
    pub fn description(mut self, description: &'static str) -> Self {
        self.description = Some(description);
        self
    }

    /// What counts when the client leaves it out.
    ///
    /// # Panics
    ///
    /// When `default` has no JSON.
    #[must_use]
    #[track_caller]
    pub fn default(mut self, default: impl Serialize) -> Self {
        match serde_json::to_value(default) {
            Ok(default) => self.default = Some(default),
            Err(error) => panic!("the default of `{}` has no JSON: {error}", self.name),
        }
        self
    }

    /// Adds a rule.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// The client repeats the argument in the HTTP header `Mcp-Param-{header}` (2026-07-28), so
    /// that a proxy can route by it. For strings, integers and booleans; never for secrets.
    #[must_use]
    pub fn header(mut self, header: &'static str) -> Self {
        self.header = Some(header);
        self
    }

    /// The members of this struct are the arguments.
    #[must_use]
    pub fn flatten(mut self) -> Self {
        self.flatten = true;
        self
    }

    /// Tells the client this schema, word for word, in place of the type's own.
    #[must_use]
    pub fn schema(mut self, schema: Value) -> Self {
        self.schema_override = Some(schema);
        self
    }

    /// Offers values while the user types: for arguments of prompts and of URI templates.
    #[must_use]
    pub fn complete<M>(mut self, completer: impl Complete<M>) -> Self {
        self.completer = Some(completer.into_completer());
        self
    }

    fn to_schema(&self) -> InputSchema {
        if let Some(mut schema) = self.schema_override.clone() {
            if let (Value::Object(members), false) = (&mut schema, self.flatten) {
                self.describe(members);
            }
            // Decoding knows nothing of it.
            return InputSchema { schema, has_rules: true };
        }
        let InputSchema { mut schema, has_rules } = (self.schema)();
        if self.optional {
            schema::remove_null(&mut schema);
        }
        if let Value::Object(members) = &mut schema {
            self.apply_rules(members);
            self.describe(members);
        }
        InputSchema { schema, has_rules: has_rules || !self.rules.is_empty() }
    }

    fn describe(&self, members: &mut Map<String, Value>) {
        if let Some(description) = self.description {
            // That of an `enum` tells what each choice is for.
            let choices = members.get("description").filter(|_| members.contains_key("enum"));
            let description = match choices.and_then(Value::as_str) {
                Some(choices) => format!("{description}\n\n{choices}"),
                None => description.to_owned(),
            };
            members.insert("description".into(), description.into());
        }
        if let Some(default) = &self.default {
            members.insert("default".into(), default.clone());
        }
        if let Some(header) = self.header {
            members.insert("x-mcp-header".into(), header.into());
        }
    }

    fn apply_rules(&self, members: &mut Map<String, Value>) {
        let list = members.get("type").and_then(Value::as_str) == Some("array");
        for rule in &self.rules {
            let (keyword, value) = match rule {
                Rule::Minimum(value) => ("minimum", value.clone()),
                Rule::Maximum(value) => ("maximum", value.clone()),
                Rule::ExclusiveMaximum(value) => ("exclusiveMaximum", value.clone()),
                Rule::MinLength(len) => {
                    (if list { "minItems" } else { "minLength" }, (*len).into())
                }
                Rule::MaxLength(len) => {
                    (if list { "maxItems" } else { "maxLength" }, (*len).into())
                }
                Rule::Pattern(pattern) => ("pattern", (*pattern).into()),
            };
            members.insert(keyword.into(), value);
        }
    }
}

/// The parameters of a function, compiled: their schema, and how to check and split arguments.
#[derive(Clone, Debug)]
pub(crate) struct Input(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    params: Vec<Param>,
    schema: Value,
    validator: Validator,
    /// Whether the schema says more than the types: if not, decoding is the check.
    has_rules: bool,
    /// Whether an argument that no property names is wrong. With rules, the validator knows better.
    closed: bool,
    headers: Vec<HeaderParam>,
}

/// An argument that the client repeats in a header.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HeaderParam {
    /// From the root of the arguments.
    pub(crate) path: Vec<String>,
    /// In lower case, with `mcp-param-` in front.
    pub(crate) header: String,
}

impl Input {
    /// Compiles the parameters. `closed` refuses arguments that no parameter takes.
    ///
    /// # Errors
    ///
    /// When two parameters share a name, a schema cannot be checked, or a header annotation breaks
    /// the rules of the specification.
    pub(crate) fn compile(params: Vec<Param>, closed: bool) -> Result<Self, String> {
        let mut builder = schema::ObjectBuilder::default();
        let mut has_rules = false;
        for param in &params {
            let InputSchema { schema, has_rules: param_has_rules } = param.to_schema();
            has_rules |= param_has_rules;
            if param.flatten {
                builder.flatten(schema);
            } else {
                let required = !param.optional && param.default.is_none();
                builder.property(param.name, schema, required);
            }
        }
        let schema = builder.finish(closed)?;
        let validator = Validator::new(&schema).map_err(|error| error.to_string())?;
        let headers = schema::header_params(&schema)?
            .into_iter()
            .map(|(path, name)| HeaderParam {
                path,
                header: format!("mcp-param-{}", name.to_ascii_lowercase()),
            })
            .collect();
        let closed = !has_rules && schema.get("additionalProperties") == Some(&Value::Bool(false));
        Ok(Self(Arc::new(Compiled { params, schema, validator, has_rules, closed, headers })))
    }

    /// The schema of the arguments: an object.
    pub(crate) fn schema(&self) -> &Value {
        &self.0.schema
    }

    pub(crate) fn headers(&self) -> &[HeaderParam] {
        &self.0.headers
    }

    pub(crate) fn name(&self, index: usize) -> &str {
        self.0.params.get(index).map_or("", |param| param.name)
    }

    /// The parameters as a prompt shows them: name, description, and whether one is required.
    pub(crate) fn prompt_arguments(&self) -> impl Iterator<Item = (&str, Option<&str>, bool)> {
        let required = |name: &str| {
            self.0
                .schema
                .get("required")
                .and_then(Value::as_array)
                .is_some_and(|names| names.iter().any(|it| it == name))
        };
        self.properties().map(move |(name, schema)| {
            let description = schema.get("description").and_then(Value::as_str);
            (name.as_str(), description, required(name))
        })
    }

    fn properties(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.schema.get("properties").and_then(Value::as_object).into_iter().flatten()
    }

    /// What offers values for an argument. A type with an `enum` needs nobody to write one.
    pub(crate) fn completer(&self, name: &str) -> Option<Completer> {
        let param = self.0.params.iter().find(|param| param.name == name);
        if let Some(completer) = param.and_then(|param| param.completer.clone()) {
            return Some(completer);
        }
        let schema = self.0.schema.get("properties")?.get(name)?;
        let values = schema::string_choices(schema)?;
        Some(values.into_completer())
    }

    pub(crate) fn has_param(&self, name: &str) -> bool {
        self.properties().any(|(property, _)| property == name)
    }

    pub(crate) fn completes(&self) -> bool {
        self.properties().any(|(name, _)| self.completer(name).is_some())
    }

    pub(super) fn decode<T>(
        &self,
        json: &str,
        read: &dyn Fn(&Arguments<'_>) -> Result<T>,
    ) -> Result<T> {
        let compiled = &*self.0;
        // No object, or a name that occurs twice: there is nothing to mend.
        let arguments = self.split(json)?;
        if !arguments.has_unknown
            && (!compiled.has_rules || compiled.validator.accepts(json))
            && let Ok(value) = read(&arguments)
        {
            return Ok(value);
        }
        self.decode_mended(json, read)
    }

    /// The way of arguments that did not pass as they are: mend what is certain, then tell all that
    /// is wrong.
    #[cold]
    fn decode_mended<T>(
        &self,
        json: &str,
        read: &dyn Fn(&Arguments<'_>) -> Result<T>,
    ) -> Result<T> {
        let validator = &self.0.validator;
        let mended = match schema::parse_modest(json) {
            Some(value) => Cow::Owned(schema::mend(validator, value).to_string()),
            None => Cow::Borrowed(json),
        };
        let violations = validator.violations(&mended);
        if !violations.is_empty() {
            return Err(ArgumentError(violations).into());
        }
        read(&self.split(&mended)?)
    }

    fn split<'a>(&'a self, json: &'a str) -> Result<Arguments<'a>> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let (slots, has_unknown) =
            serde::de::DeserializeSeed::deserialize(Split(self), &mut deserializer)
                .map_err(ArgumentError::not_arguments)?;
        Ok(Arguments { slots, has_unknown, input: self, json })
    }
}

/// Puts each argument into the slot of its parameter, and tells whether there are others.
struct Split<'i>(&'i Input);

impl<'de> serde::de::DeserializeSeed<'de> for Split<'_> {
    type Value = (Vec<Option<&'de RawValue>>, bool);

    fn deserialize<D: serde::Deserializer<'de>>(self, d: D) -> Result<Self::Value, D::Error> {
        d.deserialize_map(self)
    }
}

impl<'de> serde::de::Visitor<'de> for Split<'_> {
    type Value = (Vec<Option<&'de RawValue>>, bool);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of arguments")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let compiled = &*self.0.0;
        let mut slots = vec![None; compiled.params.len()];
        let mut has_unknown = false;
        while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
            let value = map.next_value::<&'de RawValue>()?;
            let index = compiled.params.iter().position(|it| !it.flatten && it.name == key);
            match index.and_then(|index| slots.get_mut(index)) {
                Some(slot @ None) => *slot = Some(value),
                Some(Some(_)) => {
                    return Err(serde::de::Error::custom(format!("`{key}` occurs twice")));
                }
                None => has_unknown |= compiled.closed && !self.0.has_param(&key),
            }
        }
        Ok((slots, has_unknown))
    }
}

/// What is wrong with the arguments of a call, for the model to mend.
#[derive(Debug)]
pub(crate) struct ArgumentError(Vec<Violation>);

impl ArgumentError {
    pub(super) fn missing(name: &str) -> Self {
        Self(vec![Violation::new(name, "is required".to_owned())])
    }

    pub(super) fn decode(
        name: &str,
        error: Option<serde_path_to_error::Error<serde_json::Error>>,
    ) -> Self {
        let Some(error) = error else {
            return Self(vec![Violation::new(name, "is not valid".to_owned())]);
        };
        let inner = error.path().to_string();
        let path = match (name, inner.as_str()) {
            (name, ".") => name.to_owned(),
            ("", inner) => inner.to_owned(),
            (name, inner) if inner.starts_with('[') => format!("{name}{inner}"),
            (name, inner) => format!("{name}.{inner}"),
        };
        Self(vec![Violation::new(&path, without_value(&error.inner().to_string()))])
    }

    fn not_arguments(error: serde_json::Error) -> Self {
        Self(vec![Violation::new("", without_position(&error.to_string()).to_owned())])
    }
}

/// The message of an error of serde without the value, which can be a secret.
fn without_value(message: &str) -> String {
    let message = without_position(message);
    let tells_value = ["invalid type: ", "invalid value: ", "unknown variant "]
        .iter()
        .any(|start| message.starts_with(start));
    match message.rsplit_once(", expected ") {
        Some((_, expected)) if tells_value => format!("must be {expected}"),
        _ => format!("is not valid: {message}"),
    }
}

/// Where in one argument a fault is, in bytes, helps nobody.
fn without_position(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(message, _)| message)
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid arguments: ")?;
        for (index, violation) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "input_tests.rs"]
mod tests;
