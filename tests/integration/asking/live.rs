//! Questions in sessions: real requests on the stream of the call that asks.

use mcp_runtime::{
    Limits,
    protocol::Revision,
    testing::{Answer, TestClient, Transport},
};
use serde_json::{Value, json};

use super::server::{Counters, limited, server};
use crate::{
    fixture::{ACCEPT, JSON, Served, SessionOf, serve_router},
    raw::{self, Connection, Response},
    streams::listen,
};

async fn session(server: mcp_runtime::Server, transport: Transport, answer: Answer) -> TestClient {
    TestClient::builder(server)
        .revision(Revision::V2025_11_25)
        .transport(transport)
        .answering(move |_| answer.clone())
        .connect()
        .await
        .expect("a session")
}

#[tokio::test]
async fn silence_is_no_answer_and_the_question_is_withdrawn() {
    for &transport in Transport::ALL {
        let server =
            limited(|limits| limits.question_timeout = std::time::Duration::from_millis(50));
        let client = session(server, transport, Answer::silence()).await;
        let result = client.call("greet", json!({})).await.expect("a result");
        assert_eq!(result.text(), "timed out");
        let withdrawn = client.next_notification().await.expect("a notification");
        assert_eq!(withdrawn.method(), "notifications/cancelled");
        let id = withdrawn.params()["requestId"].as_str().expect("an id");
        assert!(id.starts_with("ask-"), "{id}");
    }
}

#[tokio::test]
async fn the_clients_error_fails_the_call() {
    for (code, message, expected) in [
        (-1, "no thanks", "the user has refused: no thanks"),
        (-32601, "what?", "the client does not know that: what?"),
        (-32602, "undeclared", "the client failed with -32602: undeclared"),
    ] {
        let answer = Answer::error(code, message);
        let client = session(server(&Counters::default()), Transport::Memory, answer).await;
        let result = client.call("greet", json!({})).await.expect("a result");
        assert!(result.is_error());
        assert_eq!(result.text(), expected);
    }
}

#[tokio::test]
async fn waiting_for_the_user_is_no_idleness() {
    let patient = |limits: &mut Limits| {
        limits.call_idle = std::time::Duration::from_millis(100);
        limits.question_timeout = std::time::Duration::from_millis(400);
    };
    let client = session(limited(patient), Transport::Memory, Answer::silence()).await;
    let result = client.call("greet", json!({})).await.expect("a result");
    assert_eq!(result.text(), "timed out");
}

#[tokio::test]
async fn a_client_can_be_asked_so_many_things_at_once() {
    let server = limited(|limits| limits.questions_per_session = 1);
    let client = session(server, Transport::Memory, Answer::silence()).await;
    let result = client.call("pair", json!({})).timeout(std::time::Duration::from_secs(2)).await;
    // The first question waits, the second is refused; the call waits for both.
    assert!(result.unwrap_err().is_timeout());
    let running = client.call("greet", json!({})).await.expect("a result");
    assert_eq!(running.text(), "too many questions to this client wait for an answer");
}

#[tokio::test]
async fn a_cancelled_call_asks_no_more() {
    for &transport in Transport::ALL {
        let client = session(server(&Counters::default()), transport, Answer::silence()).await;
        let running = client.call("greet", json!({})).start().await.expect("a call");
        while client.asked().is_empty() {
            tokio::task::yield_now().await;
        }
        running.cancel().await.expect("cancelled");
        client.ping().await.expect("the session lives");
    }
}

/// A session over HTTP, by hand.
struct Http {
    served: Served,
    session: String,
}

impl Http {
    async fn open() -> Self {
        let handle = server(&Counters::default()).build().expect("a server");
        let router = handle.router("/mcp");
        let served = serve_router(handle, router, Default::default()).await;
        let session = Self::initialize(&served).await;
        Self { served, session }
    }

