//! Tasks of 2025-11-25.

use mcp_runtime::{
    Principal,
    protocol::Revision,
    testing::{ClientError, TestClient, Transport},
};
use serde_json::{Value, json};

use super::server::{Gate, capabilities, connect, get, server, start, until};

const REVISION: Revision = Revision::V2025_11_25;

async fn client(transport: Transport) -> (TestClient, Gate) {
    let gate = Gate::default();
    (connect(server(&gate), REVISION, transport).await, gate)
}

fn code(error: &ClientError) -> Option<i32> {
    error.code().map(|it| it.value())
}

#[tokio::test]
async fn a_call_with_task_becomes_one_and_its_result_is_waited_for() {
    for &transport in Transport::ALL {
        let (client, _) = client(transport).await;
        let id = start(&client, "train", json!({ "epochs": 3 })).await;
        let result: Value =
            client.request("tasks/result", json!({ "taskId": id })).await.expect("the result");
        assert_eq!(result["content"][0]["text"], "trained for 3 epochs");
        let related = &result["_meta"]["io.modelcontextprotocol/related-task"];
        assert_eq!(*related, json!({ "taskId": id }));
        let task = get(&client, &id).await;
        assert_eq!(
            (&task["status"], &task["statusMessage"]),
            (&json!("completed"), &json!("done"))
        );
        for absent in ["task", "result", "resultType", "ttlMs"] {
            assert!(task.get(absent).is_none(), "{absent}");
        }
    }
}

#[tokio::test]
async fn a_new_task_is_nested_and_says_all_that_a_client_needs_to_wait() {
    let (client, gate) = client(Transport::Memory).await;
    let params = json!({ "name": "wait", "task": { "ttl": 60_000 } });
    let created: Value = client.request("tools/call", params).await.expect("a task");
    let task = &created["task"];
    assert_eq!((&task["status"], &task["ttl"]), (&json!("working"), &json!(60_000)));
    assert_eq!(task["pollInterval"], 500);
    assert!(task["createdAt"].is_string() && task["lastUpdatedAt"].is_string());
    gate.open.notify_one();
    let id = task["taskId"].as_str().expect("an id");
    until(&client, id, "completed").await;
}

/// Neither for ever nor for longer than the server wants.
#[tokio::test]
async fn no_wish_keeps_a_task_longer_than_it_may() {
    let (client, _) = client(Transport::Memory).await;
    let day = 24 * 60 * 60 * 1000;
    for (wish, ttl) in [
        (json!({}), 600_000),
        (json!({ "ttl": null }), 600_000),
        (json!({ "ttl": 9_007_199_254_740_991_u64 }), day),
        (json!({ "ttl": u64::MAX }), day),
    ] {
        let params = json!({ "name": "wait", "task": wish });
        let created: Value = client.request("tools/call", params).await.expect("a task");
        assert_eq!(created["task"]["ttl"], ttl, "{wish}");
    }
}

#[tokio::test]
async fn tools_say_whether_they_run_as_tasks_and_calls_agree() {
    let (client, _) = client(Transport::Memory).await;
    let tools = client.tools().await.expect("tools");
    let support = |name: &str| {
        let tool = tools.iter().find(|tool| tool["name"] == name).expect("the tool");
        tool["execution"]["taskSupport"].as_str().map(str::to_owned)
    };
    assert_eq!(support("train").as_deref(), Some("optional"));
    assert_eq!(support("fail").as_deref(), Some("required"));
    assert_eq!(support("plain"), None);
    for params in [json!({ "name": "plain", "task": {} }), json!({ "name": "fail" })] {
        let error = client.request::<Value>("tools/call", params).await.unwrap_err();
        assert_eq!(code(&error), Some(-32601));
    }
    let trained = client.call("train", json!({ "epochs": 1 })).await.expect("a result");
    assert_eq!(trained.text(), "trained for 1 epochs");
    let params = json!({ "name": "train", "task": 7 });
    let error = client.request::<Value>("tools/call", params).await.unwrap_err();
    assert_eq!(code(&error), Some(-32602));
}

#[tokio::test]
async fn only_this_revision_says_so() {
    for revision in [Revision::V2024_11_05, Revision::V2025_03_26, Revision::V2025_06_18] {
        let gate = Gate::default();
        let client = connect(server(&gate), revision, Transport::Memory).await;
        let capabilities = client.server().await.expect("the server")["capabilities"].clone();
        assert!(capabilities.get("tasks").is_none());
        let params = json!({ "name": "train", "arguments": { "epochs": 1 }, "task": {} });
        let trained: Value = client.request("tools/call", params).await.expect("a result");
        assert_eq!(trained["content"][0]["text"], "trained for 1 epochs");
        let error = client.call("fail", json!({})).await.unwrap_err();
        assert!(error.message().contains("has no tasks"), "{}", error.message());
        for method in ["tasks/get", "tasks/result", "tasks/list", "tasks/cancel"] {
            let error =
                client.request::<Value>(method, json!({ "taskId": "x" })).await.unwrap_err();
            assert_eq!(code(&error), Some(-32601), "{method}");
        }
    }
}

