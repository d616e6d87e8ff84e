//! The scripts, and what they give.

use ::redis::{Script, Value, from_redis_value};

use crate::{
    backend::redis::script,
    tasks::{Full, StoreError, TaskId, TaskStatus},
};

/// One script for each thing that is done. The server runs a script as a whole.
pub(super) struct Scripts {
    prefix: String,
    pub(super) create: Script,
    pub(super) get: Script,
    pub(super) list: Script,
    pub(super) cancel: Script,
    pub(super) cancel_any: Script,
    pub(super) answer: Script,
    pub(super) claim: Script,
    pub(super) renew: Script,
    pub(super) report: Script,
    pub(super) ask: Script,
    pub(super) save_journal: Script,
    pub(super) finish: Script,
    pub(super) release: Script,
    pub(super) give_up: Script,
    pub(super) sweep: Script,
    pub(super) overview: Script,
}

impl Scripts {
    pub(super) fn new(prefix: String) -> Self {
        Self {
            prefix,
            create: script!("", "create"),
            get: script!("no-writes", "get"),
            list: script!("no-writes", "list"),
            cancel: script!("allow-oom", "cancel"),
            cancel_any: script!("allow-oom", "cancel_any"),
            answer: script!("", "answer"),
            claim: script!("", "claim"),
            renew: script!("allow-oom", "renew"),
            report: script!("", "report"),
            ask: script!("", "ask"),
            save_journal: script!("", "save_journal"),
            finish: script!("", "finish"),
            release: script!("allow-oom", "release"),
            give_up: script!("allow-oom", "give_up"),
            sweep: script!("allow-oom", "sweep"),
            overview: script!("no-writes", "overview"),
        }
    }

    /// What every key begins with.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }
}

/// What a script gives: an array that begins with a word.
pub(super) struct Reply {
    pub(super) code: String,
    rest: std::vec::IntoIter<Value>,
}

/// What a script gives of one task among several.
pub(super) struct TaskReply {
    pub(super) id: TaskId,
    pub(super) reply: Reply,
}

impl Reply {
    /// # Errors
    ///
    /// When the words are those of a refusal.
    pub(super) fn read(value: Value) -> Result<Self, StoreError> {
        let Value::Array(items) = value else { return Err(unexpected()) };
        let mut rest = items.into_iter();
        let code: String = convert(rest.next().ok_or_else(unexpected)?)?;
        let mut reply = Self { code, rest };
        match reply.code.as_str() {
            "unknown" => Err(StoreError::Unknown),
            "fenced" => Err(StoreError::Fenced),
            "full" => Err(StoreError::Full(match reply.text()?.as_str() {
                "owner" => Full::Owner,
                "total" => Full::Total,
                _ => Full::Record,
            })),
            "terminal" => Err(StoreError::Terminal(status(&reply.text()?)?)),
            "unreadable" => Err(StoreError::Unreadable(reply.text()?)),
            _ => Ok(reply),
        }
    }

    /// One task of several: its id, and what is to be said of it.
    pub(super) fn of_task(value: Value) -> Result<TaskReply, StoreError> {
        let Value::Array(items) = value else { return Err(unexpected()) };
        let mut items = items.into_iter();
        let id: String = convert(items.next().ok_or_else(unexpected)?)?;
        let code: String = convert(items.next().ok_or_else(unexpected)?)?;
        let id = id.parse().map_err(|_| unexpected())?;
        Ok(TaskReply { id, reply: Self { code, rest: items } })
    }

    pub(super) fn next(&mut self) -> Result<Value, StoreError> {
        self.rest.next().ok_or_else(unexpected)
    }

    pub(super) fn text(&mut self) -> Result<String, StoreError> {
        convert(self.next()?)
    }

    pub(super) fn id(&mut self) -> Result<TaskId, StoreError> {
        self.text()?.parse().map_err(|_| unexpected())
    }

    pub(super) fn items(&mut self) -> Result<Vec<Value>, StoreError> {
        match self.next()? {
            Value::Array(items) => Ok(items),
            _ => Err(unexpected()),
        }
    }
}

pub(super) fn status(name: &str) -> Result<TaskStatus, StoreError> {
    use serde::{Deserialize, de::IntoDeserializer};
    TaskStatus::deserialize(name.into_deserializer())
        .map_err(|_: serde::de::value::Error| StoreError::Unreadable("its status".into()))
}

pub(super) fn number(value: &Value) -> Result<usize, StoreError> {
    match value {
        Value::Int(number) => usize::try_from(*number).map_err(|_| unexpected()),
        _ => Err(unexpected()),
    }
}

pub(super) fn strings(value: Value) -> Result<Vec<String>, StoreError> {
    convert(value)
}

fn convert<T: ::redis::FromRedisValue>(value: Value) -> Result<T, StoreError> {
    from_redis_value(value).map_err(|_| unexpected())
}

/// Something else than our scripts has answered.
fn unexpected() -> StoreError {
    StoreError::Unreadable("an answer of another form".into())
}
