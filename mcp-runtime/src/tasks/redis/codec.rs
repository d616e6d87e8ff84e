//! A record as the fields of a hash.

use std::{collections::HashMap, sync::Arc};

use ::redis::{Value, from_redis_value};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{overview::TaskOverview, scripts};
use crate::{
    backend::redis::unavailable,
    tasks::{
        Answer, Cipher, Failure, Lease, Outcome, Question, StoreError, TaskId, TaskInfo,
        TaskRecord, TaskRequest, Timestamp,
    },
};

/// Writes and reads fields, sealed where there is a cipher.
pub(super) struct Codec {
    prefix: String,
    cipher: Option<Arc<dyn Cipher>>,
}

/// The part of a question that is kept under its place; its key is beside it.
#[derive(Serialize, Deserialize)]
struct Asked {
    method: String,
    params: Arc<RawValue>,
}

/// A request without what is secret, and that, sealed. What there is not is empty.
pub(super) struct RequestFields {
    pub(super) head: Vec<u8>,
    pub(super) arguments: Vec<u8>,
    pub(super) principal: Vec<u8>,
}

type Fields = HashMap<String, Vec<u8>>;

impl Codec {
    pub(super) fn new(prefix: String, cipher: Option<Arc<dyn Cipher>>) -> Self {
        Self { prefix, cipher }
    }

    /// Where a field is kept: sealed bytes cannot be moved to another.
    fn context(&self, id: TaskId, field: &str) -> String {
        format!("{}task:{id}:{field}", self.prefix)
    }

    pub(super) fn seal(
        &self,
        id: TaskId,
        field: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        match &self.cipher {
            Some(cipher) => {
                cipher.seal(plain, self.context(id, field).as_bytes()).map_err(unavailable)
            }
            None => Ok(plain.to_vec()),
        }
    }

    fn open(&self, id: TaskId, field: &str, sealed: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        match &self.cipher {
            Some(cipher) => cipher
                .open(&sealed, self.context(id, field).as_bytes())
                .map_err(|_| unreadable(field)),
            None => Ok(sealed),
        }
    }

    fn open_text(&self, id: TaskId, field: &str, sealed: Vec<u8>) -> Result<String, StoreError> {
        String::from_utf8(self.open(id, field, sealed)?).map_err(|_| unreadable(field))
    }

    fn open_json<T: DeserializeOwned>(
        &self,
        id: TaskId,
        field: &str,
        sealed: Vec<u8>,
    ) -> Result<T, StoreError> {
        json(field, &self.open(id, field, sealed)?)
    }

    pub(super) fn write_request(&self, request: &TaskRequest) -> Result<RequestFields, StoreError> {
        let mut head = TaskRequest {
            arguments: RawValue::NULL.to_owned().into(),
            principal: None,
            ..request.clone()
        };
        if !head.journal.is_empty() {
            head.journal = self.seal(request.id, "first_journal", &request.journal)?.into();
        }
        let principal = match &request.principal {
            Some(principal) => {
                let plain = serde_json::to_vec(principal).map_err(unavailable)?;
                self.seal(request.id, "principal", &plain)?
            }
            None => Vec::new(),
        };
        Ok(RequestFields {
            head: serde_json::to_vec(&head).map_err(unavailable)?,
            arguments: self.seal(request.id, "arguments", request.arguments.get().as_bytes())?,
            principal,
        })
    }

    pub(super) fn write_question(
        &self,
        id: TaskId,
        question: &Question,
    ) -> Result<Vec<u8>, StoreError> {
        let asked = Asked { method: question.method.clone(), params: Arc::clone(&question.params) };
        let plain = serde_json::to_vec(&asked).map_err(unavailable)?;
        self.seal(id, &format!("question:{}", question.key), &plain)
    }

    /// A question as the script gives it: its key and itself.
    pub(super) fn read_question(&self, id: TaskId, value: Value) -> Result<Question, StoreError> {
        let (key, sealed): (String, Vec<u8>) =
            from_redis_value(value).map_err(|_| unreadable("a question"))?;
        let Asked { method, params } = self.open_json(id, &format!("question:{key}"), sealed)?;
        Ok(Question { key, method, params, answer: None })
    }

    pub(super) fn write_answer(&self, id: TaskId, answer: &Answer) -> Result<Vec<u8>, StoreError> {
        self.seal(id, &format!("answer:{}", answer.key), answer.value.get().as_bytes())
    }

