//! What changes in a server, and who is told.

mod bus;

pub(crate) use bus::{Bus, Filter, Sink, Subscription};

/// A change that clients may want to hear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    ToolsChanged,
    PromptsChanged,
    ResourcesChanged,
    ResourceUpdated { uri: String },
}
