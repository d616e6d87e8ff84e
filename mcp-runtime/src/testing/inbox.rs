//! Where all that a server sends comes in, is checked, and finds who waits for it.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    Notification, Question,
    answers::Script,
    check::{self, ACKNOWLEDGED, Checked, Incoming},
    error::Cause,
};
use crate::protocol::{ClientCapabilities, LogLevel, RequestId, Revision, RpcError};

/// By which way a message has come.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// The one way that there is.
    Pipe,
    /// The response to the POST of a request.
    Response { request: RequestId, status: u16 },
    /// The stream of a session that belongs to no request.
    Stream,
}

/// What happens to a request.
#[derive(Debug)]
pub(super) enum Event {
    Notification(Notification),
    Answer(Result<Value, Cause>),
}

pub(super) struct Inbox {
    revision: Revision,
    client: ClientCapabilities,
    script: Script,
    state: Mutex<State>,
    violation: watch::Sender<Option<String>>,
}

struct State {
    waiting: HashMap<RequestId, Waiter>,
    /// Requests that the client has given up: what still comes for them is nobody's.
    forgotten: HashSet<RequestId>,
    /// The progress of tasks, by the token of the request that has created the task.
    tasks: HashMap<String, TaskTold>,
    /// Those who have sent something that may be no message, and take what answers nothing else.
    raw: VecDeque<oneshot::Sender<Value>>,
    unclaimed: mpsc::UnboundedSender<Notification>,
    closed: Option<String>,
}

/// What was told of a task of 2025-11-25 that has not ended.
#[derive(Debug)]
struct TaskTold {
    id: String,
    progress: Option<f64>,
}

/// A request that has no answer yet.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) method: String,
    pub(super) progress_token: Option<String>,
    pub(super) log_level: Option<LogLevel>,
    pub(super) last_progress: Option<f64>,
    pub(super) acknowledged: bool,
    pub(super) events: mpsc::UnboundedSender<Event>,
}

