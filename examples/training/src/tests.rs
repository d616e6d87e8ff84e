//! The one function as clients of both protocols that have tasks drive it, and as others call it.

use std::time::Duration;

use mcp_runtime::{
    Result,
    protocol::Revision,
    testing::{Answer, Notification, TestClient, Transport, in_every_revision},
};
use serde_json::{Value, json};

#[tokio::test]
async fn clients_that_know_no_tasks_wait() {
    in_every_revision(
        || super::server(Duration::ZERO),
        async |client| {
            let result = client.call("train_model", json!({ "epochs": 3 })).await?;
            assert_eq!(result.text(), "trained for 3 epochs");
            assert!(client.call("release_model", json!({})).await.is_err());
            Ok(())
        },
    )
    .await;
}

/// A client of tasks whose user answers.
async fn client(revision: Revision, transport: Transport, answer: Answer) -> Result<TestClient> {
    Ok(TestClient::builder(crate::server(Duration::from_millis(50)))
        .revision(revision)
        .transport(transport)
        .capabilities(json!({
            "elicitation": { "form": {} },
            "extensions": { "io.modelcontextprotocol/tasks": {} },
        }))
        .answers([answer])
        .connect()
        .await?)
}

fn training(epochs: u32) -> Value {
    json!({ "name": "train_model", "arguments": { "epochs": epochs, "review_after": 2 } })
}

async fn look(client: &TestClient, id: &str) -> Result<Value> {
    Ok(client.request("tasks/get", json!({ "taskId": id })).await?)
}

/// Looks at the task until it has this status; tells all that it has said of itself.
async fn until(client: &TestClient, id: &str, status: &str) -> Result<Vec<String>> {
    let mut said = Vec::new();
    loop {
        let task = look(client, id).await?;
        said.extend(task["statusMessage"].as_str().map(str::to_owned));
        said.dedup();
        if task["status"] == status {
            return Ok(said);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_client_of_2025_11_25_drives_it_to_its_end() -> Result<()> {
    for &transport in Transport::ALL {
        for (answer, end) in [
            (Answer::consent(), "trained for 4 epochs"),
            (Answer::decline(), "stopped after 2 epochs"),
        ] {
            let client = client(Revision::V2025_11_25, transport, answer).await?;
            let mut call = training(4);
            call["task"] = json!({ "ttl": 60_000 });
            let created: Value = client.request("tools/call", call).progress().await?;
            let id = created["task"]["taskId"].as_str().expect("an id");
            let told = &created["_meta"]["io.modelcontextprotocol/model-immediate-response"];
            assert_eq!(told, "The training has begun. Go on, and look at it later.");

            // The question comes while the client waits.
            let result: Value = client.request("tasks/result", json!({ "taskId": id })).await?;
            assert_eq!(result["content"][0]["text"], end);
            assert_eq!(client.asked()[0].message(), "Go on after 2 of 4 epochs?");
            let told = client.pending_notifications().await;
            let progress: Vec<_> = told.iter().filter_map(Notification::progress).collect();
            assert_eq!(progress[0].message.as_deref(), Some("epoch 1/4"));
            assert_eq!(progress[0].total, Some(1.0));
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_client_of_2026_07_28_drives_it_to_its_end() -> Result<()> {
    for &transport in Transport::ALL {
        let revision = Revision::V2026_07_28;
        let client = client(revision, transport, Answer::consent()).await?;
        let created: Value = client.request("tools/call", training(4)).await?;
        let id = created["taskId"].as_str().expect("an id");
        let said = until(&client, id, "input_required").await?;
        assert!(said.contains(&"epoch 1/4".to_owned()), "{said:?}");
        let asked = look(&client, id).await?["inputRequests"].clone();
        let (key, question) = asked.as_object().and_then(|it| it.iter().next()).expect("one");
        assert_eq!(question["params"]["message"], "Go on after 2 of 4 epochs?");
        let responses = json!({ key: { "action": "accept", "content": {} } });
        let update = json!({ "taskId": id, "inputResponses": responses });
        client.request::<Value>("tasks/update", update).await?;
        until(&client, id, "completed").await?;
        let task = look(&client, id).await?;
        assert_eq!(task["result"]["content"][0]["text"], "trained for 4 epochs");
    }
    Ok(())
}

#[tokio::test]
async fn it_is_cancelled_in_both_protocols() -> Result<()> {
    for revision in [Revision::V2025_11_25, Revision::V2026_07_28] {
        for &transport in Transport::ALL {
            let client = client(revision, transport, Answer::consent()).await?;
            let mut call = training(1000);
            call["task"] = json!({});
            let created: Value = client.request("tools/call", call).await?;
            let task = created.get("task").unwrap_or(&created);
            let id = task["taskId"].as_str().expect("an id");
            client.request::<Value>("tasks/cancel", json!({ "taskId": id })).await?;
            assert_eq!(look(&client, id).await?["status"], "cancelled");
        }
    }
    Ok(())
}
