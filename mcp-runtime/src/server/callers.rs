//! How many calls each principal has running.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use mcp_auth::Principal;

/// Only callers with a running call are in the table, so that it cannot grow beyond the calls.
#[derive(Debug, Default)]
pub(crate) struct Callers(Mutex<HashMap<Key, usize>>);

type Key = (String, String, Option<String>);

fn key(principal: &Principal) -> Key {
    (
        principal.issuer().to_owned(),
        principal.subject().to_owned(),
        principal.client().map(str::to_owned),
    )
}

impl Callers {
    /// Counts one more call of the principal, unless it has `max` running.
    pub(crate) fn enter(
        self: &Arc<Self>,
        principal: &Principal,
        max: usize,
    ) -> Option<CallerPermit> {
        let key = key(principal);
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = running.get(&key).copied().unwrap_or(0);
        if count >= max {
            return None;
        }
        running.insert(key.clone(), count + 1);
        Some(CallerPermit { callers: Arc::clone(self), key })
    }
}

/// One running call of a principal.
#[derive(Debug)]
pub(crate) struct CallerPermit {
    callers: Arc<Callers>,
    key: Key,
}

impl Drop for CallerPermit {
    fn drop(&mut self) {
        let mut running = self.callers.0.lock().unwrap_or_else(PoisonError::into_inner);
        match running.get_mut(&self.key) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                running.remove(&self.key);
            }
        }
    }
}
