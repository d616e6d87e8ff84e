//! Tokens that have been looked at, by their SHA-256: the tokens themselves are not kept.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use aws_lc_rs::digest;

/// The SHA-256 of a token.
pub(super) type TokenHash = [u8; 32];

pub(super) fn hash(token: &str) -> TokenHash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    hash
}

/// A bounded table. When half of it is full, what has not been used since the last time goes.
#[derive(Debug)]
pub(super) struct TokenCache<T>(Mutex<Halves<T>>, usize);

#[derive(Debug)]
struct Halves<T> {
    new: HashMap<TokenHash, T>,
    old: HashMap<TokenHash, T>,
}

impl<T: Clone> TokenCache<T> {
    pub(super) fn new(max: usize) -> Self {
        Self(Mutex::new(Halves { new: HashMap::new(), old: HashMap::new() }), max / 2)
    }

    pub(super) fn get(&self, hash: &TokenHash) -> Option<T> {
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = halves.new.get(hash) {
            return Some(found.clone());
        }
        let found = halves.old.remove(hash)?;
        self.put(&mut halves, *hash, found.clone());
        Some(found)
    }

    pub(super) fn insert(&self, hash: TokenHash, value: T) {
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        self.put(&mut halves, hash, value);
    }

    fn put(&self, halves: &mut Halves<T>, hash: TokenHash, value: T) {
        if self.1 == 0 {
            return;
        }
        if halves.new.len() >= self.1 {
            halves.old = std::mem::take(&mut halves.new);
        }
        halves.new.insert(hash, value);
    }
}

#[cfg(test)]
#[path = "token_cache_tests.rs"]
mod tests;
