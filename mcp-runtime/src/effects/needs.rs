use serde_json::{Map, Value, value::RawValue};

use crate::protocol::ClientCapability;

/// What the client must be able to do for a question.
pub(crate) fn needs(method: &str, params: &RawValue) -> ClientCapability<'static> {
    let has = |name: &str| {
        serde_json::from_str::<Map<String, Value>>(params.get())
            .is_ok_and(|params| params.contains_key(name))
    };
    match method {
        "elicitation/create" if has("url") => ClientCapability::ElicitationUrl,
        "elicitation/create" => ClientCapability::ElicitationForm,
        "sampling/createMessage" if has("tools") => ClientCapability::SamplingTools,
        "sampling/createMessage" => ClientCapability::Sampling,
        _ => ClientCapability::Roots,
    }
}
