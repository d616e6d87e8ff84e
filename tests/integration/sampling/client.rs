//! A client with a scripted model, in memory, whose rounds alternate between two servers.

use std::sync::{Mutex, PoisonError};

use mcp_runtime::{
    KeyRing, Limits, Server, ServerHandle,
    protocol::Revision,
    testing::{Answer, CallResult, ClientError, Question, TestClient},
};
use serde_json::{Value, json};

/// Revisions that differ in what they ask a client.
pub const REVISIONS: [Revision; 4] =
    [Revision::V2024_11_05, Revision::V2025_06_18, Revision::V2025_11_25, Revision::V2026_07_28];

/// Those in which a model can have tools.
pub const WITH_TOOLS: [Revision; 2] = [Revision::V2025_11_25, Revision::V2026_07_28];

/// A call that is over.
#[derive(Debug)]
pub struct Outcome {
    pub answer: Result<CallResult, ClientError>,
    pub asked: Vec<Question>,
}

impl Outcome {
    #[track_caller]
    pub fn result(&self) -> &CallResult {
        self.answer.as_ref().unwrap_or_else(|error| panic!("{error}"))
    }

    #[track_caller]
    pub fn text(&self) -> String {
        self.result().text()
    }

    #[track_caller]
    pub fn error(&self) -> &ClientError {
        self.answer.as_ref().expect_err("an error of the protocol")
    }

    /// The keys of the questions, in 2026-07-28.
    pub fn keys(&self) -> Vec<&str> {
        self.asked.iter().filter_map(|asked| asked.key.as_deref()).collect()
    }
}

/// Two servers that are as one.
pub struct Fleet([ServerHandle; 2]);

impl Fleet {
    pub fn of(server: impl Fn() -> Server) -> Self {
        let build = || server().keys(KeyRing::new([7; 32])).build().expect("a sound server");
        Self([build(), build()])
    }

    pub fn limited(server: impl Fn() -> Server, change: impl Fn(&mut Limits)) -> Self {
        let mut limits = Limits::default();
        change(&mut limits);
        Self::of(|| server().limits(limits.clone()))
    }

    /// Calls a tool as a client with these capabilities.
    pub async fn call(
        &self,
        revision: Revision,
        capabilities: Value,
        tool: &str,
        arguments: Value,
        answer: impl FnMut(&Question) -> Answer + Send + 'static,
    ) -> Outcome {
        let answer = Mutex::new(answer);
        let client = TestClient::builder(&self.0[0])
            .retry_on(&self.0[1])
            .revision(revision)
            .capabilities(capabilities)
            .answering(move |asked| (answer.lock().unwrap_or_else(PoisonError::into_inner))(asked))
            .connect()
            .await
            .expect("a client");
        let answer = client.call(tool, arguments).await;
        Outcome { answer, asked: client.asked() }
    }
}

/// A model that is never asked.
pub fn never(asked: &Question) -> Answer {
    panic!("asked {asked:?}")
}

/// A model that gives these answers, one after the other.
pub fn plays<const N: usize>(turns: [Answer; N]) -> impl FnMut(&Question) -> Answer + Send {
    let mut turns = turns.into_iter();
    move |asked| turns.next().unwrap_or_else(|| panic!("asked once more: {asked:?}"))
}

/// What the model calls: ids, names and arguments.
pub fn calls<const N: usize>(calls: [(&str, &str, Value); N]) -> Answer {
    let block = |(id, name, input): &(&str, &str, Value)| json!({ "type": "tool_use", "id": id, "name": name, "input": input });
    Answer::result(json!({
        "role": "assistant",
        "content": calls.iter().map(block).collect::<Vec<_>>(),
        "model": "test model",
        "stopReason": "toolUse",
    }))
}

/// The text of a message of a question.
pub fn text(asked: &Question, message: usize) -> &str {
    asked.params["messages"][message]["content"]["text"].as_str().unwrap_or_default()
}
