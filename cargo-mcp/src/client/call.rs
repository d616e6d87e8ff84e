//! A call of a tool, with all that can come between the call and its result: rounds of questions,
//! and tasks.

use std::{cell::OnceCell, collections::BTreeSet, ops::RangeInclusive, pin::pin, time::Duration};

use rmcp::{
    model::{
        CallToolRequestParams, CallToolResponse, CancelTaskParams, ClientRequest, CustomRequest,
        ErrorCode, GetTaskParams, InputRequest, InputRequests, InputResponses, ProtocolVersion,
        Task, TaskPayload, UpdateTaskParams,
    },
    service::ServiceError,
};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{Client, as_json, progress::Progress, refused};
use crate::error::{Error, Result};

/// How often a server can ask in one call.
const MAX_ROUNDS: usize = 64;

/// How long the next look at a task is away, in milliseconds, whatever the server wishes.
const POLL_INTERVAL: RangeInclusive<u64> = 50..=10_000;

/// A call, from its beginning: what is needed to cancel it.
#[derive(Debug, Default)]
pub(crate) struct Running {
    task: OnceCell<String>,
}

impl Client {
    /// Calls a tool, and tells its result, as JSON.
    ///
    /// # Errors
    ///
    /// When the server refuses or is silent, when a task fails or is cancelled, and when nobody can
    /// answer a question.
    pub(crate) async fn call(
        &self,
        mut request: CallToolRequestParams,
        running: &Running,
    ) -> Result<Value> {
        // The rounds of the official SDK have a lower cap, and do not follow tasks.
        for _ in 0..MAX_ROUNDS {
            match self.attempt(self.service.call_tool_once(request.clone())).await? {
                Ok(CallToolResponse::Complete(result)) => return Ok(as_json(&result)),
                Ok(CallToolResponse::Task(created)) => {
                    return self.follow(created.task, running).await;
                }
                Ok(CallToolResponse::InputRequired(asked)) => {
                    let answers = self.answer(asked.input_requests.unwrap_or_default()).await?;
                    if answers.is_empty() {
                        sleep(Duration::from_millis(*POLL_INTERVAL.start())).await;
                    }
                    request.input_responses = Some(answers).filter(|it| !it.is_empty());
                    request.request_state = asked.request_state;
                }
                Ok(_) => return Err(Error::new("the server answers in a way not known here")),
                // A session's client says that a tool is to run as a task, and is refused in this
                // way where it has to.
                Err(ServiceError::McpError(error))
                    if error.code == ErrorCode::METHOD_NOT_FOUND && !self.is_stateless() =>
                {
                    return self.call_as_task(&request, running).await;
                }
                Err(error) => return Err(refused(error)),
            }
        }
        Err(Error::new(format!("the server has asked {MAX_ROUNDS} times, and asks on")))
    }

    /// Cancels what runs on at the server.
    ///
    /// # Errors
    ///
    /// When the server refuses, or is silent.
    pub(crate) async fn cancel(&self, running: &Running) -> Result {
        self.service.service().bar.clear();
        let Some(id) = running.task.get() else {
            // The call has been dropped, which tells the server; any answer comes after that.
            return self.attempt(self.request("ping", json!({}))).await.map(drop);
        };
        if self.is_stateless() {
            self.wait(self.service.cancel_task(CancelTaskParams::new(id))).await
        } else {
            self.wait(self.request("tasks/cancel", json!({ "taskId": id }))).await.map(drop)
        }
    }

    fn is_stateless(&self) -> bool {
        let info = self.service.peer_info();
        info.is_some_and(|info| info.protocol_version >= ProtocolVersion::V_2026_07_28)
    }

    /// Looks at a task of the extension until it ends.
    async fn follow(&self, created: Task, running: &Running) -> Result<Value> {
        let id = running.task.get_or_init(|| created.task_id);
        let mut answered = BTreeSet::new();
        let mut shown = None;
        loop {
            let look = self.service.get_task(GetTaskParams::new(id));
            let task = self.attempt(look).await?.map_err(refused)?.task;
            self.show(task.task.status_message, &mut shown);
            match task.payload {
                TaskPayload::Completed { result } => return Ok(Value::Object(result)),
                TaskPayload::Failed { error } => {
                    let message = error.get("message").and_then(Value::as_str).unwrap_or_default();
                    return Err(Error::new(format!("the task has failed: {message}")));
                }
                TaskPayload::Cancelled => return Err(Error::new("the task was cancelled")),
                TaskPayload::InputRequired { mut input_requests } => {
                    // What has been answered can still be there for a while.
                    input_requests.retain(|key, _| answered.insert(key.clone()));
                    let answers = self.answer(input_requests).await?;
                    if !answers.is_empty() {
                        let update = UpdateTaskParams::new(id, answers);
                        let told = self.attempt(self.service.update_task(update)).await?;
                        told.map_err(refused)?;
                    }
                }
                _ => {}
            }
            sleep(interval(task.task.poll_interval_ms)).await;
        }
    }

    /// Runs a tool as a task of a session. While its result is waited for, the server asks.
    async fn call_as_task(
        &self,
        request: &CallToolRequestParams,
        running: &Running,
    ) -> Result<Value> {
        let mut params = as_json(request);
        params["task"] = json!({});
        let created = self.attempt(self.request("tools/call", params)).await?.map_err(refused)?;
        let id = created["task"]["taskId"].as_str();
        let id = id.ok_or_else(|| Error::new("the server makes no task"))?;
        let id = running.task.get_or_init(|| id.to_owned());
        let mut result = pin!(self.request("tasks/result", json!({ "taskId": id })));
        let mut shown = None;
        loop {
            tokio::select! {
                result = &mut result => return match self.service.service().failure() {
                    Some(failure) => Err(failure),
                    None => result.map_err(refused),
                },
                () = sleep(interval(created["task"]["pollInterval"].as_u64())) => {}
            }
            let look = self.request("tasks/get", json!({ "taskId": id }));
            let task = self.attempt(look).await?.map_err(refused)?;
            self.show(task["statusMessage"].as_str().map(str::to_owned), &mut shown);
        }
    }

    /// Shows what a task says, where that is something else than before.
    fn show(&self, message: Option<String>, shown: &mut Option<String>) {
        let handler = self.service.service();
        if message != *shown && !handler.is_asking() {
            handler.bar.show(&Progress::of_task(message.as_deref().unwrap_or_default()));
            *shown = message;
        }
    }

    /// Answers what the server asks.
    async fn answer(&self, asked: InputRequests) -> Result<InputResponses> {
        let handler = self.service.service();
        let mut answers = InputResponses::new();
        for (key, request) in asked {
            let InputRequest::Elicitation(question) = request else {
                return Err(Error::new("the server asks for what this client has not offered"));
            };
            answers.insert(key, as_json(&handler.answer(&question.params).await));
            if let Some(failure) = handler.failure() {
                return Err(failure);
            }
        }
        Ok(answers)
    }

    /// Sends a request that the official SDK has no type for.
    async fn request(&self, method: &str, params: Value) -> Result<Value, ServiceError> {
        let request = ClientRequest::CustomRequest(CustomRequest::new(method, Some(params)));
        Ok(as_json(&self.service.send_request(request).await?))
    }
}

fn interval(wished: Option<u64>) -> Duration {
    let (least, most) = POLL_INTERVAL.into_inner();
    Duration::from_millis(wished.unwrap_or(1000).clamp(least, most))
}
