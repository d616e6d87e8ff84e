//! A tool that is made by hand, because it is known only at run time.

use std::sync::Arc;

use mcp_runtime::{Tool, ToolResult};
use serde_json::{Map, Value};

type Object = Map<String, Value>;

pub(crate) fn tool(name: String, description: String, template: String, schema: Object) -> Tool {
    let template = Arc::<str>::from(template);
    Tool::new(name, move |call| {
        let template = Arc::clone(&template);
        Box::pin(async move {
            let arguments = call.decode(|arguments| arguments.all::<Object>())?;
            Ok(ToolResult::text(fill(&template, &arguments)))
        })
    })
    .description(description)
    .read_only(true)
    .input_schema(schema.into())
}

/// Puts the arguments into the gaps. What is left out leaves nothing.
fn fill(template: &str, arguments: &Object) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, (name, after))) = next_gap(rest) {
        filled.push_str(before);
        match arguments.get(name) {
            Some(Value::String(text)) => filled.push_str(text),
            Some(value) => filled.push_str(&value.to_string()),
            None => {}
        }
        rest = after;
    }
    filled + rest
}

fn next_gap(text: &str) -> Option<(&str, (&str, &str))> {
    let (before, from_name) = text.split_once('{')?;
    Some((before, from_name.split_once('}')?))
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