#[tokio::test]
async fn a_failed_call_is_failed_and_its_result_is_a_result() {
    let (client, _) = client(Transport::Memory).await;
    let id = start(&client, "fail", json!({})).await;
    let result: Value =
        client.request("tasks/result", json!({ "taskId": id })).await.expect("the result");
    assert_eq!(
        (&result["isError"], &result["content"][0]["text"]),
        (&json!(true), &json!("it has failed"))
    );
    assert_eq!(get(&client, &id).await["status"], "failed");
    let id = start(&client, "refuse", json!({})).await;
    let error = client.request::<Value>("tasks/result", json!({ "taskId": id })).await.unwrap_err();
    assert_eq!((code(&error), error.message()), (Some(7), "no"));
    let task = get(&client, &id).await;
    assert_eq!((&task["status"], &task["statusMessage"]), (&json!("failed"), &json!("no")));
}

#[tokio::test]
async fn a_result_is_as_the_revision_has_it() {
    let (client, _) = client(Transport::Memory).await;
    let id = start(&client, "measure", json!({})).await;
    let result: Value =
        client.request("tasks/result", json!({ "taskId": id })).await.expect("the result");
    assert_eq!(result["structuredContent"], json!({ "result": [1, 2, 3] }));
}

#[tokio::test]
async fn a_cancelled_task_says_so_at_once_and_only_once() {
    let (client, _) = client(Transport::Memory).await;
    let id = start(&client, "wait", json!({})).await;
    let waiting = client
        .request::<Value>("tasks/result", json!({ "taskId": id }))
        .start()
        .await
        .expect("sent");
    let task: Value =
        client.request("tasks/cancel", json!({ "taskId": id })).await.expect("the task");
    assert_eq!((&task["taskId"], &task["status"]), (&json!(id), &json!("cancelled")));
    let error = client.request::<Value>("tasks/cancel", json!({ "taskId": id })).await.unwrap_err();
    assert_eq!(code(&error), Some(-32602));
    let error = waiting.finish().await.unwrap_err();
    assert_eq!(error.message(), "the task was cancelled");
}

#[tokio::test]
async fn tasks_are_listed_page_by_page_for_their_owner_alone() {
    let gate = Gate::default();
    let mut limits = mcp_runtime::Limits::default();
    limits.page_items = 2;
    let handle = server(&gate).limits(limits).build().expect("a server");
    let as_user = async |user: &str| {
        TestClient::builder(&handle)
            .revision(REVISION)
            .http()
            .principal(Principal::new("https://issuer.example", user))
            .capabilities(capabilities())
            .connect()
            .await
            .expect("a client")
    };
    let (alice, eve) = (as_user("alice").await, as_user("eve").await);
    let mut started = Vec::new();
    for _ in 0..5 {
        started.push(start(&alice, "wait", json!({})).await);
    }
    let mut listed = Vec::new();
    let mut params = json!({});
    loop {
        let page: Value = alice.request("tasks/list", params).await.expect("a page");
        for task in page["tasks"].as_array().expect("tasks") {
            listed.push(task["taskId"].as_str().expect("an id").to_owned());
        }
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        let stolen = eve.request::<Value>("tasks/list", json!({ "cursor": cursor })).await;
        assert_eq!(code(&stolen.unwrap_err()), Some(-32602));
        params = json!({ "cursor": cursor });
    }
    // The newest first.
    started.reverse();
    assert_eq!(listed, started);
    let page: Value = eve.request("tasks/list", json!({})).await.expect("a page");
    assert_eq!(page["tasks"], json!([]));
    for method in ["tasks/get", "tasks/result", "tasks/cancel"] {
        let error =
            eve.request::<Value>(method, json!({ "taskId": started[0] })).await.unwrap_err();
        assert_eq!((code(&error), error.message()), (Some(-32602), "unknown task"), "{method}");
    }
}

#[tokio::test]
async fn where_nobody_knows_whose_tasks_are_whose_there_is_no_list() {
    let (anonymous, _) = client(Transport::Http).await;
    let server = anonymous.server().await.expect("the server");
    assert!(server["capabilities"]["tasks"].get("list").is_none());
    let error = anonymous.request::<Value>("tasks/list", json!({})).await.unwrap_err();
    assert_eq!(code(&error), Some(-32601));
    let (alone, _) = client(Transport::Memory).await;
    let server = alone.server().await.expect("the server");
    let declared = json!({ "list": {}, "cancel": {}, "requests": { "tools": { "call": {} } } });
    assert_eq!(server["capabilities"]["tasks"], declared);
    let page: Value = alone.request("tasks/list", json!({})).await.expect("a page");
    assert_eq!(page["tasks"], json!([]));
}

#[tokio::test]
async fn a_task_is_reached_by_both_protocols() {
    let gate = Gate::default();
    let handle = server(&gate).build().expect("a server");
    let session = connect(&handle, REVISION, Transport::Memory).await;
    let modern = connect(&handle, Revision::V2026_07_28, Transport::Memory).await;
    let id = start(&session, "fail", json!({})).await;
    until(&session, &id, "failed").await;
    assert_eq!(get(&modern, &id).await["status"], "completed");
    let id = start(&modern, "wait", json!({})).await;
    let task: Value =
        session.request("tasks/cancel", json!({ "taskId": id })).await.expect("ended");
    assert_eq!(task["status"], "cancelled");
    assert_eq!(get(&modern, &id).await["status"], "cancelled");
}
