use serde_json::json;
use tokio::sync::mpsc;

use super::{ClientCapabilities, Event, Inbox, Origin, Script, Waiter, progress_token};
use crate::protocol::{LogLevel, RequestId, Revision};

const MODERN: Revision = Revision::V2026_07_28;
const OLDER: Revision = Revision::V2025_11_25;

/// An inbox with the request 1 in it, and what happens to that.
fn inbox(revision: Revision) -> (Inbox, mpsc::UnboundedReceiver<Event>) {
    let (inbox, _) = Inbox::new(revision, ClientCapabilities::default(), Script::default());
    let (events, received) = mpsc::unbounded_channel();
    let id = RequestId::from(1);
    let waiter = Waiter {
        method: "example/method".into(),
        progress_token: Some(progress_token(&id)),
        log_level: Some(LogLevel::Warning),
        last_progress: None,
        acknowledged: false,
        events,
    };
    inbox.expect(id, waiter).expect("the inbox is open");
    (inbox, received)
}

fn violation(inbox: &Inbox) -> Option<String> {
    inbox.violation.borrow().clone()
}

fn deliver(revision: Revision, messages: &[serde_json::Value]) -> Option<String> {
    let (inbox, _events) = inbox(revision);
    for message in messages {
        inbox.deliver(message.to_string().as_bytes(), &Origin::Pipe);
    }
    violation(&inbox)
}

#[track_caller]
fn assert_violation(revision: Revision, messages: &[serde_json::Value], part: &str) {
    let fault = deliver(revision, messages).expect("a violation");
    assert!(fault.contains(part), "{fault}");
    let last = messages.last().map(ToString::to_string).unwrap_or_default();
    assert!(fault.ends_with(&last), "the message is not shown: {fault}");
}

fn answer(id: impl Into<serde_json::Value>) -> serde_json::Value {
    json!({ "jsonrpc": "2.0", "id": id.into(), "result": {} })
}

fn progress(figure: f64) -> serde_json::Value {
    let params = json!({ "progressToken": progress_token(&1.into()), "progress": figure });
    json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": params })
}

fn log(level: &str) -> serde_json::Value {
    let params = json!({ "level": level, "data": 1 });
    json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": params })
}

#[test]
fn answers_are_for_requests_that_wait() {
    assert_eq!(deliver(OLDER, &[answer(1)]), None);
    assert_violation(OLDER, &[answer(2)], "answers no request");
    assert_violation(OLDER, &[answer("1")], "answers no request");
    assert_violation(OLDER, &[answer(1), answer(1)], "answers no request");
}

#[test]
fn progress_grows_while_its_request_waits() {
    assert_eq!(deliver(OLDER, &[progress(1.0), progress(2.0), answer(1)]), None);
    assert_violation(OLDER, &[progress(1.0), progress(1.0)], "does not grow");
    assert_violation(OLDER, &[answer(1), progress(1.0)], "nobody waits");
}

#[test]
fn log_messages_are_wanted_in_the_newest_revision() {
    assert_eq!(deliver(MODERN, &[log("error")]), None);
    assert_violation(MODERN, &[log("info")], "wants such a log message");
    assert_eq!(deliver(OLDER, &[log("info")]), None);
}

#[test]
fn requests_of_the_server_belong_to_sessions() {
    let asked = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    assert_violation(MODERN, std::slice::from_ref(&asked), "sends no request");
    let (inbox, _events) = inbox(OLDER);
    let replies = inbox.deliver(asked.to_string().as_bytes(), &Origin::Pipe);
    assert_eq!(replies, [br#"{"jsonrpc":"2.0","id":1,"result":{}}"#.to_vec()]);
}

#[test]
fn a_response_is_about_its_request() {
    let (inbox, mut events) = inbox(MODERN);
    let origin = Origin::Response { request: 1.into(), status: 403 };
    let refused = r#"{"jsonrpc":"2.0","error":{"code":-32600,"message":"no"}}"#;
    inbox.deliver(refused.as_bytes(), &origin);
    assert!(matches!(events.try_recv(), Ok(Event::Answer(Err(_)))));
    assert_eq!(violation(&inbox), None);

    let (inbox, _events) = self::inbox(OLDER);
    let origin = Origin::Response { request: 7.into(), status: 200 };
    inbox.deliver(answer(1).to_string().as_bytes(), &origin);
    assert!(violation(&inbox).is_some_and(|fault| fault.contains("another request")));
}

#[test]
fn what_comes_for_a_cancelled_request_is_nobodys() {
    let (inbox, _events) = inbox(OLDER);
    assert!(inbox.forget(&1.into()));
    for message in [progress(1.0), answer(1)] {
        inbox.deliver(message.to_string().as_bytes(), &Origin::Pipe);
    }
    assert_eq!(violation(&inbox), None);
}