    /// The kind of the outcome, and the outcome.
    pub(super) fn write_outcome(
        &self,
        id: TaskId,
        outcome: &Outcome,
    ) -> Result<(&'static str, Vec<u8>), StoreError> {
        let (kind, plain) = match outcome {
            Outcome::Result { result, is_error } => {
                (if *is_error { "tool_error" } else { "result" }, result.get().as_bytes().to_vec())
            }
            Outcome::Error(error) => ("error", serde_json::to_vec(error).map_err(unavailable)?),
        };
        Ok((kind, self.seal(id, "outcome", &plain)?))
    }

    fn read_outcome(
        &self,
        id: TaskId,
        kind: &str,
        fields: &mut Fields,
    ) -> Result<Outcome, StoreError> {
        if let Some(failure) = failure(kind) {
            return Ok(Outcome::Error(failure.error()));
        }
        let sealed = take(fields, "outcome")?;
        match kind {
            "error" => Ok(Outcome::Error(self.open_json(id, "outcome", sealed)?)),
            "result" | "tool_error" => Ok(Outcome::Result {
                result: self.open_json(id, "outcome", sealed)?,
                is_error: kind == "tool_error",
            }),
            _ => Err(unreadable("its outcome")),
        }
    }

    /// All fields of a task.
    pub(super) fn read_record(&self, id: TaskId, fields: Value) -> Result<TaskRecord, StoreError> {
        let mut fields: Fields = from_redis_value(fields).map_err(|_| unreadable("its fields"))?;
        let mut request: TaskRequest = json("request", &take(&mut fields, "request")?)?;
        request.arguments = self.open_json(id, "arguments", take(&mut fields, "arguments")?)?;
        if let Some(sealed) = fields.remove("principal") {
            request.principal = Some(self.open_json(id, "principal", sealed)?);
        }
        if !request.journal.is_empty() {
            request.journal = self.open(id, "first_journal", request.journal.into())?.into();
        }
        let mut record = TaskRecord::new(request, millis(&mut fields, "created")?);
        record.updated = millis(&mut fields, "updated")?;
        record.status = scripts::status(&text(&mut fields, "status")?)?;
        record.attempts = parse(&mut fields, "attempts")?;
        record.token = parse(&mut fields, "token")?;
        if let Some(sealed) = fields.remove("message") {
            record.message = Some(self.open_text(id, "message", sealed)?);
        }
        if let Some(progress) = fields.remove("progress") {
            record.progress = Some(json("progress", &progress)?);
        }
        if let Some(sealed) = fields.remove("journal") {
            record.journal = self.open(id, "journal", sealed)?.into();
        }
        if fields.contains_key("worker") {
            let until = millis(&mut fields, "until")?;
            record.lease = Some(Lease { worker: text(&mut fields, "worker")?, until });
        }
        if fields.contains_key("outcome_kind") {
            let kind = text(&mut fields, "outcome_kind")?;
            record.outcome = Some(self.read_outcome(id, &kind, &mut fields)?);
            if let Some(failure) = failure(&kind) {
                record.message = Some(failure.error().message().to_owned());
            }
        }
        record.questions = self.read_questions(id, fields)?;
        Ok(record)
    }

    fn read_questions(&self, id: TaskId, mut fields: Fields) -> Result<Vec<Question>, StoreError> {
        let mut keys = Vec::new();
        for (field, place) in &fields {
            if let Some(key) = field.strip_prefix("key:") {
                let place: usize = number("a question", place)?;
                keys.push((place, key.to_owned()));
            }
        }
        keys.sort_unstable();
        let mut questions = Vec::with_capacity(keys.len());
        for (place, key) in keys {
            let sealed = take(&mut fields, &format!("question:{place}"))?;
            let Asked { method, params } =
                self.open_json(id, &format!("question:{key}"), sealed)?;
            let answer = match fields.remove(&format!("answer:{place}")) {
                Some(sealed) => Some(self.open_json(id, &format!("answer:{key}"), sealed)?),
                None => None,
            };
            questions.push(Question { key, method, params, answer });
        }
        Ok(questions)
    }

