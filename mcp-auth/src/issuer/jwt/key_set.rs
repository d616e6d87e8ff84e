//! The keys of an issuer: fetched when they are needed, and again when they are old or one is
//! missing.

use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use http::Uri;
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    task::JoinHandle,
    time::Instant,
};

use super::PublicKey;
use crate::{issuer::About, verify::VerifyError};

/// Keys that were published together.
#[derive(Debug, Default)]
pub(super) struct KeySet(Vec<PublicKey>);

impl KeySet {
    /// The keys of a document that are of use. One that cannot be read does not spoil the others.
    fn parse(document: &[u8], max: usize) -> Option<Self> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Box<RawValue>>,
        }
        let Document { keys } = serde_json::from_slice(document).ok()?;
        Some(Self(keys.iter().filter_map(|key| PublicKey::parse(key.get())).take(max).collect()))
    }

    /// The keys of this id, or of any without an id, that fit the algorithm.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Vec<&PublicKey> {
        let fits = |it: &&PublicKey| it.fits(algorithm) && id.is_none_or(|id| it.has_id(id));
        self.0.iter().filter(fits).collect()
    }
}

/// The keys of one issuer.
#[derive(Debug)]
pub(super) struct Keys {
    about: Arc<About>,
    location: Option<Uri>,
    latest: RwLock<Option<Fetched>>,
    /// Held while keys are fetched: one fetch is enough for everyone.
    fetching: Arc<Mutex<Attempts>>,
}

#[derive(Clone, Debug)]
struct Fetched {
    at: Instant,
    document: Bytes,
    keys: Arc<KeySet>,
}

#[derive(Debug, Default)]
struct Attempts {
    /// The last that failed.
    failed: Option<Instant>,
    /// The last that was made for an unknown key.
    for_unknown: Option<Instant>,
}

impl Keys {
    pub(super) fn new(about: Arc<About>, location: Option<Uri>) -> Self {
        Self { about, location, latest: RwLock::default(), fetching: Arc::default() }
    }

    fn latest(&self) -> Option<Fetched> {
        self.latest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_fresh(&self, fetched: &Fetched) -> bool {
        fetched.at.elapsed() < self.about.limits.keys_fresh
    }

    fn usable(&self) -> Option<Fetched> {
        let limits = &self.about.limits;
        self.latest().filter(|it| it.at.elapsed() < limits.keys_fresh + limits.keys_stale)
    }

    /// The keys that are to be used.
    pub(super) async fn current(self: &Arc<Self>) -> Result<Arc<KeySet>, VerifyError> {
        let Some(known) = self.usable() else {
            let attempts = self.lock().await;
            return match self.usable() {
                Some(fetched) => Ok(fetched.keys),
                None => self.fetch(attempts).await,
            };
        };
        if self.is_fresh(&known) {
            return Ok(known.keys);
        }
        // While someone looks for new ones, the old ones will do.
        let Ok(attempts) = Arc::clone(&self.fetching).try_lock_owned() else {
            return Ok(known.keys);
        };
        match self.latest() {
            Some(latest) if self.is_fresh(&latest) => return Ok(latest.keys),
            _ => {}
        }
        if attempts.failed.is_none() {
            return self.fetch(attempts).await.or(Ok(known.keys));
        }
        // Nobody waits for an issuer that did not answer the last time.
        if !self.is_pausing(&attempts) {
            drop(self.start_fetch(attempts));
        }
        Ok(known.keys)
    }

    /// Keys among which one may be that is not in `known`.
    pub(super) async fn newer_than(
        self: &Arc<Self>,
        known: &Arc<KeySet>,
    ) -> Result<Arc<KeySet>, VerifyError> {
        let mut attempts = self.lock().await;
        if let Some(latest) = self.latest().filter(|it| !Arc::ptr_eq(&it.keys, known)) {
            return Ok(latest.keys);
        }
        let pause = self.about.limits.fetch_pause;
        if attempts.for_unknown.is_some_and(|at| at.elapsed() < pause) {
            // After a failure, nobody knows whether the key is a good one.
            return match attempts.failed {
                None => Ok(Arc::clone(known)),
                Some(_) => Err(self.unavailable()),
            };
        }
        attempts.for_unknown = Some(Instant::now());
        self.fetch(attempts).await
    }

    async fn lock(&self) -> OwnedMutexGuard<Attempts> {
        Arc::clone(&self.fetching).lock_owned().await
    }

    fn is_pausing(&self, attempts: &Attempts) -> bool {
        attempts.failed.is_some_and(|at| at.elapsed() < self.about.limits.fetch_pause)
    }

    async fn fetch(
        self: &Arc<Self>,
        attempts: OwnedMutexGuard<Attempts>,
    ) -> Result<Arc<KeySet>, VerifyError> {
        if self.is_pausing(&attempts) {
            return Err(self.unavailable());
        }
        self.start_fetch(attempts).await.unwrap_or_else(|_| Err(self.unavailable()))
    }

    /// In a task of its own: it goes on when the client that was the first to need it does not.
    fn start_fetch(
        self: &Arc<Self>,
        attempts: OwnedMutexGuard<Attempts>,
    ) -> JoinHandle<Result<Arc<KeySet>, VerifyError>> {
        let keys = Arc::clone(self);
        tokio::spawn(async move { keys.fetch_now(attempts).await })
    }

    async fn fetch_now(
        &self,
        mut attempts: OwnedMutexGuard<Attempts>,
    ) -> Result<Arc<KeySet>, VerifyError> {
        let document = self.download().await;
        attempts.failed = document.is_none().then(Instant::now);
        let document = document.ok_or_else(|| self.unavailable())?;
        let previous = self.latest().filter(|it| it.document == document);
        let keys = match previous {
            Some(previous) => previous.keys,
            None => {
                let keys = KeySet::parse(&document, self.about.limits.keys).ok_or_else(|| {
                    tracing::warn!(issuer = self.about.name, "the keys cannot be read");
                    attempts.failed = Some(Instant::now());
                    self.unavailable()
                })?;
                tracing::info!(issuer = self.about.name, count = keys.0.len(), "new keys");
                Arc::new(keys)
            }
        };
        let fetched = Fetched { at: Instant::now(), document, keys: Arc::clone(&keys) };
        *self.latest.write().unwrap_or_else(PoisonError::into_inner) = Some(fetched);
        Ok(keys)
    }

    async fn download(&self) -> Option<Bytes> {
        let location = match &self.location {
            Some(location) => location.clone(),
            None => {
                let metadata = self.about.discover().await?;
                self.about.location("jwks_uri", metadata.jwks_uri.as_ref())?
            }
        };
        let patience = self.about.limits.fetch_timeout;
        self.about
            .client
            .get(&location, patience)
            .await
            .map_err(|error| tracing::warn!(%location, %error, "no keys"))
            .ok()
    }

    fn unavailable(&self) -> VerifyError {
        VerifyError::Unavailable { retry_after: self.about.limits.fetch_pause }
    }
}
