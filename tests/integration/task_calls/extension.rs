//! Tasks of 2026-07-28.

use mcp_runtime::{
    Principal,
    protocol::Revision,
    testing::{TestClient, Transport},
};
use serde_json::{Value, json};

use super::server::{Gate, capabilities, connect, get, limited, server, start, until};

const REVISION: Revision = Revision::V2026_07_28;

async fn client(transport: Transport) -> (TestClient, Gate) {
    let gate = Gate::default();
    (connect(server(&gate), REVISION, transport).await, gate)
}

fn code(error: &mcp_runtime::testing::ClientError) -> Option<i32> {
    error.code().map(|it| it.value())
}

#[tokio::test]
async fn a_call_becomes_a_task_that_ends_with_its_result() {
    for &transport in Transport::ALL {
        let (client, _) = client(transport).await;
        let id = start(&client, "train", json!({ "epochs": 3 })).await;
        let task = until(&client, &id, "completed").await;
        assert_eq!(task["resultType"], "complete");
        assert_eq!(task["result"]["resultType"], "complete");
        assert_eq!(task["result"]["content"][0]["text"], "trained for 3 epochs");
        assert_eq!(task["statusMessage"], "done");
        for absent in ["error", "inputRequests", "requestState", "ttl", "pollInterval", "task"] {
            assert!(task.get(absent).is_none(), "{absent}: {task}");
        }
    }
}

#[tokio::test]
async fn a_new_task_says_all_that_a_client_needs_to_wait() {
    let (client, gate) = client(Transport::Memory).await;
    let created: Value = client
        .request("tools/call", json!({ "name": "wait", "task": { "ttl": 5 } }))
        .await
        .expect("a task");
    assert_eq!(created["resultType"], "task");
    assert_eq!(created["status"], "working");
    assert_eq!(created["ttlMs"], 600_000);
    assert_eq!(created["pollIntervalMs"], 500);
    let created_at = created["createdAt"].as_str().expect("a time");
    assert!(created_at.ends_with('Z') && created_at.contains('T'), "{created_at}");
    for absent in ["task", "result", "error", "inputRequests", "requestState"] {
        assert!(created.get(absent).is_none(), "{absent}");
    }
    let id = created["taskId"].as_str().expect("an id");
    assert_eq!(get(&client, id).await["status"], "working");
    gate.open.notify_one();
    until(&client, id, "completed").await;
}

#[tokio::test]
async fn a_client_without_the_extension_gets_an_ordinary_call() {
    let gate = Gate::default();
    let client = TestClient::new(server(&gate)).expect("a client");
    let trained = client.call("train", json!({ "epochs": 1 })).await.expect("a result");
    assert_eq!(trained.text(), "trained for 1 epochs");
    let error = client.call("fail", json!({})).await.unwrap_err();
    assert_eq!(code(&error), Some(-32021));
    let needed = &error.data().expect("data")["requiredCapabilities"]["extensions"];
    assert_eq!(*needed, json!({ "io.modelcontextprotocol/tasks": {} }));
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        let params = json!({ "taskId": "x", "inputResponses": {} });
        let error = client.request::<Value>(method, params).await.unwrap_err();
        assert_eq!(code(&error), Some(-32021), "{method}");
    }
}

#[tokio::test]
async fn the_extension_is_declared_and_core_tasks_are_not() {
    let (client, _) = client(Transport::Http).await;
    let discovered = client.server().await.expect("the server");
    let capabilities = &discovered["capabilities"];
    assert_eq!(capabilities["extensions"]["io.modelcontextprotocol/tasks"], json!({}));
    assert!(capabilities.get("tasks").is_none());
    let tools = client.tools().await.expect("tools");
    assert!(tools.iter().all(|tool| tool.get("execution").is_none()));
    for method in ["tasks/result", "tasks/list"] {
        let error = client.request::<Value>(method, json!({ "taskId": "x" })).await.unwrap_err();
        assert_eq!((code(&error), error.status()), (Some(-32601), Some(404)), "{method}");
    }
}

#[tokio::test]
async fn a_failed_call_is_completed_and_an_error_of_the_protocol_is_failed() {
    let (client, _) = client(Transport::Memory).await;
    let id = start(&client, "fail", json!({})).await;
    let task = until(&client, &id, "completed").await;
    assert_eq!(task["result"]["isError"], true);
    assert_eq!(task["result"]["content"][0]["text"], "it has failed");
    let id = start(&client, "refuse", json!({})).await;
    let task = until(&client, &id, "failed").await;
    assert_eq!(task["error"], json!({ "code": 7, "message": "no", "data": { "why": "so" } }));
    assert_eq!(task["statusMessage"], "no");
    assert!(task.get("result").is_none());
}

