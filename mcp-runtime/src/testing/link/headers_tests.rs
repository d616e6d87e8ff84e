use serde_json::json;

use super::{encode, of_request};
use crate::testing::link::Outgoing;

#[test]
fn what_a_header_cannot_hold_is_base64() {
    assert_eq!(encode("plain text"), "plain text");
    for (text, encoded) in [
        ("h\u{e9}", "=?base64?aMOp?="),
        (" a", "=?base64?IGE=?="),
        ("", "=?base64??="),
        ("=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?="),
    ] {
        assert_eq!(encode(text), encoded);
    }
}

#[test]
fn annotated_arguments_are_repeated_at_any_depth() {
    let request = Outgoing {
        id: None,
        method: "tools/call".into(),
        params: json!({ "name": "t", "arguments": { "a": 1, "b": { "c": true }, "d": null } }),
        input_schema: Some(json!({ "properties": {
            "a": { "x-mcp-header": "First" },
            "b": { "properties": { "c": { "x-mcp-header": "C" } } },
            "d": { "x-mcp-header": "D" },
        } })),
        headers: Vec::new(),
    };
    let expected = [
        ("mcp-method", "tools/call"),
        ("mcp-name", "t"),
        ("mcp-param-first", "1"),
        ("mcp-param-c", "true"),
    ];
    assert_eq!(of_request(&request), expected.map(|(name, value)| (name.into(), value.into())));
}
