use std::time::Duration;

/// Every figure that bounds a server, on every transport.
///
/// Zero allows nothing; it never means "without limit".
///
/// ```
/// use mcp_runtime::{Limits, prelude::*};
///
/// let mut limits = Limits::default();
/// limits.body_bytes = 256 * 1024;
/// let server = Server::new("careful", "1.0.0").limits(limits);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// The largest HTTP body in bytes; a larger one is answered 413. 4 MiB.
    pub body_bytes: usize,
    /// How many bytes of HTTP bodies are in memory at once; more requests are answered 503. 64 MiB.
    pub body_bytes_in_flight: usize,
    /// The longest line on stdio in bytes; a longer one is skipped, with an error. 16 MiB.
    pub line_bytes: usize,
    /// How many headers an HTTP request can have; more are answered 431. 100.
    pub headers: usize,
    /// How many bytes the head of an HTTP request can have; more are answered 431. 32 KiB.
    pub header_bytes: usize,
    /// How long a client can take to send the head of a request. 30 s.
    pub header_timeout: Duration,
    /// How long a client can take to send a body; then it is answered 408. 30 s.
    pub body_timeout: Duration,
    /// How long a client can take to read what is ready for it; then it is cut off. 30 s.
    pub write_timeout: Duration,
    /// How many connections are open at once; more wait to be accepted. 4,096.
    pub connections: usize,
    /// How many calls run at once; more are answered 503 over HTTP, and wait on stdio. 256.
    pub calls: usize,
    /// How many calls of one caller run at once; more are answered 429. Callers are told apart by
    /// their principal, else by their session. 64.
    pub calls_per_caller: usize,
    /// How long a call can go without progress; then it ends with -32603. 120 s.
    pub call_idle: Duration,
    /// How long a call can go at all. 15 min.
    pub call_total: Duration,
    /// The largest result in bytes; a larger one becomes an error. 16 MiB.
    pub result_bytes: usize,
    /// How long a question to the client waits for its answer. 5 min.
    pub question_timeout: Duration,
    /// How many questions to the client of one session wait for their answers at once. 16.
    pub questions_per_session: usize,
    /// How many users who have been sent to a URL one process remembers: those who are on their way,
    /// and what became of the others, up to 10 min longer than they had time. 10,000.
    pub url_elicitations: usize,
    /// To how many URLs at once one principal can be on the way. 16.
    pub url_elicitations_per_principal: usize,
    /// How long a call of 2026-07-28 waits in one round for a user who is at a URL; then the client
    /// asks the user again. Clients and proxies give up after a minute of silence. 30 s.
    pub url_wait: Duration,
    /// In how many rounds a call of 2026-07-28 can ask; one more ends it with -32603. Clients give
    /// up after some 10. 8.
    pub rounds: u32,
    /// How many bytes the answers and steps of such a call can have together: the client carries
    /// them from round to round. 32 KiB.
    pub state_bytes: usize,
    /// How long a client can take for one round. 10 min.
    pub state_lifetime: Duration,
    /// How long all rounds of a call can take. 1 h.
    pub call_lifetime: Duration,
    /// How many tasks are kept at once; another is refused with -32603. 10,000.
    pub tasks: usize,
    /// How many of them one principal can have. 256.
    pub tasks_per_principal: usize,
    /// How many bytes a task can have: its arguments, questions, answers, journal and result. More of
    /// them is refused with -32603, and a result becomes such an error. 64 MiB.
    pub task_bytes: usize,
    /// How many bytes the tasks that are kept in memory can have together; more is refused alike.
    /// 256 MiB.
    pub tasks_bytes: usize,
    /// How many of them those of one principal can have. 64 MiB.
    pub tasks_bytes_per_principal: usize,
    /// How many tasks one process runs at once; others wait. 64.
    pub tasks_running: usize,
    /// How long a process that runs a task can be silent; then another takes the task over. It speaks
    /// up four times in that time. 30 s.
    pub task_lease: Duration,
    /// How long a task is kept at most, whatever is asked. 24 h.
    pub task_ttl: Duration,
    /// How many sessions of the older revisions are open at once; more are answered 503. 10,000.
    pub sessions: usize,
    /// How many of them one principal can have; more are answered 429. 64.
    pub sessions_per_principal: usize,
    /// How long a session lives without a request. 20 min.
    pub session_idle: Duration,
    /// How long a session waits for `notifications/initialized` or another request. 60 s.
    pub session_start: Duration,
    /// How long a session lives at all. 24 h.
    pub session_total: Duration,
    /// How many streams one session has open at once; more are answered 429. 32.
    pub streams_per_session: usize,
    /// How many `subscriptions/listen` are open at once in all. 4,096.
    pub subscriptions: usize,
    /// How many URIs one session or one `subscriptions/listen` can watch, with 64 KiB in all. 256.
    pub watched_uris: usize,
    /// How many notifications wait for a slow client before the sender waits too. 16.
    pub queued_messages: usize,
    /// How many bytes of notifications wait for a slow client. 1 MiB.
    pub queued_bytes: usize,
    /// How many events of a stream are kept for a client that comes back. 100.
    pub replay_events: usize,
    /// How many bytes of events of a stream are kept. 1 MiB.
    pub replay_bytes: usize,
    /// How many bytes of events are kept in all. 64 MiB.
    pub replay_bytes_total: usize,
    /// After which silence a stream gets a comment, so that proxies keep it open. 15 s.
    pub keep_alive: Duration,
    /// How many items one page of a list has. 500: many clients read the first page only.
    pub page_items: usize,
    /// How long calls can run on when the server stops. 30 s.
    pub drain: Duration,
    /// How long calls can run on when a client on stdio hangs up. 5 s.
    pub drain_stdio: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        Self {
            body_bytes: 4 * MIB,
            body_bytes_in_flight: 64 * MIB,
            line_bytes: 16 * MIB,
            headers: 100,
            header_bytes: 32 * 1024,
            header_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            connections: 4096,
            calls: 256,
            calls_per_caller: 64,
            call_idle: minutes(2),
            call_total: minutes(15),
            result_bytes: 16 * MIB,
            question_timeout: minutes(5),
            questions_per_session: 16,
            url_elicitations: 10_000,
            url_elicitations_per_principal: 16,
            url_wait: Duration::from_secs(30),
            rounds: 8,
            state_bytes: 32 * 1024,
            state_lifetime: minutes(10),
            call_lifetime: minutes(60),
            tasks: 10_000,
            tasks_per_principal: 256,
            task_bytes: 64 * MIB,
            tasks_bytes: 256 * MIB,
            tasks_bytes_per_principal: 64 * MIB,
            tasks_running: 64,
            task_lease: Duration::from_secs(30),
            task_ttl: minutes(24 * 60),
            sessions: 10_000,
            sessions_per_principal: 64,
            session_idle: minutes(20),
            session_start: minutes(1),
            session_total: minutes(24 * 60),
            streams_per_session: 32,
            subscriptions: 4096,
            watched_uris: 256,
            queued_messages: 16,
            queued_bytes: MIB,
            replay_events: 100,
            replay_bytes: MIB,
            replay_bytes_total: 64 * MIB,
            keep_alive: Duration::from_secs(15),
            page_items: 500,
            drain: Duration::from_secs(30),
            drain_stdio: Duration::from_secs(5),
        }
    }
}
