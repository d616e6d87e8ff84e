//! A server that asks an authorization server who calls. `--http 127.0.0.1:8000` serves Streamable
//! HTTP. Over standard input and output nobody is asked: who has started the server is its user.
//!
//! `RESOURCE` is the URL under which clients reach the server, and `ISSUER` the authorization
//! server's.

use std::env;

use mcp_runtime::{ResourceServer, prelude::*};

/// Say who is calling.
#[mcp_tool(read_only)]
async fn whoami(caller: Principal) -> String {
    caller.subject().to_owned()
}

/// Publish a text, for everyone to see.
#[mcp_tool(scopes("texts:write"), destructive = false)]
async fn publish_text(
    /// The text.
    text: String,
    caller: Principal,
) -> String {
    format!("{} has published {} characters", caller.subject(), text.chars().count())
}

fn server() -> Server {
    Server::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
        .description(env!("CARGO_PKG_DESCRIPTION"))
        .instructions("Publish texts with `publish_text`.")
        .tools(tools![whoami, publish_text])
        .auth(who_calls())
}

fn who_calls() -> ResourceServer {
    let variable = |name, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    ResourceServer::new(variable("RESOURCE", "http://127.0.0.1:8000/mcp"))
        .issuer(variable("ISSUER", "https://auth.example.com"))
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    server().run().await
}

#[cfg(test)]
mod tests;
