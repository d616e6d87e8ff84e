//! The requests of each workload, and templates in which only the id changes.

use crate::http::MCP_PATH;

/// How many different arguments a workload rotates through, so that no answer can be kept from the call before.
pub(crate) const VARIANTS: usize = 8;

/// The first id. All ids have as many digits as this one, so that a template has one length.
pub(crate) const FIRST_ID: u64 = 1_000_000;

const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"load","version":"0.0.0"},"io.modelcontextprotocol/clientCapabilities":{}}"#;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Era {
    /// 2026-07-28: every message says what it is.
    Modern,
    /// 2025-11-25: a session is opened first.
    Legacy,
}

impl Era {
    pub(crate) fn revision(self) -> &'static str {
        match self {
            Self::Modern => "2026-07-28",
            Self::Legacy => "2025-11-25",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Work {
    Echo,
    Add,
    Report,
    List,
    /// A question to the user: the round that asks it.
    Ask,
    /// The round that has its answer.
    Answer,
    /// One text, with a JWT that comes with each request of a connection.
    KnownToken,
    /// One text, with a JWT that has to be verified.
    NewToken,
}

impl Work {
    /// Whether only this framework's server has it: then there is nothing to compare with.
    pub(crate) fn is_own(self) -> bool {
        matches!(self, Self::Ask | Self::Answer) || self.needs_token()
    }

    pub(crate) fn needs_token(self) -> bool {
        matches!(self, Self::KnownToken | Self::NewToken)
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Echo => "tools/call, one text",
            Self::Add => "tools/call, small structured",
            Self::Report => "tools/call, 4 KB structured",
            Self::List => "tools/list",
            Self::Ask => "a question, the round that asks",
            Self::Answer => "a question, the round with the answer",
            Self::KnownToken => "tools/call, one text, with a JWT",
            Self::NewToken => "tools/call, one text, with a new JWT",
        }
    }

    fn method(self) -> &'static str {
        match self {
            Self::List => "tools/list",
            Self::Echo | Self::Add | Self::Report | Self::KnownToken | Self::NewToken => {
                "tools/call"
            }
            Self::Ask | Self::Answer => "prompts/get",
        }
    }

