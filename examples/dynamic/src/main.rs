//! A server whose tools come and go while it runs: each is a text with gaps, and a schema that says
//! what fills them. Clients that listen hear of every change.

mod template;

use mcp_runtime::{ServerHandle, prelude::*};
use serde_json::{Map, Value};

/// Add a tool that fills the gaps of a text.
#[mcp_tool(destructive = false, open_world = false)]
fn install_tool(
    /// The name of the new tool.
    name: String,
    /// What the new tool does and when to use it.
    description: String,
    /// The text, with the name of an argument in braces for each gap.
    template: String,
    /// The JSON Schema of the new tool's arguments: that of an object.
    schema: Map<String, Value>,
    server: ServerHandle,
) -> Result<String> {
    let installed = format!("`{name}` is installed");
    server.add_tool(template::tool(name, description, template, schema))?;
    Ok(installed)
}

/// Remove a tool that was installed.
#[mcp_tool(destructive, idempotent, open_world = false)]
fn remove_tool(
    /// The name of the tool.
    name: String,
    server: ServerHandle,
) -> Result<String> {
    if is_own(&name) || !server.remove_tool(&name) {
        return Err(Error::new(format!("no tool named `{name}` is installed")));
    }
    Ok(format!("`{name}` is removed"))
}

/// Hide a tool that was installed, or show it again.
#[mcp_tool(destructive = false, idempotent, open_world = false)]
fn enable_tool(
    /// The name of the tool.
    name: String,
    /// Whether clients see it.
    enabled: bool,
    server: ServerHandle,
) -> &'static str {
    if !is_own(&name) && server.enable_tool(&name, enabled) { "done" } else { "nothing changes" }
}

/// Whether the tool is one of those above: without them, nothing could change any more.
fn is_own(name: &str) -> bool {
    ["install_tool", "remove_tool", "enable_tool"].contains(&name)
}

fn server() -> Server {
    Server::new("dynamic", env!("CARGO_PKG_VERSION")).tools(tools![
        install_tool,
        remove_tool,
        enable_tool
    ])
}

#[tokio::main]
async fn main() -> Result<()> {
    server().run().await
}

#[cfg(test)]
mod tests;
