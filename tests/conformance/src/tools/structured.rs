//! Structured output: of a type that is an object, and of one that is not.

use mcp_runtime::{JsonSchema, prelude::*, schemars};
use serde::Serialize;

#[derive(Serialize, JsonSchema)]
pub(crate) struct Reading {
    /// In degrees Celsius.
    temperature: f64,
    /// In words.
    sky: Option<String>,
}

/// Read the thermometer.
#[mcp_tool(read_only, title = "Thermometer")]
pub(crate) async fn structured_object() -> Reading {
    Reading { temperature: 21.5, sky: None }
}

/// Read all thermometers.
#[mcp_tool(read_only)]
pub(crate) async fn structured_list() -> Vec<Reading> {
    vec![structured_object().await]
}
