//! Work that outlives the request that has asked for it: what is kept of a task, and where.
//!
//! A [`TaskRecord`] is all that there is to know of a task, in any process. A [`TaskStore`] keeps
//! the records and hands them to workers: [`MemoryStore`] in this process,
//! `RedisStore` (feature `redis`) in all processes that share a Redis or Valkey server. Both protocols that have
//! tasks, the core of 2025-11-25 and the extension of 2026-07-28, are views of the same record.

#[cfg(feature = "redis")]
mod cipher;
#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod contract;
mod encoding;
mod error;
mod id;
mod memory;
mod policy;
mod record;
#[cfg(feature = "redis")]
mod redis;
mod store;
mod sweep;
mod timestamp;
mod transition;
mod watch;

#[cfg(feature = "redis")]
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
pub use cipher::{Cipher, CipherError};
pub use error::{Full, StoreError};
pub use id::{InvalidTaskId, TaskId};
pub use memory::MemoryStore;
pub use policy::TaskPolicy;
pub(crate) use policy::WithoutTasks;
pub use record::{
    Answer, Failure, Lease, Outcome, Owner, Question, TaskInfo, TaskProgress, TaskRecord,
    TaskRequest, TaskStatus,
};
#[cfg(feature = "redis")]
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
pub use redis::{
    InvalidRedisOptions, RedisStore, RedisStoreBuilder, TaskOverview, TaskOverviewPage,
};
pub use store::{Fence, Release, Report, StoreFuture, Swept, TaskLimits, TaskPage, TaskStore};
pub use sweep::sweep_on_time;
pub use timestamp::Timestamp;
pub use watch::{Watch, Watchers};
