//! What is said of tasks in each protocol is what its official schema allows.

use mcp_runtime::{
    protocol::Revision,
    testing::{Answer, TestClient, Transport},
};
use serde_json::{Value, json};

use super::server::{Gate, answering, connect, server, until};
use crate::schema::official::Schemas;

struct Check {
    client: TestClient,
    schemas: Schemas,
}

impl Check {
    #[track_caller]
    fn fits(&mut self, definition: &str, value: &Value) {
        let faults = self.schemas.faults(definition, value);
        assert!(faults.is_empty(), "{}\n    in {value}", faults.join("\n"));
    }

    async fn result(&mut self, method: &str, params: Value, definition: &str) -> Value {
        let result: Value = self.client.request(method, params).await.expect("a result");
        self.fits(definition, &result);
        result
    }

    /// What comes unasked until there is one with this status.
    async fn notifications(&mut self, status: &str) {
        loop {
            let told = self.client.next_notification().await.expect("told");
            let message =
                json!({ "jsonrpc": "2.0", "method": told.method(), "params": told.params() });
            match told.method() {
                "notifications/progress" => self.fits("ProgressNotification", &message),
                // Closed, the two parts of these parameters exclude each other.
                "notifications/tasks/status" => self.fits("Task", told.params()),
                _ => self.fits("TaskStatusNotification", &message),
            }
            if told.params()["status"] == status {
                return;
            }
        }
    }
}

#[tokio::test]
async fn tasks_of_2025_11_25_fit_the_schema_of_the_revision() {
    let Some(schemas) = Schemas::load(Revision::V2025_11_25) else { return };
    let yes = Answer::accept(json!({ "confirm": true }));
    let gate = Gate::default();
    let client = answering(server(&gate), Transport::Memory, [yes]).await;
    let mut check = Check { client, schemas };
    check.result("tools/list", json!({}), "ListToolsResult").await;

    let call = |tool: &str, arguments: Value| json!({ "name": tool, "arguments": arguments, "task": { "ttl": 60_000 } });
    for (tool, arguments, ended) in [
        ("delete", json!({ "file": "a.txt" }), "completed"),
        ("measure", json!({}), "completed"),
        ("fail", json!({}), "failed"),
    ] {
        let created = check.result("tools/call", call(tool, arguments), "CreateTaskResult").await;
        let id = json!({ "taskId": created["task"]["taskId"] });
        check.result("tasks/get", id.clone(), "GetTaskResult").await;
        let result = check.result("tasks/result", id.clone(), "GetTaskPayloadResult").await;
        check.fits("CallToolResult", &result);
        check.result("tasks/get", id, "GetTaskResult").await;
        check.notifications(ended).await;
    }

    let params = call("stages", json!({ "count": 1 }));
    let created: Value =
        check.client.request("tools/call", params).progress().await.expect("a task");
    check.fits("CreateTaskResult", &created);
    let id = json!({ "taskId": created["task"]["taskId"] });
    gate.open.notify_one();
    check.notifications("completed").await;
    check.result("tasks/get", id, "GetTaskResult").await;

    let created = check.result("tools/call", call("wait", json!({})), "CreateTaskResult").await;
    let id = json!({ "taskId": created["task"]["taskId"] });
    check.result("tasks/cancel", id, "CancelTaskResult").await;
    check.notifications("cancelled").await;
    check.result("tasks/list", json!({}), "ListTasksResult").await;
}

#[tokio::test]
async fn tasks_of_2026_07_28_fit_the_schema_of_the_extension() {
    let Some(schemas) = Schemas::load_tasks() else { return };
    let gate = Gate::default();
    let client = connect(server(&gate), Revision::V2026_07_28, Transport::Memory).await;
    let mut check = Check { client, schemas };
    for (tool, arguments, ended) in [
        ("train", json!({ "epochs": 2 }), "completed"),
        ("fail", json!({}), "completed"),
        ("refuse", json!({}), "failed"),
        ("delete", json!({ "file": "a.txt" }), "input_required"),
    ] {
        let call = json!({ "name": tool, "arguments": arguments });
        let created = check.result("tools/call", call, "CreateTaskResult").await;
        let id = created["taskId"].as_str().expect("an id");
        until(&check.client, id, ended).await;
        let id = json!({ "taskId": id });
        check.result("tasks/get", id.clone(), "GetTaskResult").await;
        let mut update = id.clone();
        update["inputResponses"] = json!({ "stranger": {} });
        check.result("tasks/update", update, "UpdateTaskResult").await;
        check.result("tasks/cancel", id.clone(), "CancelTaskResult").await;
        check.result("tasks/get", id, "GetTaskResult").await;
    }
    let call = json!({ "name": "wait", "arguments": {} });
    let created = check.result("tools/call", call, "CreateTaskResult").await;
    let wanted = json!({ "notifications": { "taskIds": [created["taskId"]] } });
    let listening =
        check.client.request::<Value>("subscriptions/listen", wanted).start().await.expect("sent");
    gate.open.notify_one();
    check.notifications("completed").await;
    listening.cancel().await.expect("ended");
}
