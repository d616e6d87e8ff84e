//! The headers by which a request of 2026-07-28 repeats what its body says
//! (basic/transports/streamable-http, "Standard Request Headers").

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::Value;

use super::Outgoing;

/// The method, what the request is about, and the arguments that the tool's schema wants repeated.
pub(super) fn of_request(request: &Outgoing) -> Vec<(String, String)> {
    let mut headers = vec![("mcp-method".to_owned(), request.method.clone())];
    let name = match request.method.as_str() {
        "tools/call" | "prompts/get" => request.params.get("name"),
        "resources/read" => request.params.get("uri"),
        "tasks/get" | "tasks/update" | "tasks/cancel" => request.params.get("taskId"),
        _ => None,
    };
    if let Some(name) = name.and_then(Value::as_str) {
        headers.push(("mcp-name".to_owned(), encode(name)));
    }
    if let (Some(schema), Some(arguments)) =
        (&request.input_schema, request.params.get("arguments"))
    {
        of_arguments(schema, arguments, &mut headers);
    }
    headers
}

/// Follows the properties of the schema, at any depth, as long as the arguments have them.
fn of_arguments(schema: &Value, arguments: &Value, headers: &mut Vec<(String, String)>) {
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        let Some(argument) = arguments.get(name).filter(|argument| !argument.is_null()) else {
            continue;
        };
        if let Some(header) = property.get("x-mcp-header").and_then(Value::as_str) {
            let value = match argument {
                Value::String(text) => encode(text),
                scalar => scalar.to_string(),
            };
            headers.push((format!("mcp-param-{}", header.to_ascii_lowercase()), value));
        }
        of_arguments(property, argument, headers);
    }
}

/// As it is where a header can hold it, in base64 otherwise.
fn encode(text: &str) -> String {
    let visible = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let padded = text.trim() != text || text.is_empty();
    let ambiguous = text.starts_with("=?base64?") && text.ends_with("?=");
    if visible && !padded && !ambiguous {
        text.to_owned()
    } else {
        format!("=?base64?{}?=", BASE64.encode(text))
    }
}

#[cfg(test)]
#[path = "headers_tests.rs"]
mod tests;
