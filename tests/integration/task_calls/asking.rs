//! Tasks that ask their client.

use std::{sync::atomic::Ordering, time::Duration};

use mcp_runtime::{
    protocol::Revision,
    testing::{Answer, TestClient, Transport},
};
use serde_json::{Value, json};

use super::server::{Gate, answering, connect, get, server, start, until};

async fn modern() -> (TestClient, Gate) {
    let gate = Gate::default();
    (connect(server(&gate), Revision::V2026_07_28, Transport::Memory).await, gate)
}

fn accept(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

async fn update(client: &TestClient, id: &str, responses: Value) -> Value {
    let params = json!({ "taskId": id, "inputResponses": responses });
    client.request("tasks/update", params).await.expect("an ack")
}

fn keys(task: &Value) -> Vec<&str> {
    task["inputRequests"].as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect()
}

#[tokio::test]
async fn a_task_asks_and_goes_on_with_the_answer() {
    let (client, _) = modern().await;
    let id = start(&client, "delete", json!({ "file": "a.txt" })).await;
    let task = until(&client, &id, "input_required").await;
    let request = &task["inputRequests"]["confirm"];
    assert_eq!(request["method"], "elicitation/create");
    assert_eq!(request["params"]["message"], "Delete a.txt?");
    let ack = update(
        &client,
        &id,
        json!({ "stranger": {}, "confirm": accept(json!({ "confirm": true })) }),
    )
    .await;
    assert_eq!(ack["resultType"], "complete");
    assert!(ack.get("taskId").is_none());
    let task = until(&client, &id, "completed").await;
    assert_eq!(task["result"]["content"][0]["text"], "deleted a.txt");
    // Too late, and no fault.
    update(&client, &id, json!({ "confirm": accept(json!({ "confirm": false })) })).await;
}

#[tokio::test]
async fn a_no_is_no_consent() {
    let (client, _) = modern().await;
    for answer in [json!({ "action": "decline" }), json!({ "action": "cancel" })] {
        let id = start(&client, "delete", json!({ "file": "a.txt" })).await;
        until(&client, &id, "input_required").await;
        update(&client, &id, json!({ "confirm": answer })).await;
        let task = until(&client, &id, "completed").await;
        assert_eq!(task["result"]["content"][0]["text"], "kept a.txt");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_asked_for_again_under_another_key() {
    let (client, _) = modern().await;
    let id = start(&client, "delete", json!({ "file": "a.txt" })).await;
    until(&client, &id, "input_required").await;
    update(&client, &id, json!({ "confirm": accept(json!({ "confirm": "yes" })) })).await;
    let task = loop {
        let task = get(&client, &id).await;
        if keys(&task) == ["confirm#2"] {
            break task;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert_eq!(task["status"], "input_required");
    update(&client, &id, json!({ "confirm#2": accept(json!({ "confirm": true })) })).await;
    let task = until(&client, &id, "completed").await;
    assert_eq!(task["result"]["content"][0]["text"], "deleted a.txt");
}

#[tokio::test]
async fn several_questions_can_be_answered_one_by_one() {
    let (client, _) = modern().await;
    let id = start(&client, "pair", json!({})).await;
    loop {
        if keys(&until(&client, &id, "input_required").await) == ["name", "sure"] {
            break;
        }
    }
    update(&client, &id, json!({ "sure": accept(json!({ "confirm": true })) })).await;
    let task = get(&client, &id).await;
    assert_eq!((&task["status"], keys(&task)), (&json!("input_required"), vec!["name"]));
    update(&client, &id, json!({ "name": accept(json!({ "name": "Ada" })) })).await;
    let task = until(&client, &id, "completed").await;
    assert_eq!(task["result"]["content"][0]["text"], "Ada true");
}

#[tokio::test]
async fn a_poller_is_not_told_of_questions_that_it_cannot_answer() {
    let gate = Gate::default();
    let handle = server(&gate).build().expect("a server");
    let client = connect(&handle, Revision::V2026_07_28, Transport::Memory).await;
    let mute = TestClient::builder(&handle)
        .capabilities(json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } }))
        .connect()
        .await
        .expect("a client");
    let id = start(&client, "delete", json!({ "file": "a.txt" })).await;
    until(&client, &id, "input_required").await;
    assert_eq!(get(&mute, &id).await["inputRequests"], json!({}));
}

#[tokio::test]
async fn a_call_asks_before_it_becomes_a_task() {
    for &transport in Transport::ALL {
        let gate = Gate::default();
        let client = connect(server(&gate), Revision::V2026_07_28, transport).await;
        let mut params = json!({ "name": "prepare" });
        let asked: Value = client.request("tools/call", params.clone()).await.expect("asked");
        assert_eq!(asked["resultType"], "input_required");
        assert!(asked.get("taskId").is_none());
        params["requestState"] = asked["requestState"].clone();
        params["inputResponses"] = json!({ "name": accept(json!({ "name": "Ada" })) });
        let created: Value = client.request("tools/call", params).await.expect("created");
        assert_eq!(created["resultType"], "task");
        assert!(created.get("requestState").is_none() && created.get("inputRequests").is_none());
        let id = created["taskId"].as_str().expect("an id");
        let task = until(&client, id, "input_required").await;
        assert_eq!(keys(&task), ["sure"]);
        update(&client, id, json!({ "sure": accept(json!({ "confirm": true })) })).await;
        let task = until(&client, id, "completed").await;
        assert_eq!(task["result"]["content"][0]["text"], "Ada 0 true");
        assert_eq!(gate.begun.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn in_a_session_questions_come_with_the_wait_for_the_result() {
    for &transport in Transport::ALL {
        let yes = Answer::accept(json!({ "confirm": true }));
        let client = answering(server(&Gate::default()), transport, [yes]).await;
        let id = start(&client, "delete", json!({ "file": "a.txt" })).await;
        until(&client, &id, "input_required").await;
        assert!(client.asked().is_empty());
        let result: Value =
            client.request("tasks/result", json!({ "taskId": id })).await.expect("the result");
        assert_eq!(result["content"][0]["text"], "deleted a.txt");
        let related = &result["_meta"]["io.modelcontextprotocol/related-task"];
        assert_eq!(*related, json!({ "taskId": id }));
        let [question] = client.asked().try_into().expect("one question");
        let related = &question.params["_meta"]["io.modelcontextprotocol/related-task"];
        assert_eq!(*related, json!({ "taskId": id }));
    }
}

#[tokio::test]
async fn in_a_session_a_refusal_is_a_no() {
    let client =
        answering(server(&Gate::default()), Transport::Memory, [Answer::error(-1, "no")]).await;
    let id = start(&client, "delete", json!({ "file": "a.txt" })).await;
    let result: Value =
        client.request("tasks/result", json!({ "taskId": id })).await.expect("the result");
    assert_eq!(result["content"][0]["text"], "kept a.txt");
}

/// Who waits for the result can go, and come back.
#[tokio::test]
async fn a_question_that_was_dropped_is_asked_again() {
    for &transport in Transport::ALL {
        let answers = [Answer::silence(), Answer::accept(json!({ "confirm": true }))];
        let client = answering(server(&Gate::default()), transport, answers).await;
        let id = start(&client, "delete", json!({ "file": "a.txt" })).await;
        let result = || client.request::<Value>("tasks/result", json!({ "taskId": id }));
        let waiting = result().start().await.expect("sent");
        while client.asked().is_empty() {
            tokio::task::yield_now().await;
        }
        waiting.cancel().await.expect("gone");
        assert_eq!(result().await.expect("the result")["content"][0]["text"], "deleted a.txt");
        assert_eq!(client.asked().len(), 2);
    }
}

#[tokio::test]
async fn one_question_goes_to_one_of_those_who_wait() {
    let yes = || Answer::accept(json!({ "confirm": true }));
    let client = answering(server(&Gate::default()), Transport::Memory, [yes(), yes()]).await;
    let id = start(&client, "delete", json!({ "file": "a.txt" })).await;
    let wait = || client.request::<Value>("tasks/result", json!({ "taskId": id }));
    let (first, second) = tokio::join!(wait(), wait());
    assert_eq!(first.expect("the result"), second.expect("the result"));
    assert_eq!(client.asked().len(), 1);
}
