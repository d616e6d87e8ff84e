//! What a model can do with the notes.
//!
//! Functions that are not async run on a thread where they may block, as SQLite does.

use std::time::Duration;

use mcp_runtime::{ServerHandle, prelude::*};
use schemars::JsonSchema;
use serde::Serialize;

use crate::store::{NewNote, Note, Notes};

/// Store a note.
#[mcp_tool(destructive = false, open_world = false)]
pub(crate) fn add_note(
    /// What the note is about.
    #[arg(length = 1..=200)]
    title: String,
    /// The text of the note.
    body: String,
    /// Words to find it by.
    #[arg(default = vec![])]
    tags: Vec<String>,
    State(notes): State<Notes>,
    server: ServerHandle,
) -> Result<Note> {
    add_and_tell(&notes, &server, NewNote { title, body, tags })
}

/// Find notes that have a word in their title or text.
#[mcp_tool(read_only, open_world = false)]
pub(crate) fn search_notes(
    /// The word, or a part of it.
    #[arg(length = 1..=200)]
    query: String,
    /// How many notes to give at most.
    #[arg(default = 20, range = 1..=100)]
    limit: u32,
    State(notes): State<Notes>,
) -> Result<Vec<Note>> {
    Ok(notes.search(&query, limit)?)
}

/// Delete a note for good.
#[mcp_tool(destructive, idempotent, open_world = false)]
pub(crate) fn delete_note(
    /// Which note.
    id: i64,
    State(notes): State<Notes>,
    server: ServerHandle,
) -> Result<String> {
    if !notes.delete(id)? {
        return Err(Error::new(format!("there is no note {id}")));
    }
    tell_of_change(&server, id);
    Ok(format!("note {id} is deleted"))
}

/// What an import has stored.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Imported {
    /// The ids of the new notes, in the order in which they came.
    pub(crate) ids: Vec<i64>,
}

/// Store many notes. What is stored when the call is cancelled stays.
#[mcp_tool(destructive = false, open_world = false)]
pub(crate) async fn import_notes(
    /// The notes.
    notes: Vec<NewNote>,
    /// How long to pause before each note, in milliseconds.
    #[arg(default = 0, range = 0..=10_000)]
    delay_ms: u64,
    State(store): State<Notes>,
    server: ServerHandle,
    progress: Progress,
) -> Result<Imported> {
    progress.set_total(notes.len() as f64);
    let mut ids = Vec::with_capacity(notes.len());
    for new in notes {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
        let server = server.clone();
        let note = store.blocking(move |store| add_and_tell(store, &server, new)).await?;
        ids.push(note.id);
        progress.increment(1.0, note.title).await;
    }
    Ok(Imported { ids })
}

fn add_and_tell(notes: &Notes, server: &ServerHandle, new: NewNote) -> Result<Note> {
    let note = notes.add(new)?;
    tell_of_change(server, note.id);
    Ok(note)
}

/// Tells the clients that watch the note, the index, or the list of resources.
fn tell_of_change(server: &ServerHandle, id: i64) {
    server.resource_updated(format!("notes://{id}"));
    server.resource_updated("notes://all");
    server.resources_changed();
}

#[cfg(test)]
#[path = "tools_tests.rs"]
mod tests;