#[tokio::test]
async fn a_panic_and_a_time_limit_fail_the_task() {
    let (client, _) = client(Transport::Memory).await;
    for (tool, message) in [("panic", "internal error"), ("dawdle", "the task took too long")] {
        let id = start(&client, tool, json!({})).await;
        let task = until(&client, &id, "failed").await;
        assert_eq!(
            (&task["error"]["code"], &task["error"]["message"]),
            (&json!(-32603), &json!(message))
        );
    }
}

#[tokio::test]
async fn wrong_arguments_are_the_result_of_the_task() {
    let (client, _) = client(Transport::Memory).await;
    let id = start(&client, "train", json!({ "epochs": "many" })).await;
    let task = until(&client, &id, "completed").await;
    assert_eq!(task["result"]["isError"], true);
}

#[tokio::test]
async fn a_structured_result_keeps_its_structure() {
    let (client, _) = client(Transport::Memory).await;
    let id = start(&client, "measure", json!({})).await;
    let task = until(&client, &id, "completed").await;
    assert_eq!(task["result"]["structuredContent"], json!([1, 2, 3]));
    assert_eq!(task["result"]["content"][0]["text"], "[1,2,3]");
}

#[tokio::test]
async fn a_cancelled_task_stops_and_stays_cancelled() {
    use std::sync::atomic::Ordering;
    let (client, gate) = client(Transport::Memory).await;
    let id = start(&client, "wait", json!({})).await;
    while gate.begun.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let ack: Value = client.request("tasks/cancel", json!({ "taskId": id })).await.expect("an ack");
    assert_eq!(ack["resultType"], "complete");
    assert!(ack.get("taskId").is_none() && ack.get("status").is_none());
    until(&client, &id, "cancelled").await;
    while gate.dropped.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    // Again, and after its end: the same.
    let again: Value =
        client.request("tasks/cancel", json!({ "taskId": id })).await.expect("an ack");
    assert_eq!(ack, again);
    assert_eq!(get(&client, &id).await["status"], "cancelled");
}

#[tokio::test]
async fn what_is_no_task_of_the_caller_is_unknown() {
    let gate = Gate::default();
    let handle = server(&gate).build().expect("a server");
    let as_user = async |user: &str| {
        TestClient::builder(&handle)
            .principal(Principal::new("https://issuer.example", user))
            .capabilities(capabilities())
            .connect()
            .await
            .expect("a client")
    };
    let (alice, eve) = (as_user("alice").await, as_user("eve").await);
    let id = start(&alice, "wait", json!({})).await;
    let unknown = "0".repeat(32);
    for (client, id) in [(&eve, id.as_str()), (&alice, &unknown), (&alice, "x"), (&alice, "")] {
        for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
            let params = json!({ "taskId": id, "inputResponses": {} });
            let error = client.request::<Value>(method, params).await.unwrap_err();
            assert_eq!((code(&error), error.message()), (Some(-32602), "unknown task"), "{method}");
        }
    }
    assert_eq!(get(&alice, &id).await["status"], "working");
}

#[tokio::test]
async fn the_header_names_the_task() {
    let (client, _) = client(Transport::Http).await;
    let id = start(&client, "wait", json!({})).await;
    let get = || client.request::<Value>("tasks/get", json!({ "taskId": id }));
    get().await.expect("the task");
    for (header, value) in [("mcp-name", "other"), ("mcp-name", ""), ("mcp-method", "tasks/cancel")]
    {
        let error = get().header(header, value).await.unwrap_err();
        assert_eq!((code(&error), error.status()), (Some(-32020), Some(400)), "{header} {value}");
    }
}

#[tokio::test]
async fn tasks_are_limited_in_number_and_time() {
    let gate = Gate::default();
    let server = limited(&gate, |limits| {
        limits.tasks = 2;
        limits.task_ttl = std::time::Duration::from_millis(300);
    });
    let client = connect(server, REVISION, Transport::Memory).await;
    let id = start(&client, "wait", json!({})).await;
    assert_eq!(get(&client, &id).await["ttlMs"], 300);
    start(&client, "wait", json!({})).await;
    let error = client.request::<Value>("tools/call", json!({ "name": "wait" })).await.unwrap_err();
    assert_eq!(error.data().expect("data")["reason"], "too_many_tasks");
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    let error = client.request::<Value>("tasks/get", json!({ "taskId": id })).await.unwrap_err();
    assert_eq!(error.message(), "unknown task");
    start(&client, "wait", json!({})).await;
}

