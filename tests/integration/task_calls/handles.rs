//! Tools that are tasks also for clients that know none: a handle, and a tool that tells the result.

use std::time::Duration;

use mcp_runtime::{
    Principal,
    prelude::*,
    protocol::Revision,
    tasks::MemoryStore,
    testing::{Answer, CallResult, TestClient, TestClientBuilder, Transport},
};
use serde_json::{Value, json};

use super::server::{Gate, connect, server, until};

/// A client that knows no tasks.
async fn plain(
    server: impl Into<TestClientBuilder>,
    revision: Revision,
    transport: Transport,
) -> TestClient {
    builder(server, revision, transport).connect().await.expect("a client")
}

fn builder(
    server: impl Into<TestClientBuilder>,
    revision: Revision,
    transport: Transport,
) -> TestClientBuilder {
    server.into().revision(revision).transport(transport)
}

/// The handle, as a model reads it.
fn handle(result: &CallResult) -> String {
    let text = result.text();
    let (_, rest) = text.split_once("handle `").expect("the text has a handle");
    rest.split_once('`').expect("it ends").0.to_owned()
}

async fn names(client: &TestClient) -> Vec<String> {
    let tools = client.tools().await.expect("tools");
    tools.iter().map(|tool| tool["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn any_client_gets_a_handle_and_then_the_result() {
    for revision in Revision::ALL.iter().copied() {
        for &transport in Transport::ALL {
            let gate = Gate::default();
            let client = plain(server(&gate), revision, transport).await;
            let begun = client.call("square", json!({ "number": 7 })).await.expect("a handle");
            assert!(!begun.is_error());
            let handle = handle(&begun);
            if revision >= Revision::V2025_06_18 {
                let structured = begun.structured_content().expect("structured");
                assert_eq!(structured["handle"], handle);
                assert_eq!(structured["status"], "working");
                assert_eq!(structured["resultTool"], "square_result");
            }
            gate.open.notify_one();
            let ended = client.call("square_result", json!({ "handle": handle })).await;
            let ended = ended.expect("the result");
            assert_eq!(ended.text(), "[49]");
            let structured = ended.structured_content().cloned();
            match revision {
                Revision::V2026_07_28 => assert_eq!(structured, Some(json!([49]))),
                _ if revision >= Revision::V2025_06_18 => {
                    assert_eq!(structured, Some(json!({ "result": [49] })));
                }
                _ => assert_eq!(structured, None),
            }
        }
    }
}

/// In the clock of the test, which does not wait.
#[tokio::test(start_paused = true)]
async fn until_there_is_a_result_it_is_told_how_far_the_task_is() {
    let gate = Gate::default();
    let client = plain(server(&gate), Revision::V2026_07_28, Transport::Memory).await;
    let begun = client.call("square", json!({ "number": 7 })).await.expect("a handle");
    let patience = Duration::from_secs(60);
    let asking = client.call("square_result", json!({ "handle": handle(&begun) }));
    let told = asking.timeout(patience).await.expect("told");
    assert!(told.text().starts_with("`square` is at work: multiplying.\n"), "{}", told.text());
    assert_eq!(handle(&told), handle(&begun));
    let structured = told.structured_content().expect("structured");
    assert_eq!(structured["progress"], json!({ "done": 0.5, "total": 1.0 }));
}

#[tokio::test]
async fn a_client_that_knows_tasks_gets_tasks_and_sees_no_second_tool() {
    let gate = Gate::default();
    let handle = server(&gate).build().expect("a server");
    let modern = connect(&handle, Revision::V2026_07_28, Transport::Memory).await;
    assert!(!names(&modern).await.contains(&"square_result".to_owned()));
    let created: Value = modern
        .request("tools/call", json!({ "name": "square", "arguments": { "number": 3 } }))
        .await
        .expect("a task");
    assert_eq!(created["resultType"], "task");
    gate.open.notify_one();
    let task = until(&modern, created["taskId"].as_str().expect("an id"), "completed").await;
    assert_eq!(task["result"]["structuredContent"], json!([9]));

    // One of 2025-11-25 says with each call whether it knows tasks.
    let session = connect(&handle, Revision::V2025_11_25, Transport::Memory).await;
    let tools = session.tools().await.expect("tools");
    let tool = |name: &str| tools.iter().find(|tool| tool["name"] == name).expect("the tool");
    assert_eq!(tool("square")["execution"]["taskSupport"], "optional");
    tool("square_result");
    let params = json!({ "name": "square", "arguments": { "number": 3 }, "task": {} });
    let created: Value = session.request("tools/call", params).await.expect("a task");
    assert!(created["task"]["taskId"].is_string());
}

#[tokio::test]
async fn the_output_schema_is_told_to_those_who_get_the_output() {
    let handle = server(&Gate::default()).build().expect("a server");
    let knowing = connect(&handle, Revision::V2026_07_28, Transport::Memory).await;
    let plain = plain(&handle, Revision::V2026_07_28, Transport::Memory).await;
    for (client, told) in [(&knowing, true), (&plain, false), (&knowing, true)] {
        let tools = client.tools().await.expect("tools");
        let tool = tools.iter().find(|tool| tool["name"] == "square").expect("the tool");
        assert_eq!(tool.get("outputSchema").is_some(), told);
    }
    let listed: Value = plain.request("tools/list", json!({})).await.expect("a list");
    assert_eq!(listed["cacheScope"], "private", "a list for one kind of client is not for all");
}

#[tokio::test]
async fn what_the_task_asks_is_asked_by_the_tool_that_tells_its_result() {
    for revision in [Revision::V2025_06_18, Revision::V2025_11_25, Revision::V2026_07_28] {
        for &transport in Transport::ALL {
            let client = builder(server(&Gate::default()), revision, transport)
                .capabilities(json!({ "elicitation": {} }))
                .answers([Answer::accept(json!({ "confirm": true }))])
                .connect()
                .await
                .expect("a client");
            let begun = client.call("shred", json!({ "file": "a.txt" })).await.expect("a handle");
            let ended = client.call("shred_result", json!({ "handle": handle(&begun) })).await;
            assert_eq!(ended.expect("the result").text(), "deleted a.txt");
            assert_eq!(client.asked().len(), 1);
        }
    }
}

#[tokio::test]
async fn a_client_that_cannot_be_asked_is_told_so() {
    let handle_of_server = server(&Gate::default()).build().expect("a server");
    let able = builder(&handle_of_server, Revision::V2026_07_28, Transport::Memory)
        .capabilities(json!({ "elicitation": {} }))
        .connect()
        .await
        .expect("a client");
    let begun = able.call("shred", json!({ "file": "a.txt" })).await.expect("a handle");
    let mute = plain(&handle_of_server, Revision::V2026_07_28, Transport::Memory).await;
    let told = mute.call("shred_result", json!({ "handle": handle(&begun) })).await.expect("told");
    assert!(told.text().contains("an answer that this client cannot give"), "{}", told.text());
    assert_eq!(told.structured_content().expect("structured")["status"], "input_required");
}

#[tokio::test]
async fn a_call_can_be_given_up() {
    let client = plain(server(&Gate::default()), Revision::V2024_11_05, Transport::Memory).await;
    let begun = client.call("square", json!({ "number": 7 })).await.expect("a handle");
    let arguments = json!({ "handle": handle(&begun), "cancel": true });
    for _ in 0..2 {
        let told = client.call("square_result", arguments.clone()).await.expect("told");
        assert!(told.is_error());
        assert_eq!(told.text(), "the call of `square` was given up");
    }
}

#[tokio::test]
async fn a_handle_is_good_for_its_owner_and_its_tool_alone() {
    let gate = Gate::default();
    let handle_of_server = server(&gate).build().expect("a server");
    let as_user = async |user: &str| {
        builder(&handle_of_server, Revision::V2025_06_18, Transport::Http)
            .principal(Principal::new("https://issuer.example", user))
            .connect()
            .await
            .expect("a client")
    };
    let (alice, eve) = (as_user("alice").await, as_user("eve").await);
    let begun = alice.call("square", json!({ "number": 7 })).await.expect("a handle");
    let handle = handle(&begun);
    let unknown = "0".repeat(32);
    for (client, tool, handle) in [
        (&eve, "square_result", handle.as_str()),
        (&alice, "shred_result", handle.as_str()),
        (&alice, "square_result", unknown.as_str()),
        (&alice, "square_result", "x"),
    ] {
        for cancel in [true, false] {
            let arguments = json!({ "handle": handle, "cancel": cancel });
            let told = client.call(tool, arguments).await.expect("told");
            assert!(told.is_error());
            assert_eq!(told.text(), "unknown handle: it is wrong, or its time is over");
        }
    }
    gate.open.notify_one();
    let ended = alice.call("square_result", json!({ "handle": handle })).await.expect("the result");
    assert_eq!(ended.text(), "[49]");
}

/// Work.
#[mcp_tool(task = "handle", scopes("work"))]
async fn work() {}

/// Something else.
#[mcp_tool]
async fn work_result() {}

#[tokio::test]
async fn the_second_tool_comes_and_goes_with_the_first() {
    let error = Server::new("works", "1.0.0").tools(tools![work_result, work]).build().unwrap_err();
    assert!(error.to_string().contains("there is a tool `work_result` already"), "{error}");

    let works = || Server::new("works", "1.0.0").tools([]);
    let without_tasks = works().build().expect("a server");
    let error = without_tasks.add_tool(tools![work].remove(0)).unwrap_err();
    assert!(error.to_string().contains("the server was built without tasks"), "{error}");

    let handle = works().task_store(MemoryStore::new()).build().expect("a server");
    let client = plain(&handle, Revision::V2026_07_28, Transport::Memory).await;
    for tool in tools![work] {
        handle.add_tool(tool).expect("added");
    }
    assert_eq!(names(&client).await, ["work", "work_result"]);
    assert!(handle.enable_tool("work", false));
    assert!(names(&client).await.is_empty());
    assert!(handle.enable_tool("work", true));
    let scoped = builder(&handle, Revision::V2026_07_28, Transport::Http)
        .principal(Principal::new("https://issuer.example", "eve"))
        .connect()
        .await
        .expect("a client");
    assert!(names(&scoped).await.is_empty(), "they need the same scopes");
    assert!(handle.remove_tool("work"));
    assert!(names(&client).await.is_empty());
}