    async fn initialize(served: &Served) -> String {
        let body = json!({
            "jsonrpc": "2.0", "id": 0, "method": "initialize",
            "params": {
                "protocolVersion": "2025-11-25",
                "capabilities": { "elicitation": {} },
                "clientInfo": { "name": "test", "version": "1" },
            },
        });
        let opened = served.post(&[], &body.to_string()).await;
        opened.header("mcp-session-id").expect("a session").to_owned()
    }

    async fn send(&self, session: &str, body: Value) -> Response {
        let headers = [("mcp-session-id", session), ("mcp-protocol-version", "2025-11-25")];
        self.served.post(&headers, &body.to_string()).await
    }
}

#[tokio::test]
async fn an_answer_counts_in_its_own_session_and_once() {
    let http = Http::open().await;
    let other = Http::initialize(&http.served).await;
    let call = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "greet" },
    });
    let answer = |id: &str, name: &str| {
        let result = json!({ "action": "accept", "content": { "name": name } });
        json!({ "jsonrpc": "2.0", "id": id, "result": result })
    };
    let session = [("mcp-session-id", http.session.as_str())];
    let headers = [&[ACCEPT, JSON], session.as_slice()].concat();
    let mut connection = Connection::open(http.served.address).await;
    let head = raw::head(http.served.address, "POST", &headers, &call.to_string());
    connection.write(head.as_bytes()).await;
    let question = connection.read_until("elicitation/create").await;
    let (_, id) = question.split_once(r#""id":""#).expect("an id");
    let id = id.split('"').next().expect("an id").to_owned();
    // From another session, and to another question: taken, and nothing comes of it.
    for (session, id) in
        [(other.as_str(), id.as_str()), (&http.session, "ask-0"), (&http.session, "1")]
    {
        assert_eq!(http.send(session, answer(id, "Eve")).await.status, 202);
    }
    assert_eq!(http.send("unknown", answer(&id, "Eve")).await.status, 404);
    assert_eq!(http.send(&http.session, answer(&id, "Ada")).await.status, 202);
    assert_eq!(http.send(&http.session, answer(&id, "Eve")).await.status, 202);
    connection.read_until("hello Ada").await;
}

#[tokio::test]
async fn a_client_that_has_lost_its_stream_gets_the_question_when_it_comes_back() {
    let http = Http::open().await;
    let call = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "greet" },
    });
    let session = [("mcp-session-id", http.session.as_str())];
    let headers = [&[ACCEPT, JSON], session.as_slice()].concat();
    let mut connection = Connection::open(http.served.address).await;
    let head = raw::head(http.served.address, "POST", &headers, &call.to_string());
    connection.write(head.as_bytes()).await;
    let asked = connection.read_until("elicitation/create").await;
    drop(connection);
    // The stream begins with an event without data.
    let (_, first) = asked.split_once("id: ").expect("an event with an id");
    let first = first.lines().next().expect("an id").trim();
    let session = SessionOf { server: &http.served, id: http.session.clone() };
    let mut resumed = listen(&session, Some(first)).await;
    let again = resumed.read_until("elicitation/create").await;
    let (_, id) = again.split_once(r#""id":""#).expect("an id");
    let id = id.split('"').next().expect("an id");
    assert!(asked.contains(id), "it is the same question");
    let result = json!({ "action": "accept", "content": { "name": "Ada" } });
    let answer = json!({ "jsonrpc": "2.0", "id": id, "result": result });
    assert_eq!(http.send(&http.session, answer).await.status, 202);
    resumed.read_until("hello Ada").await;
}

#[tokio::test]
async fn a_client_that_takes_no_events_is_not_asked() {
    let http = Http::open().await;
    let headers = [
        ("mcp-session-id", http.session.as_str()),
        ("mcp-protocol-version", "2025-11-25"),
        ("accept", "application/json"),
    ];
    let call = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "greet" },
    });
    let response = http.served.post(&headers, &call.to_string()).await;
    if response.status != 406 {
        let text = response.json()["result"]["content"][0]["text"].clone();
        assert_eq!(text, "the client reads no questions: it accepts no event stream");
    }
}
