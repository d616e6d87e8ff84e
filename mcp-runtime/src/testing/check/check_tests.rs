use serde_json::{Value, json};

use super::{Checked, check_error, check_notification, check_result, read};
use crate::{
    protocol::{ErrorCode, Revision, RpcError},
    testing::Notification,
};

const E: Revision = Revision::V2026_07_28;
const A: Revision = Revision::V2024_11_05;

#[track_caller]
fn assert_fault<T: std::fmt::Debug>(checked: Checked<T>, part: &str) {
    match checked {
        Err(fault) => assert!(fault.contains(part), "the fault is another: {fault}"),
        Ok(sound) => panic!("there is no fault in {sound:?}"),
    }
}

fn fault_of(text: &str) -> Checked {
    read(text.as_bytes(), E).map(drop)
}

#[test]
fn envelopes() {
    for sound in [
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":"a","error":{"code":-1,"message":"","data":[1]}}"#,
        r#"{"jsonrpc":"2.0","error":{"code":-32700,"message":"parse error"}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/message","params":{}}"#,
    ] {
        assert_eq!(fault_of(sound), Ok(()));
    }
    assert_fault(fault_of("{"), "EOF");
    assert_fault(fault_of(r#"{"id":1,"result":{}}"#), "jsonrpc");
    assert_fault(fault_of(r#"{"jsonrpc":"2.0","id":1.5,"result":{}}"#), "`id`");
    assert_fault(fault_of(r#"{"jsonrpc":"2.0","result":{}}"#), "without an id");
    assert_fault(fault_of(r#"{"jsonrpc":"2.0","id":1,"result":1}"#), "no object");
    assert_fault(fault_of(r#"{"jsonrpc":"2.0","id":1}"#), "none of");
    assert_fault(fault_of(r#"{"jsonrpc":"2.0","id":1,"result":{},"error":{}}"#), "both");
    assert_fault(fault_of(r#"{"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":""}}"#), "code");
    assert_fault(fault_of(r#"{"jsonrpc":"2.0","id":1,"result":{},"extra":1}"#), "extra");
    assert_fault(
        fault_of(r#"{"jsonrpc":"2.0","id":1,"result":{"a":{"b":1,"b":2}}}"#),
        "two members",
    );
    assert_fault(fault_of("[]"), "batch");
}

#[test]
fn batches_belong_to_one_revision() {
    let batch = br#"[{"jsonrpc":"2.0","id":1,"result":{}}]"#;
    assert!(read(batch, Revision::V2025_03_26).is_ok());
    assert_fault(read(batch, Revision::V2025_06_18), "2025-03-26 alone");
    assert_fault(read(b"[]", Revision::V2025_03_26), "empty");
}

#[test]
fn results_of_the_newest_revision_say_what_they_are() {
    assert_fault(check_result("x", &json!({}), E), "resultType");
    assert_eq!(check_result("x", &json!({ "resultType": "complete" }), E), Ok(()));
    let list = json!({ "resultType": "complete", "tools": [], "ttlMs": 0 });
    assert_fault(check_result("tools/list", &list, E), "cacheScope");
}

#[test]
fn older_results_have_nothing_of_the_newest() {
    assert_fault(check_result("x", &json!({ "resultType": "complete" }), A), "resultType");
    let tagged = json!({ "_meta": { "io.modelcontextprotocol/serverInfo": {} } });
    assert_fault(check_result("x", &tagged, Revision::V2025_11_25), "serverInfo");
}

fn call(content: Value, structured: Value) -> Value {
    json!({ "content": [content], "structuredContent": structured })
}

#[test]
fn features_belong_to_revisions() {
    let audio = json!({ "content": [{ "type": "audio", "data": "", "mimeType": "audio/wav" }] });
    assert_fault(check_result("tools/call", &audio, A), "`audio`");
    assert_eq!(check_result("tools/call", &audio, Revision::V2025_03_26), Ok(()));
    let text = json!({ "type": "text", "text": "" });
    let array = call(text.clone(), json!([1]));
    assert_fault(check_result("tools/call", &array, Revision::V2025_11_25), "no object");
    let object = call(text, json!({}));
    assert_fault(check_result("tools/call", &object, A), "structuredContent");
    let tool = json!({ "name": "a", "inputSchema": { "type": "object" }, "title": "A" });
    let tools = json!({ "tools": [tool] });
    assert_fault(check_result("tools/list", &tools, Revision::V2025_03_26), "`title`");
    assert_eq!(check_result("tools/list", &tools, Revision::V2025_06_18), Ok(()));
}

fn notification(method: &str, params: Value) -> Notification {
    Notification { method: method.to_owned(), params }
}

#[test]
fn notifications_belong_to_revisions() {
    let changed = notification("notifications/tools/list_changed", json!({}));
    assert_eq!(check_notification(&changed, A), Ok(()));
    assert_fault(check_notification(&changed, E), "no subscription");
    let tag = json!({ "_meta": { "io.modelcontextprotocol/subscriptionId": 1 } });
    let tagged = notification("notifications/tools/list_changed", tag);
    assert_eq!(check_notification(&tagged, E), Ok(()));
    assert_fault(check_notification(&tagged, A), "subscriptionId");
    let progress = notification("notifications/progress", json!({ "progress": 1, "message": "" }));
    assert_fault(check_notification(&progress, A), "`message`");
    let level = notification("notifications/message", json!({ "level": "loud", "data": 1 }));
    assert_fault(check_notification(&level, E), "`level`");
    assert_fault(check_notification(&notification("notifications/x", json!({})), A), "no `");
}

#[test]
fn errors_belong_to_revisions_and_statuses() {
    let error = |code| RpcError::new(ErrorCode::received(code), "");
    assert_fault(check_error(&error(-32002), E, None), "-32002");
    assert_fault(check_error(&error(-32050), E, None), "-32050");
    assert_fault(check_error(&error(-32022), A, None), "-32022");
    assert_fault(check_error(&error(-32601), E, Some(400)), "404");
    assert_eq!(check_error(&error(-32601), E, Some(404)), Ok(()));
    assert_eq!(check_error(&error(-32601), A, Some(200)), Ok(()));
}
