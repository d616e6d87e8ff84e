use serde_json::{Map, Value, json};

use super::definitions::Definitions;

/// Builds the schema of an object from the schemas of its members.
#[derive(Debug, Default)]
pub(crate) struct ObjectBuilder(Vec<Part>);

#[derive(Debug)]
enum Part {
    Property { name: String, schema: Value, required: bool },
    Flatten(Value),
}

impl ObjectBuilder {
    pub(crate) fn property(&mut self, name: &str, schema: Value, required: bool) {
        self.0.push(Part::Property { name: name.to_owned(), schema, required });
    }

    /// Adds the members of an object. Where nothing else is added, its schema is the whole, word for
    /// word.
    pub(crate) fn flatten(&mut self, schema: Value) {
        self.0.push(Part::Flatten(schema));
    }

    /// The schema. `closed` says that there are no other members, where a flattened schema leaves
    /// that open.
    ///
    /// # Errors
    ///
    /// When two members share a name, or what is flattened is no object.
    pub(crate) fn finish(mut self, closed: bool) -> Result<Value, String> {
        let mut root = match self.0.pop() {
            Some(Part::Flatten(schema)) if self.0.is_empty() => object_schema(schema)?,
            last => {
                self.0.extend(last);
                merge(self.0)?
            }
        };
        if closed && !says_what_else(&root) {
            root.insert("additionalProperties".into(), false.into());
        }
        Ok(root.into())
    }
}

fn merge(parts: Vec<Part>) -> Result<Map<String, Value>, String> {
    let mut merged = Merged::default();
    for part in parts {
        match part {
            Part::Property { name, schema, required } => {
                let schema = merged.definitions.adopt(schema, &name);
                merged.add(name.clone(), schema)?;
                if required {
                    merged.required.push(name.into());
                }
            }
            Part::Flatten(schema) => {
                let schema = Value::Object(object_schema(schema)?);
                let schema = merged.definitions.adopt(schema, "arguments");
                merged.flatten(schema)?;
            }
        }
    }
    Ok(merged.into_schema())
}

#[derive(Default)]
struct Merged {
    properties: Map<String, Value>,
    required: Vec<Value>,
    additional: Option<Value>,
    /// What flattened schemas say besides.
    all_of: Vec<Value>,
    definitions: Definitions,
}

impl Merged {
    fn add(&mut self, name: String, schema: Value) -> Result<(), String> {
        match self.properties.contains_key(&name) {
            true => Err(format!("two arguments are named `{name}`")),
            false => {
                self.properties.insert(name, schema);
                Ok(())
            }
        }
    }

    fn flatten(&mut self, schema: Value) -> Result<(), String> {
        let Value::Object(mut members) = schema else { return Ok(()) };
        if let Some(Value::Object(properties)) = members.shift_remove("properties") {
            for (name, schema) in properties {
                self.add(name, schema)?;
            }
        }
        if let Some(Value::Array(required)) = members.shift_remove("required") {
            self.required.extend(required);
        }
        self.flatten_additional(&mut members)?;
        for keyword in ["type", "title", "description", "default", "examples"] {
            members.shift_remove(keyword);
        }
        if !members.is_empty() {
            self.all_of.push(members.into());
        }
        Ok(())
    }

    fn flatten_additional(&mut self, members: &mut Map<String, Value>) -> Result<(), String> {
        let additional = members.shift_remove("additionalProperties");
        if additional == Some(Value::Bool(false))
            || members.get("unevaluatedProperties") == Some(&Value::Bool(false))
        {
            return Err(
                "a flattened type that refuses unknown members takes no others beside it".into()
            );
        }
        match (&self.additional, additional) {
            (Some(other), Some(additional)) if *other != additional => {
                Err("two flattened types say different things of unknown members".into())
            }
            (_, additional) => {
                self.additional = additional.or(self.additional.take());
                Ok(())
            }
        }
    }

    fn into_schema(self) -> Map<String, Value> {
        let mut schema = Map::new();
        schema.insert("type".into(), "object".into());
        schema.insert("properties".into(), self.properties.into());
        let definitions = self.definitions.into_map();
        for (keyword, value, empty) in [
            ("required", json!(self.required), self.required.is_empty()),
            ("allOf", json!(self.all_of), self.all_of.is_empty()),
            ("additionalProperties", json!(self.additional), self.additional.is_none()),
            ("$defs", json!(definitions), definitions.is_empty()),
        ] {
            if !empty {
                schema.insert(keyword.into(), value);
            }
        }
        schema
    }
}

fn object_schema(schema: Value) -> Result<Map<String, Value>, String> {
    let Value::Object(mut members) = schema else {
        return Err("the schema of all arguments is no object".into());
    };
    match members.get("type") {
        Some(Value::String(kind)) if kind == "object" => Ok(members),
        // The tagged enums of serde, and `Value`: alternatives, each of which says more.
        None => {
            members.shift_insert(0, "type".into(), "object".into());
            Ok(members)
        }
        Some(_) => Err("the schema of all arguments has a `type` other than `object`".into()),
    }
}

/// Whether a schema says which members there are besides its properties, or may do so.
fn says_what_else(schema: &Map<String, Value>) -> bool {
    const KEYWORDS: [&str; 11] = [
        "additionalProperties",
        "unevaluatedProperties",
        "$ref",
        "allOf",
        "anyOf",
        "oneOf",
        "if",
        "then",
        "else",
        "dependentSchemas",
        "dependencies",
    ];
    KEYWORDS.iter().any(|keyword| schema.contains_key(*keyword))
}

#[cfg(test)]
#[path = "object_tests.rs"]
mod tests;
