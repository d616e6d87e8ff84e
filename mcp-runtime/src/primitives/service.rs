use std::sync::Arc;

use super::{Prompt, Resource, Tool};

/// A type whose annotated methods are a server's tools, resources and prompts.
///
/// `#[mcp_server]` on an `impl` block implements it; `Server::from` serves a value of the type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a server",
    label = "its `impl` block is not annotated with `#[mcp_server]`"
)]
pub trait McpServer: Send + Sync + Sized + 'static {
    /// The server's name.
    const NAME: &'static str;
    /// The server's version.
    const VERSION: &'static str;
    /// How a client's model is to use the server.
    const INSTRUCTIONS: Option<&'static str>;

    /// The tools of `this`.
    fn tools(this: &Arc<Self>) -> Vec<Tool>;
    /// The resources of `this`.
    fn resources(this: &Arc<Self>) -> Vec<Resource>;
    /// The prompts of `this`.
    fn prompts(this: &Arc<Self>) -> Vec<Prompt>;
}
