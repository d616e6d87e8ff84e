use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{events::Event, protocol::RequestId, tasks::TaskId};

/// What one process tells the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Signal {
    /// Something has changed that clients may want to hear of.
    Event(Event),
    /// Events were not told.
    Missed,
    /// The URL elicitation of this id is closed.
    UrlClosed(String),
    /// Something happened to the session of this id.
    Session(Arc<str>, SessionSignal),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionSignal {
    /// The client has changed something.
    Changed,
    /// The client has answered this question.
    Answered(RequestId),
    /// The client has cancelled this request.
    Cancelled(RequestId),
    /// What the client hears of a task: a message.
    OfTask(TaskId, String),
    /// This stream, which somebody follows, has another event.
    Written(u64),
    Ended,
}

/// What a process hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Signal(Signal),
    /// Signals may have been missed, as after a time in which the backend was not reached.
    Gap,
}
