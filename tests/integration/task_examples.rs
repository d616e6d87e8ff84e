//! The examples `training` and `pipeline`, as processes.

use std::{fs, path::Path, time::Duration};

use mcp_runtime::protocol::Revision;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::{
    fixture,
    process::{GUARD, OverHttp, Process, example},
    raw,
    tasks::redis::server::RedisServer,
};

/// A client of tasks on the standard input and output, whose user agrees.
struct Client {
    process: Process,
    revision: Revision,
    sent: i64,
    /// What the server has said without being asked.
    told: Vec<Value>,
    asked: Vec<Value>,
}

impl Client {
    async fn start(revision: Revision) -> Self {
        let process = Process::start(&mut example("training"));
        let (told, asked) = (Vec::new(), Vec::new());
        let mut client = Self { process, revision, sent: 0, told, asked };
        if !revision.is_stateless() {
            let hello = json!({
                "protocolVersion": revision.as_str(),
                "clientInfo": { "name": "test", "version": "1" },
                "capabilities": { "elicitation": { "form": {} } },
            });
            client.request("initialize", hello).await;
            let started = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
            client.process.send(&started).await;
        }
        client
    }

    async fn request(&mut self, method: &str, mut params: Value) -> Value {
        if self.revision.is_stateless() {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": self.revision.as_str(),
                "io.modelcontextprotocol/clientCapabilities": {
                    "elicitation": { "form": {} },
                    "extensions": { "io.modelcontextprotocol/tasks": {} },
                },
            });
        }
        self.sent += 1;
        let id = self.sent;
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.process.send(&request).await;
        loop {
            let mut message = self.process.receive().await;
            match (message.get("method").is_some(), message.get("id").cloned()) {
                (false, Some(answered)) if answered == id => {
                    let result = message["result"].take();
                    assert!(result.is_object(), "{method}: {message}");
                    return result;
                }
                (true, Some(question)) => {
                    let result = json!({ "action": "accept", "content": {} });
                    let answer = json!({ "jsonrpc": "2.0", "id": question, "result": result });
                    self.process.send(&answer).await;
                    self.asked.push(message);
                }
                _ => self.told.push(message),
            }
        }
    }

    /// Reads on until the server has told this.
    async fn hears(&mut self, method: &str) {
        while !self.told.iter().any(|message| message["method"] == method) {
            let message = self.process.receive().await;
            self.told.push(message);
        }
    }

    async fn begin(&mut self, epochs: u32) -> Value {
        let mut call =
            json!({ "name": "train_model", "arguments": { "data": "cats", "epochs": epochs } });
        if !self.revision.is_stateless() {
            call["task"] = json!({});
            call["_meta"] = json!({ "progressToken": "training" });
        }
        let mut created = self.request("tools/call", call).await;
        let task = if created.get("task").is_some() { created["task"].take() } else { created };
        assert_eq!(task["status"], "working");
        json!({ "taskId": task["taskId"] })
    }

    /// Looks at the task until it has this status.
    async fn until(&mut self, task: &Value, status: &str) -> Value {
        let looking = async {
            loop {
                let seen = self.request("tasks/get", task.clone()).await;
                if seen["status"] == status {
                    return seen;
                }
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(GUARD, looking).await.expect("in time")
    }

    async fn cancel(mut self) {
        let task = self.begin(10_000).await;
        self.request("tasks/cancel", task.clone()).await;
        self.until(&task, "cancelled").await;
        assert_eq!(self.process.hang_up().await.code, Some(0));
    }
}

const TRAINED: &str = "trained on cats for 4 epochs, loss 2.624";

#[tokio::test]
async fn a_client_of_2025_11_25_drives_the_training_over_stdio() {
    let mut client = Client::start(Revision::V2025_11_25).await;
    let task = client.begin(4).await;
    let result = client.request("tasks/result", task).await;
    assert_eq!(result["content"][0]["text"], TRAINED);
    assert_eq!(client.asked.len(), 1);
    client.hears("notifications/progress").await;
    client.hears("notifications/tasks/status").await;
    client.cancel().await;
}

#[tokio::test]
async fn a_client_of_2026_07_28_drives_the_training_over_stdio() {
    let mut client = Client::start(Revision::V2026_07_28).await;
    let task = client.begin(4).await;
    let seen = client.until(&task, "input_required").await;
    assert!(seen["statusMessage"].as_str().is_some_and(|it| it.starts_with("epoch ")), "{seen}");
    let mut update = task.clone();
    for (key, _) in seen["inputRequests"].as_object().expect("questions") {
        update["inputResponses"][key] = json!({ "action": "accept", "content": {} });
    }
    client.request("tasks/update", update).await;
    let done = client.until(&task, "completed").await;
    assert_eq!(done["result"]["content"][0]["text"], TRAINED);
    assert!(client.told.is_empty() && client.asked.is_empty(), "such tasks are looked at");
    client.cancel().await;
}

/// The parts that are in the warehouse, each with the process that has loaded it.
fn loaded(folder: &Path) -> Vec<(u32, u32)> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let read = |file: fs::DirEntry| {
        let text = fs::read_to_string(file.path()).ok()?;
        let (part, process) = text.split_once(' ')?;
        Some((part.parse().ok()?, process.parse().ok()?))
    };
    let mut loaded: Vec<_> = files.filter_map(read).collect();
    loaded.sort_unstable();
    loaded
}