    /// The fields `request`, `status`, `outcome_kind`, `message`, `created` and `updated`.
    pub(super) fn read_info(&self, id: TaskId, fields: Value) -> Result<TaskInfo, StoreError> {
        let fields: [Option<Vec<u8>>; 6] =
            from_redis_value(fields).map_err(|_| unreadable("its fields"))?;
        let [Some(request), Some(status), kind, message, Some(created), Some(updated)] = fields
        else {
            return Err(unreadable("its fields"));
        };
        let created = Timestamp::from_millis(number("created", &created)?);
        let mut record = TaskRecord::new(json("request", &request)?, created);
        record.updated = Timestamp::from_millis(number("updated", &updated)?);
        record.status = scripts::status(&utf8("status", status)?)?;
        if let Some(sealed) = message {
            record.message = Some(self.open_text(id, "message", sealed)?);
        }
        let mut info = record.info();
        if let Some(kind) = kind {
            let kind = utf8("outcome_kind", kind)?;
            info.tool_error = kind == "tool_error";
            if let Some(failure) = failure(&kind) {
                info.message = Some(failure.error().message().to_owned());
            }
        }
        Ok(info)
    }
}

/// The fields that `overview.lua` gives.
pub(super) fn read_overview(id: TaskId, fields: Value) -> Result<TaskOverview, StoreError> {
    let fields: [Option<Vec<u8>>; 10] =
        from_redis_value(fields).map_err(|_| unreadable("its fields"))?;
    let [
        Some(request),
        Some(status),
        outcome,
        Some(created),
        Some(updated),
        Some(attempts),
        Some(open),
        bytes,
        worker,
        until,
    ] = fields
    else {
        return Err(unreadable("its fields"));
    };
    let request: TaskRequest = json("request", &request)?;
    let created = Timestamp::from_millis(number("created", &created)?);
    let lease = match (worker, until) {
        (Some(worker), Some(until)) => Some(Lease {
            worker: utf8("worker", worker)?,
            until: Timestamp::from_millis(number("until", &until)?),
        }),
        _ => None,
    };
    Ok(TaskOverview {
        id,
        status: scripts::status(&utf8("status", status)?)?,
        outcome: outcome.map(|kind| utf8("outcome_kind", kind)).transpose()?,
        created,
        updated: Timestamp::from_millis(number("updated", &updated)?),
        expires: created + request.ttl,
        attempts: number("attempts", &attempts)?,
        max_attempts: request.max_attempts,
        open_questions: number("open", &open)?,
        bytes: bytes.map_or(Ok(0), |bytes| number("bytes", &bytes))?,
        lease,
        owner: request.owner,
        tool: request.tool,
    })
}

/// The token of a record that cannot be read otherwise; zero, which nobody holds, if it cannot be
/// read either.
pub(super) fn token(fields: &Value) -> u64 {
    let fields: Option<Fields> = ::redis::from_redis_value_ref(fields).ok();
    fields.and_then(|mut fields| parse(&mut fields, "token").ok()).unwrap_or(0)
}

fn failure(kind: &str) -> Option<Failure> {
    use serde::de::IntoDeserializer;
    let failure: Result<_, serde::de::value::Error> =
        Failure::deserialize(kind.into_deserializer());
    failure.ok()
}

/// What was wrong is not said, because it can be a secret.
fn unreadable(field: &str) -> StoreError {
    StoreError::Unreadable(field.to_owned())
}

fn take(fields: &mut Fields, field: &str) -> Result<Vec<u8>, StoreError> {
    fields.remove(field).ok_or_else(|| unreadable(field))
}

fn utf8(field: &str, bytes: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(bytes).map_err(|_| unreadable(field))
}

fn text(fields: &mut Fields, field: &str) -> Result<String, StoreError> {
    utf8(field, take(fields, field)?)
}

fn number<T: std::str::FromStr>(field: &str, bytes: &[u8]) -> Result<T, StoreError> {
    let text = std::str::from_utf8(bytes).map_err(|_| unreadable(field))?;
    text.parse().map_err(|_| unreadable(field))
}

fn parse<T: std::str::FromStr>(fields: &mut Fields, field: &str) -> Result<T, StoreError> {
    number(field, &take(fields, field)?)
}

fn millis(fields: &mut Fields, field: &str) -> Result<Timestamp, StoreError> {
    parse(fields, field).map(Timestamp::from_millis)
}

fn json<T: DeserializeOwned>(field: &str, bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(|_| unreadable(field))
}
