//! How often someone may do something.
//!
//! The table is bounded, and can be asked without taking: neither holds for the keyed limiters of
//! the crates that there are.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// From where a request comes, as an extension of the request. The server that accepts the
/// connection puts it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// Those who share an address: of IPv6, a network has as many as it likes.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let prefix = u128::from(address) & !u128::from(u64::MAX);
            Ipv6Addr::from(prefix).into()
        }
        address => address,
    }
}

/// A limiter by the generic cell rate algorithm.
#[derive(Debug)]
pub(crate) struct Rate<K> {
    /// When all that was taken has been given back.
    repaid: Mutex<HashMap<K, Instant>>,
    interval: Duration,
    burst: Duration,
    max_keys: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limited {
    Wait(Duration),
    /// Too many keys are in use.
    Full,
}

impl<K: Eq + Hash> Rate<K> {
    /// `count` in each `period`, and `burst` at once.
    pub(crate) fn new(count: u32, period: Duration, burst: u32, max_keys: usize) -> Self {
        // Zero allows nothing, in any time that matters.
        let interval =
            period.checked_div(count).unwrap_or(Duration::from_secs(u64::from(u32::MAX)));
        let burst = if count == 0 { Duration::ZERO } else { interval.saturating_mul(burst) };
        Self { repaid: Mutex::default(), interval, burst, max_keys }
    }

    /// Takes one.
    pub(crate) fn take(&self, key: K) -> Result<(), Limited> {
        let now = Instant::now();
        let mut repaid = self.repaid.lock().unwrap_or_else(PoisonError::into_inner);
        if repaid.len() >= self.max_keys && !repaid.contains_key(&key) {
            repaid.retain(|_, at| *at > now);
            if repaid.len() >= self.max_keys {
                return Err(Limited::Full);
            }
        }
        let at = repaid.get(&key).copied().unwrap_or(now).max(now) + self.interval;
        self.wait(at, now)?;
        repaid.insert(key, at);
        Ok(())
    }

    /// Whether there is one to take.
    pub(crate) fn check(&self, key: &K) -> Result<(), Limited> {
        let now = Instant::now();
        let repaid = self.repaid.lock().unwrap_or_else(PoisonError::into_inner);
        let at = repaid.get(key).copied().unwrap_or(now).max(now) + self.interval;
        self.wait(at, now)
    }

    fn wait(&self, at: Instant, now: Instant) -> Result<(), Limited> {
        match at.checked_duration_since(now + self.burst) {
            Some(wait) if !wait.is_zero() => Err(Limited::Wait(wait)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "rate_tests.rs"]
mod tests;
