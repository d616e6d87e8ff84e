use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

/// The schema of an argument of type `T`.
pub(crate) fn of_input<T: JsonSchema>() -> Value {
    generate::<T>(SchemaSettings::draft2020_12().for_deserialize())
}

/// The schema of a result of type `T`.
pub(crate) fn of_output<T: JsonSchema>() -> Value {
    generate::<T>(SchemaSettings::draft2020_12().for_serialize())
}

fn generate<T: JsonSchema>(settings: SchemaSettings) -> Value {
    let mut settings = settings;
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// The arguments that a client repeats in headers: each with its path and the header's name.
pub(crate) fn header_params(schema: &Value) -> Result<Vec<(Vec<String>, String)>, String> {
    let _ = schema;
    Ok(Vec::new())
}

/// The strings between which a schema lets choose, if it does.
pub(crate) fn string_choices(schema: &Value) -> Option<Vec<String>> {
    let choices = schema.get("enum")?.as_array()?;
    choices.iter().map(|choice| choice.as_str().map(str::to_owned)).collect()
}
