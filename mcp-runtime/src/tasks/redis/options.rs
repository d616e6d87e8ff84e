use std::{fmt, sync::Arc, time::Duration};

use ::redis::Client;

use super::RedisStore;
use crate::tasks::Cipher;

/// How a [`RedisStore`] is reached and what it writes.
#[must_use = "a builder does nothing until it builds"]
pub struct RedisStoreBuilder {
    url: String,
    prefix: String,
    timeout: Duration,
    cipher: Option<Arc<dyn Cipher>>,
}

impl RedisStoreBuilder {
    pub(super) fn new(url: String) -> Self {
        Self { url, prefix: "mcp".into(), timeout: Duration::from_millis(1500), cipher: None }
    }

    /// What every key begins with: servers with the same prefix share their tasks. `mcp`, unless it
    /// is said.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long a call can take at all, with every attempt. 1.5 s, unless it is said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Seals arguments, callers, results, questions, answers, messages and journals. Owners, names of
    /// tools, keys of questions and times stay in clear.
    ///
    /// All servers with the same prefix need the same keys; a task that a server cannot open is
    /// [`Unreadable`](crate::tasks::StoreError::Unreadable) to it.
    pub fn cipher(mut self, cipher: Arc<dyn Cipher>) -> Self {
        self.cipher = Some(cipher);
        self
    }

    /// Makes the store. It connects when it is used: see [`RedisStore::check`].
    ///
    /// # Errors
    ///
    /// When the URL is wrong, or the prefix is empty or has a brace or a control character.
    pub fn build(self) -> Result<RedisStore, InvalidRedisOptions> {
        let is_bad = |c: char| c == '{' || c == '}' || c.is_control();
        if self.prefix.is_empty() || self.prefix.contains(is_bad) {
            return Err(InvalidRedisOptions(
                "the prefix is empty or has a brace or a control character",
            ));
        }
        // The URL is not repeated: it can have a password.
        let client = Client::open(self.url).map_err(|_| {
            InvalidRedisOptions(
                "the URL is not valid, or needs TLS, which is a feature of the crate `redis`",
            )
        })?;
        let prefix = format!("{{{}}}:", self.prefix);
        Ok(RedisStore::new(client, prefix, self.timeout, self.cipher))
    }
}

/// The options of a [`RedisStore`] cannot be used.
#[derive(Debug)]
pub struct InvalidRedisOptions(&'static str);

impl fmt::Display for InvalidRedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redis: {}", self.0)
    }
}

impl std::error::Error for InvalidRedisOptions {}

impl fmt::Debug for RedisStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStoreBuilder").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
