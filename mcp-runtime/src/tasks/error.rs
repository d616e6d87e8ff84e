use std::{error::Error as StdError, fmt, time::Duration};

use super::TaskStatus;

/// Why a [`TaskStore`](super::TaskStore) has not done what it was asked.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such task for this caller: it never was, its time is over, or it is another's.
    /// Nothing tells these apart.
    Unknown,
    /// The task has ended in this status, which never changes.
    Terminal(TaskStatus),
    /// The worker does not hold the task any more: its lease has run out, or another holds it. It
    /// must stop, and nothing that it does counts.
    Fenced,
    /// There is no room for another task, or for more in this one.
    Full(Full),
    /// The task has had another question under this key.
    KeyReused(String),
    /// The record cannot be read: it was damaged, sealed with a key that is gone, or is of a newer
    /// format, which only a newer server reads. Other tasks are not concerned.
    Unreadable(String),
    /// The store cannot be reached, or has not done its work in time. What was asked may have
    /// happened or not; to ask again is safe.
    Unavailable {
        /// After which time it is worth trying again.
        retry: Duration,
        /// What went wrong, for the log.
        cause: Box<dyn StdError + Send + Sync>,
    },
}

/// Which limit leaves no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Full {
    /// [`TaskLimits::total`](super::TaskLimits::total).
    Total,
    /// [`TaskLimits::per_owner`](super::TaskLimits::per_owner).
    Owner,
    /// [`TaskRequest::max_bytes`](super::TaskRequest::max_bytes): this task has too much.
    Record,
    /// The store keeps as many bytes as it may.
    Bytes,
    /// It keeps as many of this owner's as it may.
    OwnerBytes,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown task"),
            Self::Terminal(status) => write!(f, "the task has ended: {status}"),
            Self::Fenced => f.write_str("the task is held by another worker"),
            Self::Full(Full::Total) => f.write_str("the server keeps too many tasks"),
            Self::Full(Full::Owner) => f.write_str("the caller has too many tasks"),
            Self::Full(Full::Record) => f.write_str("the task has too many bytes"),
            Self::Full(Full::Bytes) => f.write_str("the tasks of the server have too many bytes"),
            Self::Full(Full::OwnerBytes) => {
                f.write_str("the tasks of the caller have too many bytes")
            }
            Self::KeyReused(key) => write!(f, "another question had the key `{key}`"),
            Self::Unreadable(what) => write!(f, "the record cannot be read: {what}"),
            Self::Unavailable { .. } => f.write_str("the store is not available"),
        }
    }
}

impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Unavailable { cause, .. } => Some(cause.as_ref()),
            _ => None,
        }
    }
}
