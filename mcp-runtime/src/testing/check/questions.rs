use serde_json::Value;

use super::Checked;
use crate::protocol::{ClientCapabilities, ClientCapability, Revision};

/// Checks what a server asks its client: the revision has it, and the client has declared it.
pub(in crate::testing) fn check_question(
    method: &str,
    params: &Value,
    revision: Revision,
    client: &ClientCapabilities,
) -> Checked {
    let needs = match method {
        "ping" => return Ok(()),
        "roots/list" => ClientCapability::Roots,
        "sampling/createMessage" if params.get("tools").is_some() => {
            ClientCapability::SamplingTools
        }
        "sampling/createMessage" => ClientCapability::Sampling,
        "elicitation/create" => elicitation(params, revision)?,
        other => return Err(format!("a server does not ask `{other}`")),
    };
    if !client.has(needs) {
        return Err(format!("the client is asked `{method}` and has not declared {needs}"));
    }
    if method == "sampling/createMessage" && !params.get("maxTokens").is_some_and(Value::is_u64) {
        return Err("`maxTokens` is missing, or no count".into());
    }
    Ok(())
}

fn elicitation(params: &Value, revision: Revision) -> Checked<ClientCapability<'static>> {
    let mode = params.get("mode").and_then(Value::as_str);
    if !params.get("message").is_some_and(Value::is_string) {
        return Err("`message` is no string".into());
    }
    if revision < Revision::V2025_11_25 && mode.is_some() {
        return Err(format!("{revision} has no `mode` of an elicitation"));
    }
    if mode != Some("url") {
        let schema = params.get("requestedSchema").unwrap_or(&Value::Null);
        if schema["type"] != "object" || !schema["properties"].is_object() {
            return Err("`requestedSchema` is no schema of an object".into());
        }
        return Ok(ClientCapability::ElicitationForm);
    }
    if !params.get("url").is_some_and(Value::is_string) {
        return Err("`url` is no string".into());
    }
    if params.get("elicitationId").is_some() == revision.is_stateless() {
        return Err("`elicitationId` belongs to 2025-11-25, and to it alone".into());
    }
    Ok(ClientCapability::ElicitationUrl)
}
