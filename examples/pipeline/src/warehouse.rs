//! A warehouse that is a folder: a file for each part that was loaded, named by its key.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use mcp_runtime::Result;
use tokio::io::AsyncWriteExt as _;

/// How long it takes to load a part.
const PART: Duration = Duration::from_millis(100);
const ROWS: usize = 1000;

#[derive(Clone, Debug)]
pub(crate) struct Warehouse(Arc<PathBuf>);

impl Warehouse {
    pub(crate) fn new(folder: impl Into<PathBuf>) -> Self {
        Self(Arc::new(folder.into()))
    }

    /// Loads a part, once for each key; tells how many rows it has.
    pub(crate) async fn load(&self, key: &str, part: usize) -> Result<usize> {
        tokio::fs::create_dir_all(&*self.0).await?;
        tokio::time::sleep(PART).await;
        let file = self.0.join(key);
        let new = tokio::fs::OpenOptions::new().write(true).create_new(true).open(file).await;
        match new {
            Ok(mut file) => {
                file.write_all(format!("{part} {}", std::process::id()).as_bytes()).await?;
                file.flush().await?;
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
        Ok(ROWS)
    }
}
