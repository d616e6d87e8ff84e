//! What changes in a server, and who is told.

mod bus;

use serde::{Deserialize, Serialize};

pub(crate) use bus::{Bus, Filter, Sink, Subscription};

/// A change that clients may want to hear of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    ToolsChanged,
    PromptsChanged,
    ResourcesChanged,
    ResourceUpdated { uri: String },
}
