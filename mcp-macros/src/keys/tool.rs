use darling::FromMeta;

use super::{CommonKeys, Flag, Keys, Task, Text, Time, ToolName, Value};

/// The keys of `#[mcp_tool(..)]`.
#[derive(Default, FromMeta)]
#[darling(default)]
pub(crate) struct ToolKeys {
    pub(crate) name: Option<ToolName>,
    pub(crate) read_only: Option<Flag>,
    pub(crate) destructive: Option<Flag>,
    pub(crate) idempotent: Option<Flag>,
    pub(crate) open_world: Option<Flag>,
    pub(crate) allow_unknown: Option<Flag>,
    pub(crate) task: Option<Task>,
    pub(crate) ask_first: Option<Flag>,
    pub(crate) ttl: Option<Time>,
    pub(crate) poll_interval: Option<Time>,
    pub(crate) time_limit: Option<Time>,
    pub(crate) retries: Option<Value>,
    pub(crate) concurrency: Option<Value>,
    pub(crate) immediate_response: Option<Text>,
    #[darling(flatten)]
    pub(crate) common: CommonKeys,
}

impl Keys for ToolKeys {
    const MARKER: &'static str = "`#[mcp_tool]`";
    const ACCEPTED: &'static [&'static str] = &[
        "name",
        "title",
        "description",
        "read_only",
        "destructive",
        "idempotent",
        "open_world",
        "allow_unknown",
        "task",
        "ask_first",
        "ttl",
        "poll_interval",
        "time_limit",
        "retries",
        "concurrency",
        "immediate_response",
        "scopes",
        "icon",
        "meta",
        "requires",
        "crate",
    ];
    const REPEATABLE: &'static [&'static str] = &["icon"];
}
