//! The server that the official conformance suite is run against, in all revisions at one URL.
//!
//! Its tools, resources and prompts have the names and answers that the suite asks for.

mod decorated;
mod media;
mod prompts;
mod resources;
mod tools;

use mcp_runtime::Server;

/// The server, not built yet.
pub fn server() -> Server {
    Server::new("conformance-server", env!("CARGO_PKG_VERSION"))
        .title("Conformance")
        .description("Answers what the official conformance suite asks.")
        .instructions("Call the tools by the names that the suite has for them.")
        .tools(tools::all())
        .resources(resources::all())
        .prompts(prompts::all())
        .skills(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/skills"))
}
