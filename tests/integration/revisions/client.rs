//! The test client itself: what it says when something is wrong.

use std::{panic::AssertUnwindSafe, time::Duration};

use mcp_runtime::{
    prelude::*,
    protocol::Revision,
    testing::{TestClient, Transport, in_every_revision},
};
use serde_json::{Value, json};

use super::server::server;

/// The message of the panic that a test ends with.
async fn panic_of<T>(test: impl Future<Output = T>) -> String {
    let mut test = std::pin::pin!(test);
    let ended = std::future::poll_fn(|cx| {
        match std::panic::catch_unwind(AssertUnwindSafe(|| test.as_mut().poll(cx))) {
            Ok(poll) => poll.map(|_| None),
            Err(panic) => std::task::Poll::Ready(Some(panic)),
        }
    })
    .await;
    let panic = ended.expect("the test panics");
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_failing_test_names_the_places_where_it_fails() {
    let message = panic_of(in_every_revision(server, async |client| {
        let structured = client.call("add", json!({ "a": 1, "b": 2 })).await?;
        assert!(structured.structured_content().is_some(), "no structure");
        Ok(())
    }))
    .await;
    for place in ["2024-11-05 in memory", "2025-03-26 over HTTP"] {
        assert!(message.contains(place), "{message}");
    }
    assert!(!message.contains("2025-06-18") && message.contains("no structure"), "{message}");
}

#[tokio::test]
async fn an_error_says_what_was_asked_and_what_came_back() -> mcp_runtime::Result<()> {
    let client = TestClient::builder(server()).http().connect().await?;
    let error = client.call("subtract", json!({})).await.expect_err("there is none");
    let expected = "tools/call `subtract` is answered with the error -32602 (HTTP 200): \
                    unknown tool: `subtract`";
    assert_eq!(error.to_string(), expected);
    Ok(())
}

#[tokio::test]
async fn a_timeout_says_what_was_awaited() -> mcp_runtime::Result<()> {
    for &transport in Transport::ALL {
        let client = TestClient::builder(server()).transport(transport).connect().await?;
        let call = client.call("wait", json!({})).progress().timeout(Duration::from_millis(200));
        let error = call.await.expect_err("it never ends");
        assert!(error.is_timeout());
        let expected =
            "tools/call `wait` has no answer after 200ms; 1 notifications came meanwhile";
        assert_eq!(error.to_string(), expected);
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_cannot_be_built_is_an_error() {
    /// Needs a state that nobody gives.
    #[mcp_tool]
    async fn needy(State(number): State<u8>) -> String {
        number.to_string()
    }
    let error = TestClient::new(Server::new("a", "1").tools(tools![needy])).expect_err("no state");
    assert!(error.to_string().contains("needy"), "{error}");
}

#[tokio::test]
async fn malformed_messages_have_errors_and_the_server_lives() {
    in_every_revision(server, async |client| {
        for (bytes, code) in [
            ("{", -32700),
            ("nonsense", -32700),
            ("{}", -32600),
            ("3", -32600),
            (r#"{"jsonrpc":"1.0","id":"x","method":"ping"}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
            ("[]", -32600),
        ] {
            let reply = client.raw(bytes).await?;
            assert_eq!(reply.message()["error"]["code"], code, "{bytes}: {reply:?}");
            if client.transport() == Transport::Http {
                assert_eq!(reply.status(), Some(400), "{bytes}");
            }
        }
        client.call("add", json!({ "a": 1, "b": 2 })).await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_answered_in_one_revision() {
    in_every_revision(server, async |client| {
        let batch = json!([
            { "jsonrpc": "2.0", "id": "b1", "method": "ping" },
            { "jsonrpc": "2.0", "method": "notifications/initialized" },
            { "jsonrpc": "2.0", "id": "b2", "method": "no/such" },
        ]);
        let reply = client.raw(batch.to_string()).await?;
        if client.revision() == Revision::V2025_03_26 {
            let answers = reply.message().as_array().cloned().unwrap_or_default();
            let ids: Vec<&Value> = answers.iter().map(|answer| &answer["id"]).collect();
            assert_eq!(ids.len(), 2, "{reply:?}");
            assert!(ids.contains(&&json!("b1")) && ids.contains(&&json!("b2")));
        } else {
            assert_eq!(reply.message()["error"]["code"], -32600, "{reply:?}");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn many_requests_at_once_have_their_own_answers() {
    in_every_revision(server, async |client| {
        let calls = (0..20).map(|number| {
            let call = client.call("add", json!({ "a": number, "b": 1 }));
            tokio::spawn(async move { call.await })
        });
        for (number, call) in calls.collect::<Vec<_>>().into_iter().enumerate() {
            let sum = call.await.expect("no panic")?.structured::<Value>();
            assert_eq!(sum["sum"], number + 1);
        }
        Ok(())
    })
    .await;
}
