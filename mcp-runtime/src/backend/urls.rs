//! URL elicitations for every process: the page and the call can be served by different ones.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde::de::DeserializeOwned;
use tokio::{sync::broadcast, time::timeout};

use super::{Backend, Full, Group, Heard, Signal, next_heard};
use crate::{
    effects::{URL_KEPT, UrlElicitationRecord, UrlElicitationStore, UrlElicited},
    primitives::{BoxFuture, Error, Result},
    tasks::StoreError,
};

const RECORD: &str = "record";
const OUTCOME: &str = "outcome";

/// How often is looked for an outcome of which no signal came.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Keeps URL elicitations in the backend.
pub(crate) struct SharedUrlElicitations {
    backend: Arc<dyn Backend>,
    max: usize,
    max_per_principal: usize,
}

impl SharedUrlElicitations {
    pub(crate) fn new(backend: Arc<dyn Backend>, max: usize, max_per_principal: usize) -> Self {
        Self { backend, max, max_per_principal }
    }

    async fn open(&self, id: &str, record: &UrlElicitationRecord) -> Result<()> {
        let mut groups = vec![Group { name: "urls".to_owned(), max: self.max }];
        groups.extend(of_user(record).map(|name| Group { name, max: self.max_per_principal }));
        let left = record.deadline().duration_since(SystemTime::now());
        let ttl = left.unwrap_or_default() + URL_KEPT;
        let json = serde_json::to_vec(record).map_err(Error::internal)?;
        match self.backend.create(&key(id), &[(RECORD, &json)], ttl, &groups).await? {
            Ok(()) => Ok(()),
            Err(Full(_)) => Err(Error::new("too many URLs wait for their users")),
        }
    }

    async fn field<T: DeserializeOwned>(&self, id: &str, field: &str) -> Result<Option<T>> {
        let fields = self.backend.read(&key(id)).await?;
        fields
            .get(field)
            .map(|json| serde_json::from_slice(json).map_err(Error::internal))
            .transpose()
    }

    async fn close(&self, id: &str, outcome: UrlElicited) -> Result<bool> {
        let json = serde_json::to_vec(&outcome).map_err(Error::internal)?;
        let closed = self.backend.set(&key(id), OUTCOME, &json, true).await?;
        if closed {
            // What follows is done by itself later on, if it cannot be done now.
            let record = self.field::<UrlElicitationRecord>(id, RECORD).await;
            if let Some(group) = record.ok().flatten().as_ref().and_then(of_user) {
                log_failure(self.backend.leave(&key(id), &group).await);
            }
            log_failure(self.backend.signal(&Signal::UrlClosed(id.to_owned())).await);
        }
        Ok(closed)
    }

    async fn closed(&self, id: &str) -> Result<UrlElicited> {
        let mut heard = self.backend.listen();
        loop {
            match self.field(id, OUTCOME).await {
                Ok(Some(outcome)) => return Ok(outcome),
                Ok(None) => {}
                // The user has time yet; the store can come back.
                Err(error) => tracing::warn!(%error, "an outcome cannot be looked for"),
            }
            let _ = timeout(LOOK_EVERY, told(&mut heard, id)).await;
        }
    }
}

/// Waits until there may be an outcome.
async fn told(heard: &mut broadcast::Receiver<Heard>, id: &str) {
    while let Some(next) = next_heard(heard).await {
        match next {
            Heard::Signal(Signal::UrlClosed(closed)) if closed == id => return,
            Heard::Signal(_) => {}
            Heard::Gap => return,
        }
    }
}

fn key(id: &str) -> String {
    format!("url:{id}")
}

/// The group of those that a user is on the way to.
fn of_user(record: &UrlElicitationRecord) -> Option<String> {
    record.user().map(|user| format!("urls:{user:?}"))
}

fn log_failure(result: Result<(), StoreError>) {
    if let Err(error) = result {
        tracing::debug!(%error, "others hear later that a URL elicitation is closed");
    }
}

impl fmt::Debug for SharedUrlElicitations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedUrlElicitations").finish_non_exhaustive()
    }
}

impl UrlElicitationStore for SharedUrlElicitations {
    fn open<'a>(
        &'a self,
        id: &'a str,
        record: &'a UrlElicitationRecord,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.open(id, record))
    }

    fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<UrlElicitationRecord>>> {
        Box::pin(self.field(id, RECORD))
    }

    fn close<'a>(&'a self, id: &'a str, outcome: UrlElicited) -> BoxFuture<'a, Result<bool>> {
        Box::pin(self.close(id, outcome))
    }

    fn outcome<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<UrlElicited>>> {
        Box::pin(self.field(id, OUTCOME))
    }

    fn closed<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<UrlElicited>> {
        Box::pin(self.closed(id))
    }
}
