use std::time::Duration;

use mcp_runtime::testing::{TestClient, in_every_revision};
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

#[tokio::test]
async fn a_client_that_knows_tasks_can_cancel_one() -> mcp_runtime::Result<()> {
    let tasks = json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
    let server = super::server(Duration::from_secs(3600));
    let client = TestClient::builder(server).capabilities(tasks).connect().await?;
    let call = json!({ "name": "train_model", "arguments": {} });
    let created: Value = client.request("tools/call", call).await?;
    let id = json!({ "taskId": created["taskId"] });
    client.request::<Value>("tasks/cancel", &id).await?;
    let task: Value = client.request("tasks/get", &id).await?;
    assert_eq!(task["status"], "cancelled");
    Ok(())
}
