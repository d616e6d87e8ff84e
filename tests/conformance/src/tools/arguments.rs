//! Arguments that are told in the author's own schema, or repeated in headers.

use mcp_runtime::{JsonSchema, prelude::*, schemars};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Contact {
    name: Option<String>,
    address: Option<Address>,
    contact_method: Option<String>,
    phone: Option<String>,
    email: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Address {
    street: Option<String>,
    city: Option<String>,
}

/// What the suite wants to see again, word for word.
fn contact_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {
            "address": {
                "$anchor": "addressDef",
                "type": "object",
                "properties": { "street": { "type": "string" }, "city": { "type": "string" } },
            },
        },
        "properties": {
            "name": { "type": "string" },
            "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" },
            "email": { "type": "string" },
        },
        "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
        "if": {
            "properties": { "contactMethod": { "const": "phone" } },
            "required": ["contactMethod"],
        },
        "then": { "required": ["phone"] },
        "else": { "required": ["email"] },
        "additionalProperties": false,
    })
}

/// Take arguments whose schema uses what JSON Schema 2020-12 has.
#[mcp_tool(read_only)]
pub(crate) async fn json_schema_2020_12_tool(
    #[arg(flatten, schema = contact_schema())] contact: Contact,
) -> String {
    let Contact { name, address, contact_method, phone, email } = contact;
    let city = address.map(|Address { street, city }| (street, city));
    format!("{name:?} at {city:?}, by {contact_method:?}: {phone:?}, {email:?}")
}

/// Take an argument that the client repeats in a header.
#[mcp_tool(read_only)]
pub(crate) async fn test_x_mcp_header(
    /// Repeated as `Mcp-Param-Region`.
    #[arg(header = "Region")]
    region: String,
    /// Not repeated.
    level: Option<u32>,
) -> String {
    format!("region {region:?}, level {level:?}")
}
