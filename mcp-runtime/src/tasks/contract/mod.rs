//! What every [`TaskStore`] promises, as tests.
//!
//! Whoever writes a store runs them against it:
//!
//! ```
//! use mcp_runtime::tasks::{MemoryStore, contract};
//!
//! # /*
//! #[tokio::test]
//! # */
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() { keeps_its_promises().await }
//! async fn keeps_its_promises() {
//!     contract::run(async || MemoryStore::new()).await;
//! }
//! ```
//!
//! Each promise is a function that takes an empty store and panics when the store does not keep it.
//! [`PROMISES`] has all of them with their names, for those who want a test each.

mod callers;
mod questions;
mod sequences;
mod support;
mod upkeep;
mod watching;
mod workers;

pub use callers::*;
pub use questions::*;
pub use sequences::*;
pub use upkeep::*;
pub use watching::*;
pub use workers::*;

use super::TaskStore;
use crate::primitives::BoxFuture;

/// One thing that a store promises.
#[derive(Clone, Copy, Debug)]
pub struct Promise {
    /// The promise in words, with underscores.
    pub name: &'static str,
    /// Panics when the store, which is empty, does not keep it.
    pub check: for<'a> fn(&'a dyn TaskStore) -> BoxFuture<'a, ()>,
}

/// Checks every promise, each with a new and empty store.
///
/// # Panics
///
/// When the store does not keep one; the place of the panic is in the promise's function.
pub async fn run<S: TaskStore>(new_store: impl AsyncFn() -> S) {
    for promise in PROMISES {
        tracing::info!(promise = promise.name);
        (promise.check)(&new_store().await).await;
    }
}

macro_rules! promises {
    ($($name:ident,)*) => {
        /// Every promise.
        pub const PROMISES: &[Promise] = &[$(
            Promise { name: stringify!($name), check: |store| Box::pin($name(store)) },
        )*];
    };
}

promises! {
    a_new_task_is_there_at_once,
    what_is_kept_comes_back_as_it_was,
    creating_again_changes_nothing,
    a_foreign_task_is_unknown,
    a_list_has_every_task_of_its_owner_once,
    tasks_are_limited,
    a_task_has_no_more_bytes_than_it_may,
    a_cancelled_task_stays_cancelled,
    a_task_is_claimed_once,
    tasks_are_claimed_in_their_order,
    only_the_named_tools_are_claimed,
    a_report_is_seen,
    an_outcome_is_kept,
    a_task_ends_once,
    a_task_that_has_ended_refuses_everything,
    a_lost_worker_is_fenced,
    a_renewed_lease_holds,
    a_task_runs_again_with_all_that_it_had,
    a_task_that_may_not_run_again_fails,
    attempts_are_limited,
    a_task_can_be_given_back,
    a_question_waits_for_its_answer,
    an_answer_is_taken_once,
    a_question_asked_again_keeps_its_answer,
    a_key_has_one_question,
    a_task_is_forgotten_when_its_time_is_over,
    a_forgotten_task_is_not_claimed,
    a_sweep_finds_lost_workers,
    a_watch_tells_of_each_change,
    a_watch_tells_of_work,
    any_sequence_of_calls_ends_as_the_record_says,
}
