//! Publish a Model Context Protocol server from annotated async functions.
//!
//! A tool is a function: its parameters are the arguments, its doc comments the descriptions, its
//! return type the result. One server speaks every revision of the protocol, 2024-11-05 to
//! 2026-07-28, over stdio and Streamable HTTP.
//!
//! # Quickstart
//!
//! ```toml
//! [dependencies]
//! mcp-runtime = "0.1"
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//! ```
//!
//! ```no_run
//! use mcp_runtime::prelude::*;
//!
//! /// Add two numbers.
//! #[mcp_tool]
//! async fn add(
//!     /// First addend.
//!     a: f64,
//!     /// Second addend.
//!     b: f64,
//! ) -> f64 {
//!     a + b
//! }
//!
//! #[tokio::main]
//! async fn main() -> mcp_runtime::Result<()> {
//!     Server::new("calculator", env!("CARGO_PKG_VERSION")).tools(tools![add]).run().await
//! }
//! ```
//!
//! Started without arguments, the program serves the client that starts it, on standard input and
//! output. With `--http 127.0.0.1:8000` it serves Streamable HTTP at `http://127.0.0.1:8000/mcp`.
//!
//! # Contents
//!
//! | | guide | reference |
//! | --- | --- | --- |
//! | tools and their arguments | [tools](guide::tools) | [`#[mcp_tool]`](macro@mcp_tool), [`tools!`], [`Tool`], [`Param`], [`Error`] |
//! | what tools give | [results](guide::results) | [`ToolResult`], [`protocol::Content`], [`IntoToolResult`] |
//! | resources and URI templates | [resources](guide::resources) | [`#[mcp_resource]`](macro@mcp_resource), [`resources!`], [`Resource`], [`ResourceContents`], [`ListedResource`] |
//! | prompts and completion | [prompts](guide::prompts) | [`#[mcp_prompt]`](macro@mcp_prompt), [`prompts!`], [`Prompt`], [`PromptMessage`], [`Complete`] |
//! | stdio, HTTP, applications, limits | [running](guide::running) | [`Server`], [`ServerHandle`], [`Limits`], [`HttpService`] |
//! | old and new clients | [revisions](guide::revisions) | [`protocol::Revision`] |
//! | changes at run time | [changes](guide::changes) | [`ServerHandle`], [`Server::visible`], [`Item`] |
//! | questions to the user, steps | [asking](guide::asking) | [`Context::elicit`], [`Context::step`], [`Elicited`], [`KeyRing`] |
//! | forms for users | [asking](guide::asking#forms) | [`#[derive(Elicit)]`](macro@Elicit), [`Elicit`], [`Form`], [`Field`] |
//! | web pages for users | [asking](guide::asking) | [`Context::elicit_url`], [`UrlElicited`], [`UrlElicitations`], [`UrlElicitationStore`] |
//! | the client's model and its folders | [asking](guide::asking) | [`Context::sample`], [`sampling`], [`Context::roots`], [`AskError`] |
//! | log, progress, cancellation, time | [calls](guide::calls) | [`Context`], [`Progress`], [`client_log_layer`] |
//! | who may call | [authorization](guide::authorization) | `Server::auth`, [`Principal`], [`InsufficientScope`] |
//! | injected values, callers | [tools](guide::tools#which-parameters-the-client-sends) | [`State`], [`Principal`], [`FromContext`] |
//! | methods of a type | [tools](guide::tools#methods) | [`#[mcp_server]`](macro@mcp_server), [`McpServer`] |
//! | tools as tasks, and where they are kept | [tasks](guide::tasks) | [`tasks::TaskPolicy`], [`tasks::TaskStore`], [`ServerHandle::work_on_tasks`], [`tasks::contract`] |
//! | tests | [testing](guide::testing) | [`testing`] |
//!
//! Most servers need the [`prelude`] and nothing else.
//!
//! # Features
//!
//! | feature | default | |
//! | --- | --- | --- |
//! | `stdio` | yes | standard input and output, and [`Server::run`] |
//! | `http` | yes | Streamable HTTP: [`ServerHandle::serve`], [`ServerHandle::router`], [`HttpService`] |
//! | `log` | yes | `tracing` events as log messages for clients; the log of [`Server::run`] on standard error |
//! | `auth` | no | OAuth 2.1: `Server::auth` |
//! | `redis` | no | tasks in Redis or Valkey: [`tasks::RedisStore`] |
//! | `sse` | no | HTTP+SSE, the transport of 2024-11-05: `ServerHandle::sse_router` |
//! | `chrono`, `time`, `url`, `uuid` | no | types of these crates in [forms](FieldType) |
//! | `skills` | no | folders with instructions for models: `Server::skills` |
//! | `testing` | no | a client for tests: [`testing`] |
//!
//! Each can be had alone. A server over stdio that needs to be small turns the others off with
//! `default-features = false, features = ["stdio"]`.
//!
//! # Rust
//!
//! Rust 1.88 or newer, on a Tokio runtime. There is no `unsafe` code in this crate.
#![cfg_attr(docsrs, feature(doc_cfg))]
// What only one of the transports needs is not marked item by item.
#![cfg_attr(not(all(feature = "http", feature = "stdio")), allow(dead_code, unused_imports))]
// Without all features, the documentation links to items that are not there.
#![cfg_attr(
    not(all(
        feature = "auth",
        feature = "http",
        feature = "log",
        feature = "redis",
        feature = "skills",
        feature = "stdio",
        feature = "testing"
    )),
    allow(rustdoc::broken_intra_doc_links)
)]

