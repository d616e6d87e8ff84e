//! What a task of 2025-11-25 asks, brought to its client by real requests.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Map, Value, json, value::RawValue};
use tokio::{
    sync::{Notify, futures::Notified},
    task::JoinSet,
};

use super::Tasks;
use crate::{
    context::Context,
    effects::{self, needs},
    protocol::ErrorCode,
    tasks::{Answer, Owner, Question, TaskId, TaskRecord},
};

/// The key of `_meta` that says to which task a message belongs.
pub(super) const RELATED_TASK: &str = "io.modelcontextprotocol/related-task";

/// The questions that are on their way to a client: each goes by one stream at a time.
#[derive(Debug, Default)]
pub(super) struct Delivering {
    on_their_way: Mutex<HashSet<(TaskId, String)>>,
    /// One has left its stream, perhaps without an answer: another can take it.
    left: Notify,
}

impl Delivering {
    fn lock(&self) -> MutexGuard<'_, HashSet<(TaskId, String)>> {
        self.on_their_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, id: TaskId, key: &str) -> bool {
        self.lock().insert((id, key.to_owned()))
    }

    fn leave(&self, id: TaskId, key: &str) {
        self.lock().remove(&(id, key.to_owned()));
        self.left.notify_waiters();
    }

    /// Waits until a question has left its stream, from the call of this on.
    pub(super) fn left(&self) -> Notified<'_> {
        self.left.notified()
    }
}

/// A question on its way, until this is dropped.
struct OnItsWay {
    tasks: Arc<Tasks>,
    id: TaskId,
    key: String,
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        self.tasks.delivering.leave(self.id, &self.key);
    }
}

/// Brings the open questions of a task to the client of `ctx`, those that are on no way already.
pub(super) fn deliver(
    tasks: &Arc<Tasks>,
    ctx: &Context,
    owner: &Owner,
    record: &TaskRecord,
    ways: &mut JoinSet<()>,
) {
    let id = record.id();
    for question in record.open_questions() {
        if !tasks.delivering.enter(id, &question.key) {
            continue;
        }
        let way = OnItsWay { tasks: Arc::clone(tasks), id, key: question.key.clone() };
        ways.spawn(bring(way, ctx.clone(), owner.clone(), question.clone()));
    }
}

async fn bring(way: OnItsWay, ctx: Context, owner: Owner, question: Question) {
    let Some(params) = with_related_task(&question.params, way.id) else { return };
    let asked = effects::Question {
        method: question.method.clone().into(),
        params,
        needs: needs(&question.method, &question.params),
    };
    let value = match ctx.ask_raw(&asked).await {
        Ok(Some(answer)) => Arc::from(answer),
        // It can still be asked by another stream.
        Ok(None) => return,
        // The user has refused, or the client cannot: that is an answer, and no consent.
        Err(error) if question.method == "elicitation/create" => {
            tracing::debug!(code = error.code().value(), "a client refuses the question of a task");
            let action = if error.code() == ErrorCode::REJECTED { "decline" } else { "cancel" };
            match serde_json::value::to_raw_value(&json!({ "action": action })) {
                Ok(answer) => Arc::from(answer),
                Err(_) => return,
            }
        }
        Err(error) => {
            tracing::warn!(code = error.code().value(), "a client refuses the question of a task");
            return;
        }
    };
    let answer = Answer { key: way.key.clone(), value };
    if let Err(error) = way.tasks.store.answer(&owner, way.id, vec![answer]).await {
        tracing::debug!(%error, "an answer comes too late for its task");
    }
}

fn with_related_task(params: &RawValue, id: TaskId) -> Option<Box<RawValue>> {
    let mut params: Map<String, Value> = serde_json::from_str(params.get()).ok()?;
    let meta = params.entry("_meta").or_insert_with(|| json!({}));
    meta[RELATED_TASK] = json!({ "taskId": id });
    serde_json::value::to_raw_value(&params).ok()
}
