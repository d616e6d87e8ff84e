use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{LogMessage, Notification, ProgressReport};

/// The result of a request, and what the server has said before it.
#[derive(Clone, Debug)]
pub struct Reply {
    pub(super) result: Value,
    pub(super) notifications: Vec<Notification>,
}

impl Reply {
    /// The result, as it came.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.result
    }

    /// The metadata of the result.
    #[must_use]
    pub fn meta(&self) -> Option<&Map<String, Value>> {
        self.result.get("_meta").and_then(Value::as_object)
    }

    /// What the server has said of this request before it answered, in order.
    ///
    /// In memory nothing says to which request a log message belongs: each that has no answer yet
    /// gets it.
    #[must_use]
    pub fn notifications(&self) -> &[Notification] {
        &self.notifications
    }

    /// The progress that was reported, in order.
    #[must_use]
    pub fn progress(&self) -> Vec<ProgressReport> {
        self.notifications.iter().filter_map(Notification::progress).collect()
    }

    /// The log messages that were sent, in order.
    #[must_use]
    pub fn logs(&self) -> Vec<LogMessage> {
        self.notifications.iter().filter_map(Notification::log).collect()
    }

    fn member(&self, name: &str) -> &Value {
        self.result.get(name).unwrap_or(&Value::Null)
    }

    fn items(&self, name: &str) -> &[Value] {
        self.member(name).as_array().map_or(&[], Vec::as_slice)
    }
}

impl From<Reply> for Value {
    fn from(reply: Reply) -> Self {
        reply.result
    }
}

macro_rules! is_a_reply {
    ($($name:ident),+) => {$(
        impl From<Reply> for $name {
            fn from(reply: Reply) -> Self {
                Self(reply)
            }
        }

        impl std::ops::Deref for $name {
            type Target = Reply;

            fn deref(&self) -> &Reply {
                &self.0
            }
        }
    )+};
}

is_a_reply!(CallResult, ReadResult, PromptMessages, Completion);

/// What a tool has answered. It is a [`Reply`] as well: progress and log messages are there.
#[derive(Clone, Debug)]
pub struct CallResult(Reply);

impl CallResult {
    /// The text contents, one a line.
    #[must_use]
    pub fn text(&self) -> String {
        let texts = self.content().iter().filter_map(|item| item.get("text")?.as_str());
        texts.collect::<Vec<_>>().join("\n")
    }

    /// The contents, as they came.
    #[must_use]
    pub fn content(&self) -> &[Value] {
        self.items("content")
    }

    /// Whether the call failed. What went wrong is the [`text`](Self::text).
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.member("isError") == true
    }

    /// The structured output as it came: before 2026-07-28 an object, before 2025-06-18 none.
    #[must_use]
    pub fn structured_content(&self) -> Option<&Value> {
        self.json().get("structuredContent")
    }

    /// The structured output, in any revision: where an older one wraps a value that is no object,
    /// what is in it; where it has no structured output, the JSON that stands in the text.
    ///
    /// # Panics
    ///
    /// When the call failed, or its output is no `T`.
    #[must_use]
    #[track_caller]
    pub fn structured<T: DeserializeOwned>(&self) -> T {
        assert!(!self.is_error(), "the call failed: {}", self.text());
        let read = |value: &Value| serde_json::from_value(value.clone());
        let outcome = match self.structured_content() {
            Some(value) => read(value).or_else(|error| match value.get("result") {
                Some(inner) if value.as_object().is_some_and(|it| it.len() == 1) => read(inner),
                _ => Err(error),
            }),
            None => {
                let text = self.text();
                serde_json::from_str(&text).or_else(|_| serde_json::from_value(text.into()))
            }
        };
        match outcome {
            Ok(value) => value,
            Err(error) => panic!("the structured output is another: {error}: {}", self.json()),
        }
    }
}

/// What was read of a resource.
#[derive(Clone, Debug)]
pub struct ReadResult(Reply);

impl ReadResult {
    /// The contents, as they came.
    #[must_use]
    pub fn contents(&self) -> &[Value] {
        self.items("contents")
    }

    /// The texts, one a line.
    #[must_use]
    pub fn text(&self) -> String {
        let texts = self.contents().iter().filter_map(|item| item.get("text")?.as_str());
        texts.collect::<Vec<_>>().join("\n")
    }

    /// The bytes of the first contents.
    ///
    /// # Panics
    ///
    /// When they are text.
    #[must_use]
    #[track_caller]
    pub fn bytes(&self) -> Vec<u8> {
        let blob = self.contents().first().and_then(|item| item.get("blob")?.as_str());
        match blob.map(|blob| BASE64.decode(blob)) {
            Some(Ok(bytes)) => bytes,
            _ => panic!("these are no bytes in base64: {}", self.json()),
        }
    }
}

/// What a prompt has given.
#[derive(Clone, Debug)]
pub struct PromptMessages(Reply);

impl PromptMessages {
    /// The messages, as they came.
    #[must_use]
    pub fn messages(&self) -> &[Value] {
        self.items("messages")
    }

    /// What they are for.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.member("description").as_str()
    }

    /// The texts of the messages, one a line.
    #[must_use]
    pub fn text(&self) -> String {
        let texts = self
            .messages()
            .iter()
            .filter_map(|message| message.get("content")?.get("text")?.as_str());
        texts.collect::<Vec<_>>().join("\n")
    }
}

/// The values that were offered for an argument.
#[derive(Clone, Debug)]
pub struct Completion(Reply);

impl Completion {
    /// The values.
    #[must_use]
    pub fn values(&self) -> Vec<&str> {
        let values = self.member("completion").get("values").and_then(Value::as_array);
        values.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// How many there are in all.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.member("completion").get("total").and_then(Value::as_u64)
    }

    /// Whether there are more than were sent.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.member("completion").get("hasMore") == Some(&Value::Bool(true))
    }
}