    /// The tool that is called, or the prompt that is got.
    fn tool(self) -> Option<&'static str> {
        match self {
            Self::Echo | Self::KnownToken | Self::NewToken => Some("echo"),
            Self::Add => Some("add"),
            Self::Report => Some("report"),
            Self::Ask | Self::Answer => Some("ask"),
            Self::List => None,
        }
    }

    fn arguments(self, variant: usize) -> String {
        match self {
            Self::Echo | Self::KnownToken | Self::NewToken => {
                format!(r#"{{"text":"{}"}}"#, echo_text(variant))
            }
            Self::Add => {
                let (a, b) = addends(variant);
                format!(r#"{{"a":{a},"b":{b}}}"#)
            }
            Self::Report => format!(r#"{{"n":{}}}"#, report_rows(variant)),
            Self::List | Self::Ask | Self::Answer => "{}".to_owned(),
        }
    }
}

pub(crate) fn echo_text(variant: usize) -> String {
    format!("line {variant} of what a model would send to a tool")
}

pub(crate) fn addends(variant: usize) -> (f64, f64) {
    (variant as f64 + 0.5, 0.25)
}

pub(crate) fn report_rows(variant: usize) -> u32 {
    38 + variant as u32 % 5
}

/// The body of a request.
pub(crate) fn body(work: Work, era: Era, id: u64, variant: usize) -> String {
    let mut params = Vec::new();
    if let Some(tool) = work.tool() {
        let arguments = work.arguments(variant);
        params.push(format!(r#""name":"{tool}","arguments":{arguments}"#));
    }
    if matches!(work, Work::Ask | Work::Answer) {
        params.push(asked_meta());
    } else if era == Era::Modern {
        params.push(META.to_owned());
    }
    message(id, work.method(), &params.join(","))
}

/// The `_meta` of a client that can be asked.
fn asked_meta() -> String {
    META.replace(r#"clientCapabilities":{}"#, r#"clientCapabilities":{"elicitation":{}}"#)
}

/// The body of a request that brings the answer to the question `key`.
pub(crate) fn answer(id: u64, key: &str, state: &str) -> String {
    let meta = asked_meta();
    let params = format!(
        r#""name":"ask","arguments":{{}},"inputResponses":{{"{key}":{{"action":"accept"}}}},"requestState":"{state}",{meta}"#
    );
    message(id, Work::Answer.method(), &params)
}

/// The `_meta` of a client that knows tasks.
fn tasks_meta() -> String {
    let known = r#"clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}"#;
    META.replace(r#"clientCapabilities":{}"#, known)
}

/// A whole request that begins a task.
pub(crate) fn begin_task(id: u64, variant: usize) -> String {
    let arguments = Work::Echo.arguments(variant);
    let params = format!(r#""name":"echo","arguments":{arguments},{}"#, tasks_meta());
    post(&headers(Work::Echo, Era::Modern, None), &message(id, "tools/call", &params))
}

/// A whole request that looks at a task.
pub(crate) fn get_task(id: u64, task: &str) -> String {
    let params = format!(r#""taskId":"{task}",{}"#, tasks_meta());
    let headers = format!(
        "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tasks/get\r\nMcp-Name: {task}\r\n"
    );
    post(&headers, &message(id, "tasks/get", &params))
}

/// A whole request that begins a task in a session, which tells the time at its end.
pub(crate) fn begin_timed_task(id: u64, session: &str) -> String {
    let headers = headers(Work::Echo, Era::Legacy, Some(session));
    post(&headers, &message(id, "tools/call", r#""name":"time","arguments":{},"task":{}"#))
}

/// A whole request that waits for the result of a task.
pub(crate) fn task_result(id: u64, session: &str, task: &str) -> String {
    let headers = headers(Work::Echo, Era::Legacy, Some(session));
    post(&headers, &message(id, "tasks/result", &format!(r#""taskId":"{task}""#)))
}

/// The body of `subscriptions/listen`.
pub(crate) fn listen(id: u64) -> String {
    let params = format!(r#""notifications":{{"toolsListChanged":true}},{META}"#);
    message(id, "subscriptions/listen", &params)
}

/// The body of `initialize`.
pub(crate) fn initialize(id: u64) -> String {
    let params = r#""protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"load","version":"0.0.0"}"#;
    message(id, "initialize", params)
}

pub(crate) const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;

fn message(id: u64, method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{{{params}}}}}"#)
}

/// The headers that say in which era a request is, and in which session.
pub(crate) fn headers(work: Work, era: Era, session: Option<&str>) -> String {
    let mut headers = format!("MCP-Protocol-Version: {}\r\n", era.revision());
    if era == Era::Modern {
        headers += &format!("Mcp-Method: {}\r\n", work.method());
        if let Some(tool) = work.tool() {
            headers += &format!("Mcp-Name: {tool}\r\n");
        }
    }
    if let Some(session) = session {
        headers += &format!("Mcp-Session-Id: {session}\r\n");
    }
    headers
}

/// A whole HTTP request.
pub(crate) fn post(headers: &str, body: &str) -> String {
    format!(
        "POST {MCP_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The bytes of a request, of which the id is written anew each time.
pub(crate) struct Template {
    bytes: Vec<u8>,
    id: std::ops::Range<usize>,
}

impl Template {
    /// Takes a request that was made with [`FIRST_ID`].
    pub(crate) fn new(request: String) -> Option<Self> {
        let digits = FIRST_ID.to_string();
        let start = request.find(&format!("\"id\":{digits}"))? + "\"id\":".len();
        Some(Self { bytes: request.into_bytes(), id: start..start + digits.len() })
    }

    pub(crate) fn with_id(&mut self, id: u64) -> &[u8] {
        let mut rest = id;
        for digit in self.bytes[self.id.clone()].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        &self.bytes
    }
}
