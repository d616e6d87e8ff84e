//! Notes in a SQLite database.
//!
//! They are gone with the process, unless the environment variable `NOTES_DB` names a file. Several
//! processes can share a file, as they do when several clients start one each; a client hears of
//! the changes that its own process makes.

mod prompts;
mod resources;
mod store;
mod tools;

use mcp_runtime::{Limits, prelude::*};

use prompts::summarize;
use resources::{all_notes, note};
use store::Notes;
use tools::{add_note, delete_note, import_notes, search_notes};

const INSTRUCTIONS: &str = "\
Notes of the user. Search before you add a note, so that nothing is noted twice. \
Ask the user before you delete one.";

fn server(notes: Notes) -> Server {
    let mut limits = Limits::default();
    limits.page_items = 50;
    Server::new("notes", env!("CARGO_PKG_VERSION"))
        .title("Notes")
        .instructions(INSTRUCTIONS)
        .limits(limits)
        .state(notes)
        .tools(tools![add_note, search_notes, delete_note, import_notes])
        .resources(resources![all_notes, note])
        .prompts(prompts![summarize])
}

#[tokio::main]
async fn main() -> Result<()> {
    let notes = match std::env::var_os("NOTES_DB") {
        Some(path) => Notes::open(path)?,
        None => Notes::in_memory()?,
    };
    server(notes).run().await
}

#[cfg(test)]
mod tests;
