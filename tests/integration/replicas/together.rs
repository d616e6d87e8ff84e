//! What one replica has begun, another goes on with.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    time::timeout,
};

use super::{
    client::{ALICE, BOB, User, accept, keys, text},
    fleet::{Fleet, until},
};
use crate::{
    fixture,
    process::{GUARD, OverHttp},
    raw::Response,
    tasks::redis::server::RedisServer,
};

struct Pair {
    _redis: RedisServer,
    fleet: Fleet,
    here: OverHttp,
    there: OverHttp,
}

async fn pair() -> Pair {
    let redis = RedisServer::start().await;
    let fleet = Fleet::on(&redis);
    let (here, there) = tokio::join!(fleet.start(), fleet.start());
    Pair { _redis: redis, fleet, here, there }
}

#[tokio::test]
async fn a_task_is_polled_answered_and_cancelled_at_any_replica() {
    let pair = pair().await;
    let (here, there) = (pair.here.address, pair.there.address);
    let id = ALICE.begin(here, "ask", json!({ "name": "a" })).await;
    until(async || (keys(&ALICE.get(there, &id).await) == ["one", "two"]).then_some(())).await;
    ALICE.update(there, &id, &[("one", "red")]).await;
    let task = ALICE.get(here, &id).await;
    assert_eq!((&task["status"], keys(&task)), (&json!("input_required"), vec!["two"]));
    ALICE.update(here, &id, &[("two", "blue")]).await;
    let done = ALICE.until(there, &id, "completed").await;
    assert_eq!(text(&done), "a in run 0: red blue");
    assert_eq!(ALICE.get(here, &id).await, done);

    let id = ALICE.begin(there, "wait", json!({ "name": "b" })).await;
    ALICE.request_of(here, "tasks/cancel", json!({ "taskId": id })).await.expect("an ack");
    assert_eq!(ALICE.get(there, &id).await["status"], "cancelled");
    assert_eq!(ALICE.get(here, &id).await["status"], "cancelled");
}

#[tokio::test]
async fn at_every_replica_a_foreign_task_is_as_unknown_as_none() {
    let pair = pair().await;
    let id = ALICE.begin(pair.here.address, "wait", json!({ "name": "a" })).await;
    for at in [pair.here.address, pair.there.address] {
        for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
            let params = |id: &str| json!({ "taskId": id, "inputResponses": {} });
            let foreign = BOB.request_of(at, method, params(&id)).await;
            assert_eq!(foreign, BOB.request_of(at, method, params(&"0".repeat(32))).await);
            assert_eq!(foreign.expect_err("it is not his")["code"], -32602, "{method}");
        }
    }
    assert_eq!(ALICE.get(pair.there.address, &id).await["status"], "working");
}

#[tokio::test]
async fn what_the_client_keeps_of_a_call_is_opened_at_any_replica() {
    let pair = pair().await;
    let mut params = json!({ "name": "prepare", "arguments": { "name": "a" } });
    let asked = ALICE.request_of(pair.here.address, "tools/call", params.clone()).await;
    let asked = asked.expect("a question");
    assert_eq!(asked["resultType"], "input_required");
    params["requestState"] = asked["requestState"].clone();
    params["inputResponses"] = json!({ "word": accept("red") });
    let stolen = BOB.request_of(pair.there.address, "tools/call", params.clone()).await;
    assert_eq!(stolen.expect_err("it is not his")["code"], -32602);
    let created = ALICE.request_of(pair.there.address, "tools/call", params).await;
    let created = created.expect("a task");
    assert_eq!(created["resultType"], "task");
    let id = created["taskId"].as_str().expect("an id");
    let done = ALICE.until(pair.here.address, id, "completed").await;
    assert_eq!(text(&done), "a: red");
    assert_eq!(pair.fleet.count("a", "first"), 1);
}

/// A session of 2025-11-25.
struct Session {
    user: User,
    at: SocketAddr,
    id: String,
}

