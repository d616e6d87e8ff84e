//! Guides, each about one subject. They exist in the documentation alone.
//!
//! * [Tools and their arguments](tools): functions, rules, what is mended, errors, methods.
//! * [Results and structured output](results).
//! * [Resources and URI templates](resources).
//! * [Prompts and completion](prompts).
//! * [Asking the client](asking): forms, what runs again, steps, several processes.
//! * [Running a server](running): stdio, HTTP, applications, public addresses, limits, stopping.
//! * [Revisions of the protocol](revisions): one server for old and new clients, and where state
//!   lives.
//! * [Changing a server while it runs](changes), and telling clients.
//! * [While a call runs](calls): log messages, progress, cancellation, time.
//! * [Tasks](tasks): tools that answer at once and give their result later, and where they are kept.
//! * [Who may call](authorization): OAuth 2.1, scopes, authorization servers.
//! * [Testing a server](testing).
//!
//! For those who come from elsewhere:
//!
//! * [From HTTP+SSE to Streamable HTTP](from_http_sse).
//! * [From 2025-11-25 to 2026-07-28](to_2026_07_28).
//! * [From rmcp](from_rmcp), the official Rust SDK.
//! * [From FastMCP](from_fastmcp), in Python.

#[doc = include_str!("../guide/asking.md")]
pub mod asking {}
#[doc = include_str!("../guide/authorization.md")]
pub mod authorization {}
#[doc = include_str!("../guide/calls.md")]
pub mod calls {}
#[doc = include_str!("../guide/changes.md")]
pub mod changes {}
#[doc = include_str!("../guide/from_fastmcp.md")]
pub mod from_fastmcp {}
#[doc = include_str!("../guide/from_http_sse.md")]
pub mod from_http_sse {}
#[doc = include_str!("../guide/from_rmcp.md")]
pub mod from_rmcp {}
#[doc = include_str!("../guide/prompts.md")]
pub mod prompts {}
#[doc = include_str!("../guide/resources.md")]
pub mod resources {}
#[doc = include_str!("../guide/results.md")]
pub mod results {}
#[doc = include_str!("../guide/revisions.md")]
pub mod revisions {}
#[doc = include_str!("../guide/running.md")]
pub mod running {}
#[doc = include_str!("../guide/tasks.md")]
pub mod tasks {}
#[doc = include_str!("../guide/testing.md")]
pub mod testing {}
#[doc = include_str!("../guide/to_2026_07_28.md")]
pub mod to_2026_07_28 {}
#[doc = include_str!("../guide/tools.md")]
pub mod tools {}
