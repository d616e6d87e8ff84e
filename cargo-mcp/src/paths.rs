//! Where the user's files are, and how they are replaced.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};

pub(crate) fn home() -> Result<PathBuf> {
    env::home_dir()
        .filter(|home| home.is_absolute())
        .ok_or_else(|| Error::new("you have no home directory"))
}

/// Where programs of the user keep their configuration.
pub(crate) fn configuration() -> Result<PathBuf> {
    let named = if cfg!(windows) { "APPDATA" } else { "XDG_CONFIG_HOME" };
    if let Some(path) = env::var_os(named).map(PathBuf::from).filter(|path| path.is_absolute()) {
        return Ok(path);
    }
    let below = match () {
        () if cfg!(windows) => "AppData/Roaming",
        () if cfg!(target_os = "macos") => "Library/Application Support",
        () => ".config",
    };
    Ok(home()?.join(below))
}

/// Writes a file as a whole or not at all. It is readable for the user alone, unless it takes the
/// permissions of the one that it replaces.
pub(crate) fn replace_file(path: &Path, bytes: &[u8], like: Option<fs::Permissions>) -> Result {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || {
        fs::create_dir_all(folder)?;
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        if let Some(permissions) = like {
            file.as_file().set_permissions(permissions)?;
        }
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)
    };
    write().map(drop).map_err(|error| Error::of_file(path, &error))
}
