//! The tokens of registries, in a file that only its owner reads.

use std::{collections::BTreeMap, fs, io, path::PathBuf};

use super::{RegistryUrl, Token};
use crate::{
    error::{Error, Result},
    paths,
};

/// The file `cargo-mcp/registry.json` of the user's configuration, readable for the user alone.
///
/// # Examples
///
/// ```no_run
/// use cargo_mcp::registry::{Credentials, RegistryUrl};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let registry: RegistryUrl = RegistryUrl::OFFICIAL.parse()?;
/// let now = std::time::UNIX_EPOCH.elapsed()?.as_secs();
/// let token = Credentials::of_user()?.token(&registry, now.try_into()?)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Credentials {
    path: PathBuf,
}

impl Credentials {
    /// The file of the user that runs the program.
    ///
    /// # Errors
    ///
    /// When the user has no home.
    pub fn of_user() -> Result<Self> {
        Ok(Self { path: paths::configuration()?.join("cargo-mcp/registry.json") })
    }

    /// The token for a registry, if it is still good at `now`, in seconds since 1970.
    ///
    /// # Errors
    ///
    /// When there is none, it has expired, or the file cannot be read.
    pub fn token(&self, registry: &RegistryUrl, now: i64) -> Result<Token> {
        let token = self.read()?.remove(&registry.origin());
        let login = "log in with `cargo mcp registry login`";
        match token {
            None => Err(Error::new(format!("you are not logged in to {registry}; {login}"))),
            Some(token) if token.expires_at <= now => {
                Err(Error::new(format!("your login to {registry} has expired; {login}")))
            }
            Some(token) => Ok(token),
        }
    }

    /// Keeps the token for a registry, in the place of an older one.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn keep(&self, registry: &RegistryUrl, token: Token) -> Result {
        let mut tokens = self.read()?;
        tokens.insert(registry.origin(), token);
        self.write(&tokens)
    }

    /// Forgets the token for a registry; false where there was none.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn forget(&self, registry: &RegistryUrl) -> Result<bool> {
        let mut tokens = self.read()?;
        let found = tokens.remove(&registry.origin()).is_some();
        if found {
            self.write(&tokens)?;
        }
        Ok(found)
    }

    fn read(&self) -> Result<BTreeMap<String, Token>> {
        match fs::read(&self.path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|_| Error::new(format!("{} is damaged; delete it", self.path.display()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(Error::of_file(&self.path, &error)),
        }
    }

    fn write(&self, tokens: &BTreeMap<String, Token>) -> Result {
        let text = serde_json::to_string(tokens).map_err(|error| Error::new(error.to_string()))?;
        paths::replace_file(&self.path, text.as_bytes(), None)
    }
}
