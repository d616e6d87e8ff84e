//! The notes: a table in a SQLite database.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OptionalExtension, Result, Row, params, types::FromSqlError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A note that is stored.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Note {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) tags: Vec<String>,
}

/// A note that is to be stored.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(crate) struct NewNote {
    /// What the note is about.
    pub(crate) title: String,
    /// The text of the note.
    pub(crate) body: String,
    /// Words to find it by.
    #[serde(default)]
    pub(crate) tags: Vec<String>,
}

/// The open database. Clones share its one connection: SQLite writes one thing at a time anyway.
#[derive(Clone, Debug)]
pub(crate) struct Notes(Arc<Mutex<Connection>>);

impl Notes {
    /// Notes that are gone with the process.
    pub(crate) fn in_memory() -> Result<Self> {
        Self::new(Connection::open_in_memory()?)
    }

    /// The notes in a file, which other processes can have open as well.
    pub(crate) fn open(path: impl AsRef<Path>) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        // Readers and a writer do not wait for each other.
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "normal")?;
        Self::new(connection)
    }

    fn new(connection: Connection) -> Result<Self> {
        // AUTOINCREMENT: the id of a deleted note never names another.
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS notes (
                id    INTEGER PRIMARY KEY AUTOINCREMENT,
                title TEXT NOT NULL,
                body  TEXT NOT NULL,
                tags  TEXT NOT NULL -- a JSON array
            ) STRICT",
        )?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Runs `work` on a thread of its own: SQLite blocks, which async functions must not.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> mcp_runtime::Result<T> + Send + 'static,
    ) -> mcp_runtime::Result<T> {
        let notes = self.clone();
        tokio::task::spawn_blocking(move || work(&notes)).await?
    }

    pub(crate) fn add(&self, new: NewNote) -> Result<Note> {
        let connection = self.connection();
        connection.execute(
            "INSERT INTO notes (title, body, tags) VALUES (?1, ?2, ?3)",
            params![new.title, new.body, serde_json::json!(new.tags).to_string()],
        )?;
        let id = connection.last_insert_rowid();
        Ok(Note { id, title: new.title, body: new.body, tags: new.tags })
    }

    pub(crate) fn get(&self, id: i64) -> Result<Option<Note>> {
        self.connection().query_row("SELECT * FROM notes WHERE id = ?1", [id], note).optional()
    }

    /// Deletes a note; `false` when there is none of this id.
    pub(crate) fn delete(&self, id: i64) -> Result<bool> {
        Ok(self.connection().execute("DELETE FROM notes WHERE id = ?1", [id])? > 0)
    }

    /// The first `limit` notes whose title or body contains `text`, whatever the case of its
    /// letters.
    pub(crate) fn search(&self, text: &str, limit: u32) -> Result<Vec<Note>> {
        self.select(
            "SELECT * FROM notes WHERE instr(lower(title || char(10) || body), lower(?1)) > 0
             ORDER BY id LIMIT ?2",
            params![text, limit],
        )
    }

    pub(crate) fn all(&self) -> Result<Vec<Note>> {
        self.select("SELECT * FROM notes ORDER BY id", [])
    }

    /// `limit` notes, after the first `offset`.
    pub(crate) fn page(&self, offset: usize, limit: usize) -> Result<Vec<Note>> {
        self.select("SELECT * FROM notes ORDER BY id LIMIT ?1 OFFSET ?2", params![limit, offset])
    }

    /// The first `limit` notes whose id starts with the digits that were typed.
    pub(crate) fn with_id_prefix(&self, digits: &str, limit: u32) -> Result<Vec<Note>> {
        self.select(
            "SELECT * FROM notes WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id LIMIT ?2",
            params![digits, limit],
        )
    }

    fn select(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Note>> {
        self.connection().prepare(sql)?.query_map(params, note)?.collect()
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // What a panic interrupts, SQLite rolls back.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn note(row: &Row<'_>) -> Result<Note> {
    let tags = serde_json::from_str(row.get_ref("tags")?.as_str()?);
    Ok(Note {
        id: row.get("id")?,
        title: row.get("title")?,
        body: row.get("body")?,
        tags: tags.map_err(|error| FromSqlError::Other(error.into()))?,
    })
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