impl Session {
    async fn open(user: User, at: SocketAddr) -> Self {
        let mut initialize = fixture::initialize("2025-11-25");
        initialize["params"]["capabilities"] = json!({ "elicitation": {} });
        let opened = user.post(at, &[], &initialize).await.expect("it answers");
        let id = opened.header("mcp-session-id").expect("a session").to_owned();
        let session = Self { user, at, id };
        session.tell(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        session
    }

    async fn tell(&self, message: &Value) -> Response {
        let told = self.user.post(self.at, &self.headers(), message).await;
        told.expect("it answers")
    }

    async fn request(&self, method: &str, params: Value) -> Value {
        self.tell(&message(method, params)).await.json()
    }

    fn headers(&self) -> [(String, String); 1] {
        [("mcp-session-id".to_owned(), self.id.clone())]
    }

    async fn begin(&self, tool: &str, name: &str) -> String {
        let params = json!({ "name": tool, "arguments": { "name": name }, "task": {} });
        let created = self.request("tools/call", params).await;
        let id = created["result"]["task"]["taskId"].as_str();
        id.unwrap_or_else(|| panic!("no task: {created}")).to_owned()
    }

    /// Waits for the result of a task, and answers each question with itself.
    async fn result(&self, id: &str) -> Value {
        let mut stream = TcpStream::connect(self.at).await.expect("it is there");
        let request = message("tasks/result", json!({ "taskId": id }));
        let request = self.user.request(self.at, &self.headers(), &request);
        stream.write_all(request.as_bytes()).await.expect("it reads");
        let mut lines = BufReader::new(stream).lines();
        loop {
            let line = timeout(GUARD, lines.next_line()).await.expect("it goes on");
            let line = line.expect("it writes").expect("it does not end before the result");
            let Some(data) = line.strip_prefix("data:") else { continue };
            let Ok(mut message) = serde_json::from_str::<Value>(data) else { continue };
            if message["method"] != "elicitation/create" {
                return message["result"].take();
            }
            let params = &message["params"];
            let related = &params["_meta"]["io.modelcontextprotocol/related-task"];
            assert_eq!(related["taskId"], id);
            let word = params["message"].as_str().expect("a question");
            let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "result": accept(word) });
            assert_eq!(self.tell(&answer).await.status, 202);
        }
    }
}

fn message(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

#[tokio::test]
async fn sessions_at_two_replicas_have_the_same_tasks() {
    let pair = pair().await;
    let here = Session::open(ALICE, pair.here.address).await;
    let there = Session::open(ALICE, pair.there.address).await;
    let id = here.begin("ask", "a").await;
    let result = there.result(&id).await;
    assert_eq!(result["content"][0]["text"], "a in run 0: One? Two?");
    let task = here.request("tasks/get", json!({ "taskId": id })).await;
    assert_eq!(task["result"]["status"], "completed");

    let id = there.begin("wait", "b").await;
    let task = here.request("tasks/cancel", json!({ "taskId": id })).await;
    assert_eq!(task["result"]["status"], "cancelled");
    let again = there.request("tasks/cancel", json!({ "taskId": id })).await;
    assert_eq!(again["error"]["code"], -32602);
    // By the other protocol as well.
    assert_eq!(ALICE.get(pair.here.address, &id).await["status"], "cancelled");
}

#[tokio::test]
async fn a_list_that_one_replica_has_begun_is_gone_on_with_at_another() {
    let pair = pair().await;
    let here = Session::open(ALICE, pair.here.address).await;
    let there = Session::open(ALICE, pair.there.address).await;
    let stranger = Session::open(BOB, pair.there.address).await;
    let mut begun = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        begun.push(here.begin("wait", name).await);
    }
    begun.reverse();
    let mut listed = Vec::new();
    let mut params = json!({});
    for session in [&there, &here].into_iter().cycle() {
        let page = session.request("tasks/list", params).await["result"].take();
        let tasks = page["tasks"].as_array().expect("tasks");
        listed.extend(tasks.iter().map(|task| task["taskId"].as_str().expect("an id").to_owned()));
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        params = json!({ "cursor": cursor });
        let stolen = stranger.request("tasks/list", params.clone()).await;
        assert_eq!(stolen["error"]["code"], -32602);
    }
    assert_eq!(listed, begun, "the newest first");
    let page = stranger.request("tasks/list", json!({})).await;
    assert_eq!(page["result"]["tasks"], json!([]));
}
