//! What the client answers when the server asks it for something.

use serde_json::{Value, json};

use crate::protocol::{ErrorCode, RequestId};

pub(super) fn answer(id: &RequestId, method: &str) -> Vec<u8> {
    let answer: Value = match method {
        "ping" => json!({ "jsonrpc": "2.0", "id": id, "result": {} }),
        _ => json!({
            "jsonrpc": "2.0",
            "id": id,
            "error": {
                "code": ErrorCode::METHOD_NOT_FOUND.value(),
                "message": format!("the test client does not answer `{method}`"),
            },
        }),
    };
    answer.to_string().into_bytes()
}
