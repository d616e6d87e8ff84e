//! The one function as clients of both protocols that have tasks drive it, and as others call it.

use std::time::Duration;

use mcp_runtime::{
    Result,
    protocol::Revision,
    testing::{Answer, Notification, TestClient, Transport, in_every_revision},
};
use serde_json::{Value, json};

use crate::trainer::Trainer;

const TRAINED: &str = "trained on cats for 4 epochs, loss 2.624";

/// A client of tasks whose user answers.
async fn client(
    trainer: &Trainer,
    revision: Revision,
    transport: Transport,
    answer: Answer,
) -> Result<TestClient> {
    TestClient::builder(crate::server(trainer.clone()))
        .revision(revision)
        .transport(transport)
        .capabilities(json!({
            "elicitation": { "form": {} },
            "extensions": { "io.modelcontextprotocol/tasks": {} },
        }))
        .answers([answer])
        .connect()
        .await
}

fn training(epochs: u32) -> Value {
    json!({ "name": "train_model", "arguments": { "data": "cats", "epochs": epochs } })
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

async fn until_free(trainer: &Trainer) {
    while trainer.running() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_client_of_2025_11_25_drives_it_to_its_end() -> Result<()> {
    for &transport in Transport::ALL {
        for (answer, end) in [
            (Answer::consent(), TRAINED),
            (Answer::decline(), "stopped after 2 epochs, loss 3.240"),
        ] {
            let trainer = Trainer::default();
            let client = client(&trainer, Revision::V2025_11_25, transport, answer).await?;
            let mut call = training(4);
            call["task"] = json!({ "ttl": 60_000 });
            let created: Value = client.request("tools/call", call).progress().await?;
            let id = created["task"]["taskId"].as_str().expect("an id");
            let told = &created["_meta"]["io.modelcontextprotocol/model-immediate-response"];
            assert_eq!(told, "The training has begun. Go on, and look at it later.");

            // The question comes while the client waits.
            let result: Value = client.request("tasks/result", json!({ "taskId": id })).await?;
            assert_eq!(result["content"][0]["text"], end);
            assert_eq!(client.asked()[0].message(), "The loss is 3.240 after 2 epochs. Go on?");
            let told = client.pending_notifications().await;
            let progress: Vec<_> = told.iter().filter_map(Notification::progress).collect();
            assert_eq!(progress[0].message.as_deref(), Some("epoch 1 of 4, loss 3.600"));
            assert_eq!(progress[0].total, Some(4.0));
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_client_of_2026_07_28_drives_it_to_its_end() -> Result<()> {
    for &transport in Transport::ALL {
        let trainer = Trainer::default();
        let revision = Revision::V2026_07_28;
        let client = client(&trainer, revision, transport, Answer::consent()).await?;
        let created: Value = client.request("tools/call", training(4)).await?;
        let id = created["taskId"].as_str().expect("an id");
        let said = until(&client, id, "input_required").await?;
        assert!(said.contains(&"epoch 1 of 4, loss 3.600".to_owned()), "{said:?}");
        let asked = look(&client, id).await?["inputRequests"].clone();
        let (key, question) = asked.as_object().and_then(|it| it.iter().next()).expect("one");
        assert_eq!(question["params"]["message"], "The loss is 3.240 after 2 epochs. Go on?");
        let responses = json!({ key: { "action": "accept", "content": {} } });
        let update = json!({ "taskId": id, "inputResponses": responses });
        client.request::<Value>("tasks/update", update).await?;
        until(&client, id, "completed").await?;
        let task = look(&client, id).await?;
        assert_eq!(task["result"]["content"][0]["text"], TRAINED);
    }
    Ok(())
}

#[tokio::test]
async fn it_is_cancelled_in_both_protocols() -> Result<()> {
    for revision in [Revision::V2025_11_25, Revision::V2026_07_28] {
        for &transport in Transport::ALL {
            let trainer = Trainer::default();
            let client = client(&trainer, revision, transport, Answer::consent()).await?;
            let mut call = training(10_000);
            call["task"] = json!({});
            let created: Value = client.request("tools/call", call).await?;
            let task = created.get("task").unwrap_or(&created);
            let id = task["taskId"].as_str().expect("an id");
            while trainer.running() == 0 {
                tokio::task::yield_now().await;
            }
            client.request::<Value>("tasks/cancel", json!({ "taskId": id })).await?;
            assert_eq!(look(&client, id).await?["status"], "cancelled");
            until_free(&trainer).await;
        }
    }
    Ok(())
}

#[tokio::test]
async fn it_is_an_ordinary_call_for_others() {
    in_every_revision(
        || crate::server(Trainer::default()),
        async |client| {
            let trained =
                client.call("train_model", json!({ "data": "cats", "epochs": 4 })).await?;
            assert_eq!(trained.text(), TRAINED);
            Ok(())
        },
    )
    .await;
}
