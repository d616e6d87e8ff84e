use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use mcp_auth::Principal;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::UrlElicited;
use crate::primitives::{BoxFuture, Error, Result};

/// How long the outcome of a URL elicitation is known after its deadline: a client of 2026-07-28
/// can come for it a while later.
pub(crate) const URL_KEPT: Duration = Duration::from_secs(600);

/// How much of a message is kept, in characters: it can hold what a client has sent.
const KEPT_CHARS: usize = 1000;

/// What is known of a URL elicitation besides its id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct UrlElicitationRecord {
    message: String,
    /// Issuer and subject of who was asked.
    user: Option<(String, String)>,
    deadline: SystemTime,
}

impl UrlElicitationRecord {
    pub(super) fn new(message: &str, asked: Option<&Principal>, deadline: SystemTime) -> Self {
        let message = message.chars().take(KEPT_CHARS).collect();
        let user = asked.map(|it| (it.issuer().to_owned(), it.subject().to_owned()));
        Self { message, user, deadline }
    }

    /// What the user was told; of a long message, its first 1,000 characters.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Issuer and subject of the user who was asked, where the server knows its callers.
    #[must_use]
    pub fn user(&self) -> Option<(&str, &str)> {
        self.user.as_ref().map(|(issuer, subject)| (&**issuer, &**subject))
    }

    /// From when on it cannot be completed any more.
    #[must_use]
    pub fn deadline(&self) -> SystemTime {
        self.deadline
    }

    pub(super) fn is_open_to(&self, opener: Option<&Principal>) -> bool {
        let asked = self.user();
        asked.is_none() || asked == opener.map(|it| (it.issuer(), it.subject()))
    }

    pub(super) fn has_expired(&self) -> bool {
        SystemTime::now() >= self.deadline
    }
}

