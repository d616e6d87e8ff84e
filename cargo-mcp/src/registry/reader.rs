//! Reads a JSON document whose members may be wrong, and keeps all faults with their places.

use serde_json::{Map, Value};

use super::{Fault, Severity};

/// Gathers the faults.
#[derive(Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn error(&mut self, at: &Place, rule: &'static str, message: impl Into<String>) {
        self.add(at, rule, Severity::Error, message.into());
    }

    pub(super) fn warning(&mut self, at: &Place, rule: &'static str, message: impl Into<String>) {
        self.add(at, rule, Severity::Warning, message.into());
    }

    fn add(&mut self, at: &Place, rule: &'static str, severity: Severity, message: String) {
        self.0.push(Fault { path: at.0.clone(), rule, severity, message });
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn into_vec(self) -> Vec<Fault> {
        self.0
    }

    fn wrong_type(&mut self, at: &Place, wanted: &str, value: &Value) {
        let found = match value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        self.error(at, "wrong-type", format!("must be {wanted}, is {found}"));
    }
}

/// The path of a value.
#[derive(Clone, Default)]
pub(super) struct Place(String);

impl Place {
    pub(super) fn member(&self, name: &str) -> Self {
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "_$-".contains(c));
        Self(match (plain, self.0.is_empty()) {
            (true, true) => name.to_owned(),
            (true, false) => format!("{}.{name}", self.0),
            (false, _) => format!("{}[\"{name}\"]", self.0),
        })
    }

    fn item(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }
}

/// An object that has the members it should have.
pub(super) struct Object<'a> {
    pub(super) at: Place,
    members: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    /// Reads an object. Every member that is not among the known ones is a fault: the registry's API
    /// refuses it.
    pub(super) fn read(
        value: &'a Value,
        at: Place,
        known: &[&str],
        faults: &mut Faults,
    ) -> Option<Self> {
        let object = Self::open(value, at, faults)?;
        for name in object.members.keys().filter(|name| !known.contains(&name.as_str())) {
            let meant = camel_case(name);
            let hint = match known.contains(&meant.as_str()) {
                true => format!("; it is called `{meant}`"),
                false => format!("; known are {}", known.join(", ")),
            };
            faults.error(
                &object.at.member(name),
                "unknown-member",
                format!("is no member of this object{hint}"),
            );
        }
        Some(object)
    }

    /// Reads an object with any members.
    pub(super) fn open(value: &'a Value, at: Place, faults: &mut Faults) -> Option<Self> {
        match value {
            Value::Object(members) => Some(Self { at, members }),
            other => {
                faults.wrong_type(&at, "an object", other);
                None
            }
        }
    }

    pub(super) fn at(&self, name: &str) -> Place {
        self.at.member(name)
    }

    pub(super) fn members(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.members.iter()
    }

    pub(super) fn value(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name)
    }

    pub(super) fn string(&self, name: &str, faults: &mut Faults) -> Option<&'a str> {
        match self.members.get(name)? {
            Value::String(text) => Some(text),
            other => {
                faults.wrong_type(&self.at(name), "a string", other);
                None
            }
        }
    }

    /// A string that must be there and say something.
    pub(super) fn required(
        &self,
        name: &str,
        rule: &'static str,
        faults: &mut Faults,
    ) -> Option<&'a str> {
        match self.members.get(name) {
            None => faults.error(&self.at(name), rule, "is missing"),
            Some(Value::String(text)) if text.is_empty() => {
                faults.error(&self.at(name), rule, "is empty");
            }
            Some(_) => return self.string(name, faults),
        }
        None
    }

    pub(super) fn one_of(
        &self,
        name: &str,
        choices: &[&str],
        rule: &'static str,
        faults: &mut Faults,
    ) {
        if let Some(text) = self.string(name, faults)
            && !choices.contains(&text)
        {
            let choices = choices.join(", ");
            faults.error(&self.at(name), rule, format!("is `{text}`, must be one of {choices}"));
        }
    }

    pub(super) fn boolean(&self, name: &str, faults: &mut Faults) {
        if let Some(value) = self.members.get(name)
            && !value.is_boolean()
        {
            faults.wrong_type(&self.at(name), "true or false", value);
        }
    }

    /// The items of an array, with their places; none where the member is missing.
    pub(super) fn items(&self, name: &str, faults: &mut Faults) -> Vec<(Place, &'a Value)> {
        match self.members.get(name) {
            None => Vec::new(),
            Some(Value::Array(items)) => {
                let at = self.at(name);
                items.iter().enumerate().map(|(index, item)| (at.item(index), item)).collect()
            }
            Some(other) => {
                faults.wrong_type(&self.at(name), "an array", other);
                Vec::new()
            }
        }
    }

    /// The strings of an array, with their places.
    pub(super) fn strings(&self, name: &str, faults: &mut Faults) -> Vec<(Place, &'a str)> {
        let mut strings = Vec::new();
        for (at, item) in self.items(name, faults) {
            match item {
                Value::String(text) => strings.push((at, text.as_str())),
                other => faults.wrong_type(&at, "a string", other),
            }
        }
        strings
    }
}

/// `registry_type` is `registryType` since schema 2025-09-16.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}