async fn request(server: &OverHttp, method: &str, mut params: Value) -> Value {
    params["_meta"] = fixture::claim();
    params["_meta"]["io.modelcontextprotocol/clientCapabilities"] =
        json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
    let (headers, body) = fixture::modern(method, params);
    let headers: Vec<_> = [fixture::ACCEPT, fixture::JSON]
        .into_iter()
        .chain(headers.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .collect();
    raw::request(server.address, "POST", &headers, &body.to_string()).await.json()["result"].take()
}

#[tokio::test]
async fn a_pipeline_goes_on_in_another_process_where_one_was_killed() {
    let redis = RedisServer::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let warehouse = folder.path().join("warehouse");
    let start = async || {
        let mut command = example("pipeline");
        command.env("MCP_BACKEND", redis.url()).env("WAREHOUSE", &warehouse);
        command.env("MCP_KEYS", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        OverHttp::start(&mut command).await
    };
    let mut servers = vec![start().await, start().await];
    let call = json!({ "name": "import", "arguments": { "parts": 30 } });
    let created = request(&servers[0], "tools/call", call).await;
    let task = json!({ "taskId": created["taskId"] });

    let at_work = async {
        loop {
            if let [.., (_, process)] = loaded(&warehouse)[..]
                && loaded(&warehouse).len() > 3
            {
                return process;
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    let killed = timeout(GUARD, at_work).await.expect("it works");
    let pid = Pid::from_raw(killed.try_into().expect("it is small")).expect("a process");
    kill_process(pid, Signal::KILL).expect("it runs");
    servers.retain(|server| server.pid() != pid);
    let [server] = servers.as_slice() else { panic!("one is left") };

    let ending = async {
        loop {
            let seen = request(server, "tasks/get", task.clone()).await;
            if seen["status"] != "working" {
                return seen;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    let done = timeout(GUARD, ending).await.expect("it ends");
    assert_eq!(done["status"], "completed", "{done}");
    let imported = json!({ "parts": 30, "rows": 30_000 });
    assert_eq!(done["result"]["structuredContent"], imported);
    let loaded = loaded(&warehouse);
    assert_eq!(
        loaded.iter().map(|(part, _)| *part).collect::<Vec<_>>(),
        (1..=30).collect::<Vec<_>>()
    );
    assert!(loaded.iter().any(|(_, process)| *process != killed), "the other has gone on");
}
