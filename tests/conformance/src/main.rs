//! The server that the official conformance suite is run against, in all revisions at one URL.
//!
//! Its tools, resources and prompts have the names and answers that the suite asks for.

mod media;
mod prompts;
mod resources;
mod tools;

use mcp_runtime::prelude::*;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<()> {
    let server = Server::new("conformance-server", env!("CARGO_PKG_VERSION"))
        .title("Conformance")
        .description("Answers what the official conformance suite asks.")
        .instructions("Call the tools by the names that the suite has for them.")
        .tools(tools::all())
        .resources(resources::all())
        .prompts(prompts::all())
        .build()?;
    let mut arguments = std::env::args().skip(1);
    let (Some("--http"), Some(address)) = (arguments.next().as_deref(), arguments.next()) else {
        return Err(Error::new("usage: conformance-server --http ADDR"));
    };
    let listener = TcpListener::bind(address).await?;
    server.serve(listener, server.router("/mcp")).await
}
