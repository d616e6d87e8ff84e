//! A user whose requests go to any of the servers, which can be gone.

use std::{io, net::SocketAddr, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::fleet::until;
use crate::{
    fixture::{self, ACCEPT, JSON},
    raw::{self, Response},
};

/// How long a server may take for an answer: much longer than it does.
const PATIENCE: Duration = Duration::from_secs(10);

pub const ALICE: User = User("alice");
pub const BOB: User = User("bob");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User(&'static str);

/// What the servers have an answer for, or have refused.
pub type Answer = Result<Value, Value>;

impl User {
    /// A request of 2026-07-28.
    pub async fn ask(self, at: SocketAddr, method: &str, mut params: Value) -> io::Result<Answer> {
        params["_meta"] = fixture::claim();
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({
            "elicitation": { "form": {} },
            "extensions": { "io.modelcontextprotocol/tasks": {} },
        });
        let (headers, body) = fixture::modern(method, params);
        let response = self.post(at, &headers, &body).await?;
        answer(&response)
    }

    pub async fn post(
        self,
        at: SocketAddr,
        headers: &[(String, String)],
        body: &Value,
    ) -> io::Result<Response> {
        exchange(at, &self.request(at, headers, body)).await
    }

    /// The bytes of a request.
    pub fn request(self, at: SocketAddr, headers: &[(String, String)], body: &Value) -> String {
        let authorization = self.authorization();
        let mut all = vec![ACCEPT, JSON, ("authorization", authorization.as_str())];
        all.extend(headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        raw::head(at, "POST", &all, &body.to_string())
    }

    pub fn authorization(self) -> String {
        format!("Bearer the-secret-key-of-{}", self.0)
    }

    /// The same of a server that is there.
    pub async fn request_of(self, at: SocketAddr, method: &str, params: Value) -> Answer {
        self.ask(at, method, params).await.expect("the server answers")
    }

    /// Calls a tool as a task, and gives the task's id.
    pub async fn begin(self, at: SocketAddr, tool: &str, arguments: Value) -> String {
        let params = json!({ "name": tool, "arguments": arguments });
        let created = self.request_of(at, "tools/call", params).await.expect("a task");
        assert_eq!(created["resultType"], "task", "{created}");
        created["taskId"].as_str().expect("an id").to_owned()
    }

    pub async fn get(self, at: SocketAddr, id: &str) -> Value {
        self.request_of(at, "tasks/get", json!({ "taskId": id })).await.expect("the task")
    }

    /// Answers questions of a task with words.
    pub async fn update(self, at: SocketAddr, id: &str, words: &[(&str, &str)]) {
        let words = words.iter().map(|(key, word)| (*key, accept(word)));
        let params = json!({ "taskId": id, "inputResponses": words.collect::<Value>() });
        self.request_of(at, "tasks/update", params).await.expect("acknowledged");
    }

    /// Looks at a task until it has this status.
    pub async fn until(self, at: SocketAddr, id: &str, status: &str) -> Value {
        until(async || {
            let task = self.get(at, id).await;
            let is_over = !matches!(task["status"].as_str(), Some("working" | "input_required"));
            assert!(task["status"] == status || !is_over, "it should be {status}: {task}");
            (task["status"] == status).then_some(task)
        })
        .await
    }
}

pub fn accept(word: &str) -> Value {
    json!({ "action": "accept", "content": { "word": word } })
}

/// The text of what a task has come to.
pub fn text(task: &Value) -> &str {
    task["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text: {task}"))
}

pub fn keys(task: &Value) -> Vec<&str> {
    task["inputRequests"].as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect()
}

fn answer(response: &Response) -> io::Result<Answer> {
    let mut message: Value = serde_json::from_str(&response.body).map_err(|error| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{error}: {response:?}"))
    })?;
    match message.get_mut("result") {
        Some(result) => Ok(Ok(result.take())),
        None => Ok(Err(message["error"].take())),
    }
}

/// Sends a request and reads the whole response.
///
/// # Errors
///
/// When the server is gone, hangs, or goes in the middle of its answer.
async fn exchange(at: SocketAddr, request: &str) -> io::Result<Response> {
    let exchange = async {
        let mut stream = TcpStream::connect(at).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await?;
        let broken = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let end = bytes.windows(4).position(|it| it == b"\r\n\r\n").ok_or_else(broken)? + 4;
        let response = raw::parse(&bytes);
        let len = response.header("content-length").and_then(|len| len.parse::<usize>().ok());
        match len {
            Some(len) if bytes.len() - end < len => Err(broken()),
            None if !bytes.ends_with(b"0\r\n\r\n") => Err(broken()),
            _ => Ok(response),
        }
    };
    timeout(PATIENCE, exchange).await?
}