#[tokio::test]
async fn tasks_are_limited_in_bytes() {
    let gate = Gate::default();
    let handle = limited(&gate, |limits| {
        limits.tasks_bytes = 20_000;
        limits.tasks_bytes_per_principal = 10_000;
        limits.task_bytes = 8_000;
    });
    let handle = handle.build().expect("a server");
    let as_user = async |user: &str| {
        TestClient::builder(&handle)
            .principal(Principal::new("https://issuer.example", user))
            .capabilities(capabilities())
            .connect()
            .await
            .expect("a client")
    };
    let refused = async |client: &TestClient, bytes: usize| {
        let params = json!({ "name": "delete", "arguments": { "file": "x".repeat(bytes) } });
        let error = client.request::<Value>("tools/call", params).await.unwrap_err();
        let data = error.data().expect("data").clone();
        assert_eq!((code(&error), &data["reason"]), (Some(-32603), &json!("too_many_bytes")));
        (error.message().to_owned(), data.get("retryAfter").is_some())
    };
    let (alice, bob, carol) =
        (as_user("alice").await, as_user("bob").await, as_user("carol").await);
    let (message, can_retry) = refused(&alice, 9_000).await;
    assert_eq!((message.as_str(), can_retry), ("the task has too many bytes", false));
    // The question repeats the argument.
    let id = start(&alice, "delete", json!({ "file": "x".repeat(3_000) })).await;
    until(&alice, &id, "input_required").await;
    let (message, can_retry) = refused(&alice, 7_000).await;
    let full = "the tasks of the caller have too many bytes";
    assert_eq!((message.as_str(), can_retry), (full, true));
    // A question and a result without room are the error of their task.
    for (tool, arguments) in
        [("delete", json!({ "file": "x".repeat(5_000) })), ("large", json!({ "bytes": 9_000 }))]
    {
        let id = start(&carol, tool, arguments).await;
        let task = until(&carol, &id, "failed").await;
        assert_eq!(task["error"]["data"]["reason"], "too_many_bytes");
    }
    let id = start(&bob, "delete", json!({ "file": "x".repeat(3_500) })).await;
    until(&bob, &id, "input_required").await;
    let (message, can_retry) = refused(&carol, 4_000).await;
    let full = "the tasks of the server have too many bytes";
    assert_eq!((message.as_str(), can_retry), (full, true));
}

#[tokio::test]
async fn a_task_knows_its_caller_as_the_call_did() {
    let claims = json!({ "tenant": "acme" });
    let alice = Principal::new("https://issuer.example", "alice")
        .with_scopes(["files:read", "files:write"])
        .with_claims(claims.as_object().cloned().expect("an object"));
    let client = TestClient::builder(server(&Gate::default()))
        .principal(alice)
        .capabilities(capabilities())
        .connect()
        .await
        .expect("a client");
    let id = start(&client, "whoami", json!({})).await;
    let task = until(&client, &id, "completed").await;
    let told = "alice of acme with files:read files:write (true)";
    assert_eq!(task["result"]["content"][0]["text"], told);
}

#[tokio::test]
async fn tasks_of_one_principal_are_limited() {
    let gate = Gate::default();
    let handle = limited(&gate, |limits| limits.tasks_per_principal = 1).build().expect("a server");
    for user in ["alice", "bob"] {
        let client = TestClient::builder(&handle)
            .principal(Principal::new("https://issuer.example", user))
            .capabilities(capabilities())
            .connect()
            .await
            .expect("a client");
        start(&client, "wait", json!({})).await;
        let error =
            client.request::<Value>("tools/call", json!({ "name": "wait" })).await.unwrap_err();
        assert_eq!(error.message(), "the caller has too many tasks");
    }
}

#[tokio::test]
async fn listeners_hear_of_their_tasks() {
    for &transport in Transport::ALL {
        let (client, gate) = client(transport).await;
        let id = start(&client, "wait", json!({})).await;
        let wanted = json!({ "notifications": { "taskIds": [id, "0".repeat(32), "x"] } });
        let mut listening =
            client.request::<Value>("subscriptions/listen", wanted).start().await.expect("sent");
        let acknowledged = listening.next_notification().await.expect("acknowledged");
        assert_eq!(acknowledged.params()["notifications"]["taskIds"], json!([id]));
        let told = client.next_notification().await.expect("told");
        assert_eq!(told.method(), "notifications/tasks");
        assert_eq!(
            (&told.params()["taskId"], &told.params()["status"]),
            (&json!(id), &json!("working"))
        );
        gate.open.notify_one();
        let told = loop {
            let told = client.next_notification().await.expect("told");
            if told.params()["status"] != "working" {
                break told;
            }
        };
        assert_eq!(told.params()["status"], "completed");
        assert_eq!(told.params()["result"]["content"][0]["text"], "waited");
        listening.cancel().await.expect("ended");
    }
}

#[tokio::test]
async fn listening_to_tasks_needs_the_extension() {
    let client = TestClient::new(server(&Gate::default())).expect("a client");
    let wanted = json!({ "notifications": { "taskIds": ["x"] } });
    let error = client.request::<Value>("subscriptions/listen", wanted).await.unwrap_err();
    assert_eq!(code(&error), Some(-32021));
}
