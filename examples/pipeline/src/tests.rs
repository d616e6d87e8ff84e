//! One process. Two of them, of which one is killed, are in the tests of the workspace.

use mcp_runtime::{
    Result,
    testing::{TestClient, Transport},
};
use serde_json::{Value, json};

use crate::{Imported, warehouse::Warehouse};

#[tokio::test]
async fn each_part_is_loaded_once() -> Result<()> {
    for &transport in Transport::ALL {
        let folder = tempfile::tempdir()?;
        let client = TestClient::builder(crate::server(Warehouse::new(folder.path())))
            .transport(transport)
            .capabilities(json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } }))
            .connect()
            .await?;
        let call = json!({ "name": "import", "arguments": { "parts": 3 } });
        let created: Value = client.request("tools/call", call).await?;
        let id = json!({ "taskId": created["taskId"] });
        let result = loop {
            let mut task: Value = client.request("tasks/get", id.clone()).await?;
            match task["status"].as_str() {
                Some("working") => tokio::task::yield_now().await,
                _ => break task["result"].take(),
            }
        };
        let imported: Imported = serde_json::from_value(result["structuredContent"].clone())?;
        assert_eq!(imported, Imported { parts: 3, rows: 3000 });
        assert_eq!(std::fs::read_dir(folder.path())?.count(), 3);
    }
    Ok(())
}

#[tokio::test]
async fn a_client_that_knows_no_tasks_is_refused() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let client = TestClient::new(crate::server(Warehouse::new(folder.path())))?;
    let error = client.call("import", json!({ "parts": 3 })).await.expect_err("it is refused");
    assert_eq!(error.code().map(|it| it.value()), Some(-32021));
    Ok(())
}
