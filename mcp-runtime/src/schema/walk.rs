use serde_json::{Map, Value};

/// Where a schema sits in the schema around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) keyword: &'a str,
    /// The name under a keyword that maps names to schemas, such as `properties`.
    pub(super) name: Option<&'a str>,
}

enum Holds {
    Schema,
    Schemas,
    NamedSchemas,
}

/// Other keywords hold data, such as `default`, in which nothing is a schema.
fn holds(keyword: &str) -> Option<Holds> {
    match keyword {
        "additionalItems"
        | "additionalProperties"
        | "contains"
        | "contentSchema"
        | "else"
        | "if"
        | "items"
        | "not"
        | "propertyNames"
        | "then"
        | "unevaluatedItems"
        | "unevaluatedProperties" => Some(Holds::Schema),
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Some(Holds::Schemas),
        "$defs" | "definitions" | "dependencies" | "dependentSchemas" | "patternProperties"
        | "properties" => Some(Holds::NamedSchemas),
        _ => None,
    }
}

/// Visits the schemas directly inside a schema, in their order.
pub(super) fn for_each<'s>(
    schema: &'s Map<String, Value>,
    visit: &mut dyn FnMut(Place<'s>, &'s Value),
) {
    for (keyword, value) in schema {
        let place = Place { keyword, name: None };
        match (holds(keyword), value) {
            // `items` was a list up to draft-07.
            (Some(Holds::Schema | Holds::Schemas), Value::Array(items)) => {
                items.iter().for_each(|item| visit(place, item));
            }
            (Some(Holds::Schema), schema) => visit(place, schema),
            (Some(Holds::NamedSchemas), Value::Object(named)) => {
                for (name, schema) in named {
                    visit(Place { keyword, name: Some(name) }, schema);
                }
            }
            _ => {}
        }
    }
}

/// [`for_each`], to change them.
pub(super) fn for_each_mut(
    schema: &mut Map<String, Value>,
    visit: &mut dyn FnMut(Place<'_>, &mut Value),
) {
    for (keyword, value) in schema {
        let place = Place { keyword, name: None };
        match (holds(keyword), value) {
            (Some(Holds::Schema | Holds::Schemas), Value::Array(items)) => {
                items.iter_mut().for_each(|item| visit(place, item));
            }
            (Some(Holds::Schema), schema) => visit(place, schema),
            (Some(Holds::NamedSchemas), Value::Object(named)) => {
                for (name, schema) in named {
                    visit(Place { keyword, name: Some(name) }, schema);
                }
            }
            _ => {}
        }
    }
}