pub mod protocol;

#[cfg_attr(
    not(all(feature = "http", feature = "redis")),
    allow(dead_code, reason = "Redis is the only backend, and HTTP needs the most of it")
)]
mod backend;
mod context;
mod effects;
mod events;
// In the documentation alone. The examples run with all features.
#[cfg(any(
    all(doc, not(doctest)),
    all(
        doctest,
        feature = "auth",
        feature = "http",
        feature = "log",
        feature = "skills",
        feature = "stdio",
        feature = "testing"
    ),
))]
pub mod guide;
mod macros;
mod primitives;
mod publish;
// So that its example is compiled.
#[cfg(all(doctest, feature = "stdio"))]
#[doc = include_str!("../README.md")]
mod readme {}
mod schema;
mod server;
pub mod tasks;
#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;
mod transport;

#[cfg(feature = "log")]
pub use context::client_log_layer;
pub use context::{Context, FromContext, Progress, RequestContext, Requirements, State};
#[doc(inline)]
pub use effects::sample as sampling;
pub use effects::{
    AskError, Choice, ChoiceOption, Elicit, ElicitRequest, ElicitUrlRequest, Elicited, Field,
    FieldType, Form, FormAnswer, FormFaults, InputRequired, KeyRing, Root, TextFormat,
    UrlElicitation, UrlElicitationRecord, UrlElicitationStore, UrlElicitations, UrlElicited,
};
pub use macros::{Elicit, mcp_prompt, mcp_resource, mcp_server, mcp_tool};
#[cfg(feature = "auth")]
#[cfg_attr(docsrs, doc(cfg(feature = "auth")))]
pub use mcp_auth::ResourceServer;
pub use mcp_auth::{InsufficientScope, Principal};
pub use primitives::{
    Argument, Arguments, BoxFuture, Call, Complete, Completer, CompletionRequest, Completions,
    Error, IntoPrompt, IntoResource, IntoToolResult, ListedResource, McpServer, Page, Param,
    Prompt, PromptMessage, PromptResult, Resource, ResourceResult, Result, Rule, Tool, ToolOutput,
    ToolResult,
};
pub use protocol::ResourceContents;
#[cfg(feature = "http")]
pub use publish::ServerCard;
pub use schemars::{self, JsonSchema};
pub use serde;
pub use server::{Item, Limits, Server, ServerHandle};
#[cfg(feature = "http")]
pub use transport::http::{HttpService, ReplyBody};

/// Who may call a server over HTTP: the crate `mcp-auth`, whole.
#[cfg(feature = "auth")]
#[cfg_attr(docsrs, doc(cfg(feature = "auth")))]
pub mod auth {
    pub use mcp_auth::*;
}

/// What most servers use: `use mcp_runtime::prelude::*;`.
pub mod prelude {
    #[cfg(feature = "auth")]
    pub use crate::ResourceServer;
    pub use crate::{
        Context, Elicit, Elicited, Error, Limits, Principal, Progress, Result, Server,
        ServerHandle, State, mcp_prompt, mcp_resource, mcp_server, mcp_tool, prompts,
        protocol::LogLevel, resources, tools,
    };
}

/// What the macros expand to. Not for people: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use std::{sync::Arc, time::Duration};

    pub use mcp_runtime_macros::{prompts, resources, tools};
    pub use serde_json;

    pub use crate::context::{FromContext, blocking};
    pub use crate::effects::{
        Choice, ChoiceOption, Elicit, FieldType, Form, FormAnswer, FormFaults, TextFormat,
        for_macros as form,
    };
    pub use crate::primitives::{
        ForPrompt, ForResource, ForTool, McpServer, Param, Probe, Prompt, PromptFn, Resource,
        ResourceFn, Rule, Tool, ToolFn, ViaConvert, ViaConvertResult, ViaNoPrompt, ViaNoResource,
        ViaNoToolResult, ViaStructured, ViaStructuredResult, collect, occurs_before,
    };
    pub use crate::protocol::{Annotations, ClientCapability, Icon, Role};
    pub use crate::tasks::TaskPolicy;
}
