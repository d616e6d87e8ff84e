use std::time::Duration;

use mcp_runtime::testing::{TestClient, in_every_revision};
use serde_json::{Value, json};

fn server() -> mcp_runtime::Server {
    super::server(Duration::ZERO)
}

#[tokio::test]
async fn clients_that_know_no_tasks_wait() {
    in_every_revision(server, async |client| {
        let result = client.call("train_model", json!({ "epochs": 3 })).await?;
        assert_eq!(result.text(), "trained for 3 epochs");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_client_that_knows_tasks_looks_until_it_is_done() -> mcp_runtime::Result<()> {
    let tasks = json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
    let client = TestClient::builder(server()).capabilities(tasks).connect().await?;
    let call = json!({ "name": "train_model", "arguments": { "epochs": 3 } });
    let created: Value = client.request("tools/call", call).await?;
    assert_eq!(created["resultType"], "task");

    let id = json!({ "taskId": created["taskId"] });
    let mut task: Value = client.request("tasks/get", &id).await?;
    while task["status"] == "working" {
        tokio::time::sleep(Duration::from_millis(10)).await;
        task = client.request("tasks/get", &id).await?;
    }
    assert_eq!(task["result"]["content"][0]["text"], "trained for 3 epochs");
    Ok(())
}
