//! Publish a Model Context Protocol server from annotated async functions.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod protocol;

mod context;
mod events;
mod primitives;
mod schema;
mod server;
mod transport;

#[cfg(feature = "stdio")]
pub use context::client_log_layer;
pub use context::{Context, FromContext, Progress, Requirements, State};
pub use mcp_auth::Principal;
pub use primitives::{
    Argument, Arguments, Call, Complete, Completer, CompletionRequest, Completions, Error,
    IntoPrompt, IntoResource, IntoToolResult, ListedResource, McpServer, Page, Param, Prompt,
    PromptMessage, PromptResult, Resource, ResourceResult, Result, Rule, Tool, ToolOutput,
    ToolResult,
};
pub use protocol::ResourceContents;
pub use schemars::{self, JsonSchema};
pub use serde;
pub use server::{Item, Limits, Server, ServerHandle};

/// What the macros expand to. Not for people: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use std::{marker::PhantomData, sync::Arc};

    pub use serde_json;

    pub use crate::context::{Context, FromContext, blocking};
    pub use crate::primitives::{
        Arguments, BoxFuture, Call, ForPrompt, ForResource, ForTool, McpServer, Param, Probe,
        Prompt, PromptFn, PromptResult, Resource, ResourceFn, ResourceResult, Result, Rule, Tool,
        ToolFn, ToolOutput, ViaConvert, ViaConvertResult, ViaStructured, ViaStructuredResult,
        ViaUnsupported,
    };
}
