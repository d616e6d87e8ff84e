//! Tasks of 2026-07-28: the extension `io.modelcontextprotocol/tasks`.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::{EXTENSION, owner, refused, task_id};
use crate::{
    effects::needs,
    protocol::{
        ClientCapabilities, ClientCapability, InputResponses, JsonWriter, RpcError, member,
    },
    server::{core::Core, dispatch::Request},
    tasks::{Answer, Outcome, StoreError, TaskRecord, TaskStatus},
};

impl Core {
    /// The answer to a call that has become a task.
    pub(in crate::server) fn write_created(
        &self,
        request: &Request<'_>,
        record: &TaskRecord,
    ) -> Vec<u8> {
        self.style.result_of_type("task", &request.id, |result| write_task(record, result))
    }

    /// `tasks/get`
    pub(in crate::server) async fn get_detailed_task(
        &self,
        request: &Request<'_>,
    ) -> Result<Vec<u8>, RpcError> {
        require(request)?;
        let id = task_id(request)?;
        let record = self.tasks.store.get(&owner(request), id).await.map_err(refused)?;
        Ok(self.result(request, |result| {
            write_detailed(&record, &request.client.capabilities, result);
        }))
    }

    /// `tasks/update`
    pub(in crate::server) async fn update_task(
        &self,
        request: &Request<'_>,
    ) -> Result<Vec<u8>, RpcError> {
        require(request)?;
        let id = task_id(request)?;
        let InputResponses(answers) =
            member(request.params.input_responses, "inputResponses", "an object")?;
        let answers = answers.into_iter().map(|(key, value)| Answer { key, value: value.into() });
        match self.tasks.store.answer(&owner(request), id, answers.collect()).await {
            // What comes too late is passed over, as an answer that was not asked for.
            Ok(_) | Err(StoreError::Terminal(_)) => Ok(self.result(request, |_| {})),
            Err(error) => Err(refused(error)),
        }
    }

    /// `tasks/cancel`
    pub(in crate::server) async fn cancel_task(
        &self,
        request: &Request<'_>,
    ) -> Result<Vec<u8>, RpcError> {
        require(request)?;
        let id = task_id(request)?;
        match self.tasks.store.cancel(&owner(request), id).await {
            Ok(_) | Err(StoreError::Terminal(_)) => Ok(self.result(request, |_| {})),
            Err(error) => Err(refused(error)),
        }
    }
}

/// -32021 when the request does not declare the extension.
pub(in crate::server) fn require(request: &Request<'_>) -> Result<(), RpcError> {
    request.require(&[ClientCapability::Extension(EXTENSION)]).map_err(RpcError::from)
}

fn write_task(record: &TaskRecord, out: &mut JsonWriter<'_>) {
    let millis =
        |duration: std::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    out.member("taskId", &record.id());
    out.member("status", record.status.as_str());
    out.optional("statusMessage", status_message(record).as_ref());
    out.member("createdAt", &record.created.to_string());
    out.member("lastUpdatedAt", &record.updated.to_string());
    out.member("ttlMs", &millis(record.request.ttl));
    out.member("pollIntervalMs", &millis(record.request.poll_interval).max(1));
}

/// The task's own word, else that of its error.
pub(super) fn status_message(record: &TaskRecord) -> Option<String> {
    match (&record.outcome, &record.message) {
        (Some(Outcome::Error(error)), _) => Some(error.message().to_owned()),
        (_, message) => message.clone(),
    }
}

/// The task with what has come of it, or what it asks. A client is not told of questions that it
/// cannot answer.
pub(in crate::server) fn write_detailed(
    record: &TaskRecord,
    client: &Arc<ClientCapabilities>,
    out: &mut JsonWriter<'_>,
) {
    write_task(record, out);
    match &record.outcome {
        Some(Outcome::Result { result, .. }) => write_result(result, out),
        Some(Outcome::Error(error)) => out.member("error", error),
        None if record.status == TaskStatus::InputRequired => {
            let mut requests = out.object_at("inputRequests");
            for question in record.open_questions() {
                if client.has(needs(&question.method, &question.params)) {
                    let request = Asked { method: &question.method, params: &question.params };
                    requests.entry(&question.key, &request);
                }
            }
            requests.end();
        }
        None => {}
    }
}

#[derive(serde::Serialize)]
struct Asked<'a> {
    method: &'a str,
    params: &'a RawValue,
}

/// The result of a call is a result of 2026-07-28 also where it is a member.
fn write_result(result: &RawValue, out: &mut JsonWriter<'_>) {
    let out = out.key("result");
    out.extend_from_slice(b"{\"resultType\":\"complete\"");
    let members = result.get().get(1..).unwrap_or("}");
    if members != "}" {
        out.push(b',');
    }
    out.extend_from_slice(members.as_bytes());
}