impl Inbox {
    pub(super) fn new(
        revision: Revision,
        client: ClientCapabilities,
        script: Script,
    ) -> (Self, mpsc::UnboundedReceiver<Notification>) {
        let (unclaimed, notifications) = mpsc::unbounded_channel();
        let state = State {
            waiting: HashMap::new(),
            forgotten: HashSet::new(),
            tasks: HashMap::new(),
            raw: VecDeque::new(),
            unclaimed,
            closed: None,
        };
        let violation = watch::Sender::new(None);
        let state = Mutex::new(state);
        (Self { revision, client, script, state, violation }, notifications)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the answer to a request from here on.
    ///
    /// # Errors
    ///
    /// Why there will be none.
    pub(super) fn expect(&self, id: RequestId, waiter: Waiter) -> Result<(), String> {
        let mut state = self.lock();
        match &state.closed {
            Some(why) => Err(why.clone()),
            None => {
                state.waiting.insert(id, waiter);
                Ok(())
            }
        }
    }

    /// Takes the next message that answers no request.
    pub(super) fn expect_raw(&self) -> oneshot::Receiver<Value> {
        let (sender, receiver) = oneshot::channel();
        self.lock().raw.push_back(sender);
        receiver
    }

    pub(super) fn is_waiting(&self, id: &RequestId) -> bool {
        self.lock().waiting.contains_key(id)
    }

    /// Stops waiting; whether there was something to wait for.
    pub(super) fn forget(&self, id: &RequestId) -> bool {
        let mut state = self.lock();
        let waited = state.waiting.remove(id).is_some();
        if waited {
            state.forgotten.insert(id.clone());
        }
        waited
    }

    /// Ends a request without an answer.
    pub(super) fn fail(&self, id: &RequestId, cause: Cause) {
        if let Some(waiter) = self.lock().waiting.remove(id) {
            let _ = waiter.events.send(Event::Answer(Err(cause)));
        }
    }

    /// No message comes any more.
    pub(super) fn close(&self, why: &str) {
        let mut state = self.lock();
        for (_, waiter) in state.waiting.drain() {
            let _ = waiter.events.send(Event::Answer(Err(Cause::Closed(why.to_owned()))));
        }
        state.raw.clear();
        state.closed.get_or_insert_with(|| why.to_owned());
    }

    /// Panics if the server has broken the protocol.
    #[track_caller]
    pub(super) fn assert_sound(&self) {
        let violation = self.violation.borrow().clone();
        if let Some(violation) = violation {
            panic!("{violation}");
        }
    }

    /// Waits until the server breaks the protocol.
    pub(super) async fn violated(&self) {
        // The sender lives in `self`, so that waiting cannot fail.
        let _ = self.violation.subscribe().wait_for(Option::is_some).await;
    }

    pub(super) fn violate(&self, fault: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let violation =
            format!("the server breaks the protocol of {}: {fault}: {text}", self.revision);
        self.violation.send_if_modified(|first| {
            let is_first = first.is_none();
            first.get_or_insert(violation);
            is_first
        });
        let mut state = self.lock();
        state.waiting.clear();
        state.raw.clear();
    }

    /// Takes in what has come at once. Gives the messages to send back, if the server asks for
    /// something.
    pub(super) fn deliver(&self, bytes: &[u8], origin: &Origin) -> Vec<Vec<u8>> {
        let delivered = check::read(bytes, self.revision).and_then(|messages| {
            let mut state = self.lock();
            if bytes.trim_ascii_start().starts_with(b"[") {
                return state.deliver_raw(bytes).map(|()| Vec::new());
            }
            let mut replies = Vec::new();
            for message in messages {
                match message {
                    Incoming::Answer { id, outcome } => {
                        if let Ok(result) = &outcome {
                            self.check_rounds(result)?;
                        }
                        state.answer(id, outcome, bytes, origin, self.revision)?;
                    }
                    Incoming::Notification(notification) => {
                        state.notify(notification, origin, self.revision)?;
                    }
                    Incoming::Request { method, .. } if self.revision.is_stateless() => {
                        return Err(format!("a server of 2026-07-28 sends no request `{method}`"));
                    }
                    Incoming::Request { id, method, params } => {
                        check::check_question(&method, &params, self.revision, &self.client)?;
                        let question = Question { key: None, method, params };
                        replies.extend(self.script.answer(question).to_message(&id));
                    }
                }
            }
            Ok(replies)
        });
        delivered.unwrap_or_else(|fault| {
            self.violate(&fault, bytes);
            Vec::new()
        })
    }
}

impl Inbox {
    /// Checks what a result of 2026-07-28 asks for.
    fn check_rounds(&self, result: &Value) -> Checked {
        let requests = result.get("inputRequests").and_then(Value::as_object);
        for request in requests.into_iter().flatten().map(|(_, request)| request) {
            let method = request.get("method").and_then(Value::as_str).unwrap_or_default();
            let params = request.get("params").unwrap_or(&Value::Null);
            check::check_question(method, params, self.revision, &self.client)?;
        }
        Ok(())
    }
}

impl State {
    fn deliver_raw(&mut self, bytes: &[u8]) -> Checked {
        let raw = self.raw.pop_front().ok_or("it answers no request that has no answer yet")?;
        let message = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let _ = raw.send(message);
        Ok(())
    }

    fn answer(
        &mut self,
        id: Option<RequestId>,
        outcome: Result<Value, RpcError>,
        bytes: &[u8],
        origin: &Origin,
        revision: Revision,
    ) -> Checked {
        // A response is about its request, even if the server could not read the request's id.
        let id = match (id, origin) {
            (Some(id), _) => id,
            (None, Origin::Response { request, .. }) => request.clone(),
            (None, _) => return self.deliver_raw(bytes),
        };
        let status = match origin {
            Origin::Pipe => None,
            Origin::Response { request, status } if *request == id => Some(*status),
            Origin::Response { .. } => return Err("it answers another request".into()),
            Origin::Stream => return Err("an answer on the stream of no request".into()),
        };
        let Some(waiter) = self.waiting.remove(&id) else {
            return if self.forgotten.contains(&id) { Ok(()) } else { self.deliver_raw(bytes) };
        };
        let outcome = match outcome {
            Ok(result) => {
                check::check_result(&waiter.method, &result, revision)?;
                if let (Some(token), Some(id)) =
                    (&waiter.progress_token, result.pointer("/task/taskId").and_then(Value::as_str))
                {
                    let told = TaskTold { id: id.to_owned(), progress: waiter.last_progress };
                    self.tasks.insert(token.clone(), told);
                }
                Ok(result)
            }
            Err(error) => {
                check::check_error(&error, revision, status)?;
                Err(Cause::Rpc { error, status })
            }
        };
        let _ = waiter.events.send(Event::Answer(outcome));
        Ok(())
    }

