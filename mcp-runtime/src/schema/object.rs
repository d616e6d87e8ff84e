use serde_json::{Map, Value, json};

/// Builds the schema of an object from the schemas of its members.
#[derive(Debug, Default)]
pub(crate) struct ObjectBuilder {
    properties: Map<String, Value>,
    required: Vec<Value>,
}

impl ObjectBuilder {
    pub(crate) fn property(
        &mut self,
        name: &str,
        schema: Value,
        required: bool,
    ) -> Result<(), String> {
        if self.properties.insert(name.to_owned(), schema).is_some() {
            return Err(format!("two parameters are named `{name}`"));
        }
        if required {
            self.required.push(name.into());
        }
        Ok(())
    }

    pub(crate) fn flatten(&mut self, schema: Value) -> Result<(), String> {
        let _ = schema;
        Ok(())
    }

    pub(crate) fn finish(self, closed: bool) -> Value {
        let mut schema = json!({ "type": "object", "properties": self.properties });
        if !self.required.is_empty() {
            schema["required"] = self.required.into();
        }
        if closed {
            schema["additionalProperties"] = false.into();
        }
        schema
    }
}
