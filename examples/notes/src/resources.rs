//! What a user can attach to a conversation.

use std::fmt::Write as _;

use mcp_runtime::{ListedResource, Page, RequestContext, prelude::*};

use crate::store::{Note, Notes};

/// The titles of all notes, with links to them.
#[mcp_resource("notes://all", mime_type = "text/markdown")]
pub(crate) fn all_notes(State(notes): State<Notes>) -> Result<String> {
    let mut index = String::new();
    for note in notes.all()? {
        writeln!(index, "- [{}](notes://{})", note.title, note.id)?;
    }
    Ok(index)
}

/// One note.
#[mcp_resource("notes://{id}", mime_type = "text/markdown", list = list_notes)]
pub(crate) fn note(id: i64, State(notes): State<Notes>) -> Result<Option<String>> {
    Ok(notes.get(id)?.as_ref().map(markdown))
}

/// The notes that a client finds in the list of resources: one page of them.
async fn list_notes(ctx: RequestContext, page: Page) -> Result<Vec<ListedResource>> {
    let notes = ctx.state::<Notes>().ok_or_else(|| Error::internal("no notes"))?;
    let notes = notes.blocking(move |notes| Ok(notes.page(page.offset, page.limit)?)).await?;
    let listed = |note: Note| {
        ListedResource::new(format!("notes://{}", note.id), note.title)
            .with_mime_type("text/markdown")
    };
    Ok(notes.into_iter().map(listed).collect())
}

pub(crate) fn markdown(note: &Note) -> String {
    let Note { title, body, tags, .. } = note;
    let mut text = format!("# {title}\n\n{body}\n");
    if !tags.is_empty() {
        text.push_str(&format!("\nTags: {}\n", tags.join(", ")));
    }
    text
}

#[cfg(test)]
#[path = "resources_tests.rs"]
mod tests;
