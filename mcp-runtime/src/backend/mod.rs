//! What the processes that serve one endpoint share besides tasks.

#[cfg(feature = "redis")]
pub(crate) mod redis;
mod relay;
mod session;
mod signal;
#[cfg(feature = "redis")]
mod urls;

use std::{collections::HashMap, fmt, time::Duration};

use bytes::Bytes;
use tokio::sync::broadcast;

use crate::{protocol::RequestId, tasks::StoreFuture};

pub(crate) use relay::Relay;
pub(crate) use session::{About, Change, Changes, SharedSession};
pub(crate) use signal::{Heard, SessionSignal, Signal};
#[cfg(feature = "redis")]
pub(crate) use urls::SharedUrlElicitations;

/// A place that all processes reach.
///
/// It keeps *entries*, which are maps of fields; *groups*, which count entries; and *logs*, which are
/// events in their order. All of them go by themselves. *Signals* reach whoever listens at the time.
///
/// Whatever is done twice, because the outcome of the first time is not known, does no harm.
pub(crate) trait Backend: fmt::Debug + Send + Sync + 'static {
    /// Makes an entry with a new key, that has a place in each of the groups. `Err` inside is the
    /// first group that has no place left.
    fn create<'a>(
        &'a self,
        key: &'a str,
        fields: &'a [(&'a str, &'a [u8])],
        ttl: Duration,
        groups: &'a [Group],
    ) -> StoreFuture<'a, Result<(), Full>>;

    /// The fields of an entry; none when there is no entry.
    fn read<'a>(&'a self, key: &'a str) -> StoreFuture<'a, HashMap<String, Bytes>>;

    /// Sets a field; `false` when there is no entry, or it must be set `only_once` and is.
    fn set<'a>(
        &'a self,
        key: &'a str,
        field: &'a str,
        value: &'a [u8],
        only_once: bool,
    ) -> StoreFuture<'a, bool>;

    fn unset<'a>(&'a self, key: &'a str, field: &'a str) -> StoreFuture<'a, ()>;

    /// Lets an entry live on for so long from now; `false` when there is none.
    fn keep<'a>(
        &'a self,
        key: &'a str,
        ttl: Duration,
        groups: &'a [Group],
    ) -> StoreFuture<'a, bool>;

    fn remove<'a>(&'a self, key: &'a str, groups: &'a [Group]) -> StoreFuture<'a, ()>;

    /// Gives up an entry's place in a group.
    fn leave<'a>(&'a self, key: &'a str, group: &'a str) -> StoreFuture<'a, ()>;

    /// Adds events to a log; the oldest make room, and the oldest logs of a group that is full. `signal` is for those who follow. The writer is
    /// taken for dead when it does not call this again within the lease.
    fn append<'a>(
        &'a self,
        log: &'a str,
        appended: Appended<'a>,
        limits: LogLimits,
        signal: &'a Signal,
    ) -> StoreFuture<'a, ()>;

    /// What comes after the event `seen`; `None` when there is no such log, or some of it is gone.
    fn follow<'a>(&'a self, log: &'a str, seen: u64) -> StoreFuture<'a, Option<Followed>>;

    fn signal<'a>(&'a self, signal: &'a Signal) -> StoreFuture<'a, ()>;

    /// What others signal from here on. Needs a runtime.
    fn listen(&self) -> broadcast::Receiver<Heard>;
}

/// Entries that are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) name: String,
    /// How many there can be.
    pub(crate) max: usize,
}

/// The index of a group that has no place left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full(pub(crate) usize);

/// What is added to a log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Appended<'a> {
    /// The number of the first event.
    pub(crate) first: u64,
    pub(crate) events: &'a [Bytes],
    /// Nothing follows.
    pub(crate) done: bool,
    /// Which request the log answers, if it is one.
    pub(crate) request: Option<&'a RequestId>,
    /// The group of the log.
    pub(crate) group: &'a Group,
}

/// How much is kept of a log, and how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogLimits {
    pub(crate) events: usize,
    pub(crate) bytes: usize,
    /// Of all logs together: the oldest make room.
    pub(crate) total_bytes: usize,
    pub(crate) lease: Duration,
    pub(crate) ttl: Duration,
}

/// The rest of a log.
#[derive(Debug)]
pub(crate) struct Followed {
    pub(crate) events: Vec<Bytes>,
    /// Nothing follows.
    pub(crate) done: bool,
    /// The writer has been heard of within its lease.
    pub(crate) alive: bool,
    /// Which request it answers, if it is one.
    pub(crate) request: Option<RequestId>,
}

/// The next that is heard; a gap when this one has heard too slowly. `None` when the backend is gone.
pub(crate) async fn next_heard(heard: &mut broadcast::Receiver<Heard>) -> Option<Heard> {
    match heard.recv().await {
        Ok(heard) => Some(heard),
        Err(broadcast::error::RecvError::Lagged(_)) => Some(Heard::Gap),
        Err(broadcast::error::RecvError::Closed) => None,
    }
}