/// Keeps the URL elicitations of all processes that serve one endpoint. Without one, each process
/// keeps its own in memory.
///
/// An elicitation is opened by the call that asks, and closed once: by the user's page, or by the
/// call when it waits no longer. The record may be forgotten after its deadline, the outcome ten
/// minutes later.
///
/// ```
/// use mcp_runtime::{BoxFuture, Result, Server, UrlElicitationRecord, UrlElicitationStore, UrlElicited};
/// # #[derive(Debug)] struct Client;
/// # impl Client {
/// #     async fn set<T>(&self, _: String, _: &T) -> Result<()> { Ok(()) }
/// #     async fn set_if_absent<T>(&self, _: String, _: &T) -> Result<bool> { Ok(true) }
/// #     async fn get<T>(&self, _: String) -> Result<Option<T>> { Ok(None) }
/// # }
///
/// /// In a database that all processes share.
/// #[derive(Debug)]
/// struct Shared(Client);
///
/// impl UrlElicitationStore for Shared {
///     fn open<'a>(&'a self, id: &'a str, record: &'a UrlElicitationRecord) -> BoxFuture<'a, Result<()>> {
///         Box::pin(async move { self.0.set(format!("url:{id}"), record).await })
///     }
///
///     fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<UrlElicitationRecord>>> {
///         Box::pin(self.0.get(format!("url:{id}")))
///     }
///
///     fn close<'a>(&'a self, id: &'a str, outcome: UrlElicited) -> BoxFuture<'a, Result<bool>> {
///         Box::pin(async move { self.0.set_if_absent(format!("url-outcome:{id}"), &outcome).await })
///     }
///
///     fn outcome<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<UrlElicited>>> {
///         Box::pin(self.0.get(format!("url-outcome:{id}")))
///     }
/// }
///
/// # let client = Client;
/// let server = Server::new("shop", "1.0.0").url_elicitation_store(Shared(client));
/// ```
pub trait UrlElicitationStore: fmt::Debug + Send + Sync + 'static {
    /// Keeps a new elicitation. Its id is new as well.
    ///
    /// # Errors
    ///
    /// When there is no room, or the store cannot be reached.
    fn open<'a>(
        &'a self,
        id: &'a str,
        record: &'a UrlElicitationRecord,
    ) -> BoxFuture<'a, Result<()>>;

    /// The elicitation of this id, open or closed.
    ///
    /// # Errors
    ///
    /// When the store cannot be reached.
    fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<UrlElicitationRecord>>>;

    /// Closes an elicitation; `false` when it has been closed before. Of several at once, one gets
    /// `true`.
    ///
    /// # Errors
    ///
    /// When the store cannot be reached.
    fn close<'a>(&'a self, id: &'a str, outcome: UrlElicited) -> BoxFuture<'a, Result<bool>>;

    /// How an elicitation was closed, if it was.
    ///
    /// # Errors
    ///
    /// When the store cannot be reached.
    fn outcome<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<UrlElicited>>>;

    /// Waits until an elicitation is closed. Asks for the outcome every second, unless the store
    /// knows better.
    ///
    /// # Errors
    ///
    /// When the store cannot be reached.
    fn closed<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<UrlElicited>> {
        Box::pin(async move {
            loop {
                if let Some(outcome) = self.outcome(id).await? {
                    return Ok(outcome);
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        })
    }
}

/// The store of one process.
pub(crate) struct MemoryStore {
    elicitations: Mutex<HashMap<String, Elicitation>>,
    max: usize,
    max_per_principal: usize,
}

struct Elicitation {
    record: UrlElicitationRecord,
    outcome: watch::Sender<Option<UrlElicited>>,
}

impl Elicitation {
    fn is_kept(&self, now: SystemTime) -> bool {
        let kept = if self.outcome.borrow().is_some() { URL_KEPT } else { Duration::ZERO };
        now < self.record.deadline + kept
    }
}

impl MemoryStore {
    pub(crate) fn new(max: usize, max_per_principal: usize) -> Self {
        Self { elicitations: Mutex::default(), max, max_per_principal }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Elicitation>> {
        self.elicitations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, id: &str, record: &UrlElicitationRecord) -> Result<()> {
        let mut elicitations = self.lock();
        let now = SystemTime::now();
        elicitations.retain(|_, it| it.is_kept(now));
        let of_user = || {
            let open = elicitations.values().filter(|it| it.outcome.borrow().is_none());
            open.filter(|it| it.record.user == record.user).count()
        };
        if elicitations.len() >= self.max
            || (record.user.is_some() && of_user() >= self.max_per_principal)
        {
            return Err(Error::new("too many URLs wait for their users"));
        }
        let elicitation = Elicitation { record: record.clone(), outcome: watch::Sender::new(None) };
        elicitations.insert(id.to_owned(), elicitation);
        Ok(())
    }

    fn close(&self, id: &str, outcome: UrlElicited) -> bool {
        self.lock().get(id).is_some_and(|elicitation| {
            elicitation.outcome.send_if_modified(|current| {
                let is_open = current.is_none();
                current.get_or_insert(outcome);
                is_open
            })
        })
    }

    async fn closed(&self, id: &str) -> UrlElicited {
        let outcome = self.lock().get(id).map(|it| it.outcome.subscribe());
        if let Some(mut outcome) = outcome
            && let Ok(outcome) = outcome.wait_for(Option::is_some).await
            && let Some(outcome) = *outcome
        {
            return outcome;
        }
        // Another process may know it. Here nobody closes it.
        std::future::pending().await
    }
}

/// Without the ids, which are all that a page without users asks for.
impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("len", &self.lock().len()).finish_non_exhaustive()
    }
}

impl UrlElicitationStore for MemoryStore {
    fn open<'a>(
        &'a self,
        id: &'a str,
        record: &'a UrlElicitationRecord,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.open(id, record) })
    }

    fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<UrlElicitationRecord>>> {
        Box::pin(async move { Ok(self.lock().get(id).map(|it| it.record.clone())) })
    }

    fn close<'a>(&'a self, id: &'a str, outcome: UrlElicited) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async move { Ok(self.close(id, outcome)) })
    }

    fn outcome<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<UrlElicited>>> {
        Box::pin(async move { Ok(self.lock().get(id).and_then(|it| *it.outcome.borrow())) })
    }

    fn closed<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<UrlElicited>> {
        Box::pin(async move { Ok(self.closed(id).await) })
    }
}