    fn notify(
        &mut self,
        notification: Notification,
        origin: &Origin,
        revision: Revision,
    ) -> Checked {
        check::check_notification(&notification, revision)?;
        match notification.method() {
            "notifications/progress" => self.report(notification, origin),
            "notifications/message" => self.log(notification, origin, revision),
            "notifications/tasks/status" => {
                let params = notification.params();
                if !matches!(params["status"].as_str(), Some("working" | "input_required")) {
                    self.tasks.retain(|_, task| params["taskId"] != task.id);
                }
                let _ = self.unclaimed.send(notification);
                Ok(())
            }
            _ => match notification.subscription() {
                Some(id) => self.publish(&id, notification),
                None => {
                    let _ = self.unclaimed.send(notification);
                    Ok(())
                }
            },
        }
    }

    fn report(&mut self, notification: Notification, origin: &Origin) -> Checked {
        let token = notification.params().get("progressToken").and_then(Value::as_str);
        let waiting = self.waiting.iter_mut().find(|(_, waiter)| {
            waiter.progress_token.is_some() && waiter.progress_token.as_deref() == token
        });
        let Some((id, waiter)) = waiting else {
            if let Some(task) = self.tasks.get_mut(token.unwrap_or_default()) {
                task.report(&notification)?;
                let _ = self.unclaimed.send(notification);
                return Ok(());
            }
            let forgotten = |id| progress_token(id).as_str() == token.unwrap_or_default();
            let late = self.forgotten.iter().any(forgotten) || !self.raw.is_empty();
            return if late { Ok(()) } else { Err("nobody waits for this progress".into()) };
        };
        if matches!(origin, Origin::Response { request, .. } if request != id) {
            return Err("the progress of another request".into());
        }
        let progress = notification.progress().map(|it| it.progress);
        if progress <= waiter.last_progress {
            return Err("the progress does not grow".into());
        }
        waiter.last_progress = progress;
        let _ = waiter.events.send(Event::Notification(notification));
        Ok(())
    }

    fn log(&mut self, notification: Notification, origin: &Origin, revision: Revision) -> Checked {
        let level = notification.log().map(|log| log.level);
        let wants = |waiter: &Waiter| {
            !revision.is_stateless() || waiter.log_level.is_some_and(|it| Some(it) <= level)
        };
        let mut heard = matches!(origin, Origin::Stream) || !self.raw.is_empty();
        for (id, waiter) in &self.waiting {
            let meant = match origin {
                Origin::Pipe => true,
                Origin::Response { request, .. } => request == id,
                Origin::Stream => false,
            };
            if meant && wants(waiter) {
                heard = true;
                let _ = waiter.events.send(Event::Notification(notification.clone()));
            }
        }
        if revision.is_stateless() && !heard && self.forgotten.is_empty() {
            return Err("no request that has no answer yet wants such a log message".into());
        }
        if !heard || matches!(origin, Origin::Stream) {
            let _ = self.unclaimed.send(notification);
        }
        Ok(())
    }

    fn publish(&mut self, id: &RequestId, notification: Notification) -> Checked {
        let Some(waiter) = self.waiting.get_mut(id) else {
            let late = self.forgotten.contains(id);
            return if late { Ok(()) } else { Err("there is no such subscription".into()) };
        };
        let is_acknowledgement = notification.method() == ACKNOWLEDGED;
        if is_acknowledgement == waiter.acknowledged {
            return Err("a subscription begins with its one acknowledgement".into());
        }
        if is_acknowledgement {
            waiter.acknowledged = true;
            let _ = waiter.events.send(Event::Notification(notification));
        } else {
            let _ = self.unclaimed.send(notification);
        }
        Ok(())
    }
}

impl TaskTold {
    fn report(&mut self, notification: &Notification) -> Checked {
        let related = &notification.params()["_meta"]["io.modelcontextprotocol/related-task"];
        if related["taskId"] != self.id {
            return Err("the progress of a task without `related-task`".into());
        }
        let progress = notification.progress().map(|it| it.progress);
        if progress <= self.progress {
            return Err("the progress does not grow".into());
        }
        self.progress = progress;
        Ok(())
    }
}

/// The token by which a request asks for progress.
pub(super) fn progress_token(id: &RequestId) -> String {
    format!("progress of {id}")
}

#[cfg(test)]
#[path = "inbox_tests.rs"]
mod tests;
