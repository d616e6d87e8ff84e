//! Publish a Model Context Protocol server from annotated async functions.
#![cfg_attr(docsrs, feature(doc_cfg))]
// What only one of the transports needs is not marked item by item.
#![cfg_attr(not(all(feature = "http", feature = "stdio")), allow(dead_code, unused_imports))]

pub mod protocol;

mod context;
mod events;
mod macros;
mod primitives;
mod schema;
mod server;
#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;
mod transport;

#[cfg(feature = "log")]
pub use context::client_log_layer;
pub use context::{Context, FromContext, Progress, Requirements, State};
pub use macros::{mcp_prompt, mcp_resource, mcp_server, mcp_tool};
pub use mcp_auth::Principal;
pub use primitives::{
    Argument, Arguments, BoxFuture, Call, Complete, Completer, CompletionRequest, Completions,
    Error, IntoPrompt, IntoResource, IntoToolResult, ListedResource, McpServer, Page, Param,
    Prompt, PromptMessage, PromptResult, Resource, ResourceResult, Result, Rule, Tool, ToolOutput,
    ToolResult,
};
pub use protocol::ResourceContents;
pub use schemars::{self, JsonSchema};
pub use serde;
pub use server::{Item, Limits, Server, ServerHandle};
#[cfg(feature = "http")]
pub use transport::http::{HttpService, ReplyBody};

/// What most servers use: `use mcp_runtime::prelude::*;`.
pub mod prelude {
    pub use crate::{
        Context, Error, Limits, Principal, Progress, Result, Server, ServerHandle, State,
        mcp_prompt, mcp_resource, mcp_server, mcp_tool, prompts, protocol::LogLevel, resources,
        tools,
    };
}

/// What the macros expand to. Not for people: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use std::sync::Arc;

    pub use mcp_runtime_macros::{prompts, resources, tools};
    pub use serde_json;

    pub use crate::context::{FromContext, blocking};
    pub use crate::primitives::{
        ForPrompt, ForResource, ForTool, McpServer, Param, Probe, Prompt, PromptFn, Resource,
        ResourceFn, Rule, Tool, ToolFn, ViaConvert, ViaConvertResult, ViaNoPrompt, ViaNoResource,
        ViaNoToolResult, ViaStructured, ViaStructuredResult, collect, occurs_before,
    };
    pub use crate::protocol::{Annotations, Icon, Role};
}
