//! A restaurant in memory. A real one is a database and a payment service, which are told the same
//! keys.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use mcp_runtime::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const SEATS: u32 = 20;
const CLOSED: &str = "2026-12-24";

#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema, Serialize)]
pub(crate) struct Booking {
    pub(crate) date: String,
    pub(crate) party_size: u32,
    pub(crate) seating: Seating,
}

#[derive(Clone, Debug, PartialEq, Elicit, Deserialize, JsonSchema, Serialize)]
#[elicit(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub(crate) enum Seating {
    /// Inside, by the window
    Inside,
    /// On the terrace
    Outside,
}

/// What has been booked and paid.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema, Serialize)]
pub(crate) struct Ledger {
    pub(crate) bookings: Vec<Booking>,
    pub(crate) deposits: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Restaurant(Arc<Mutex<Book>>);

/// By their keys: what comes twice under one key is there once.
#[derive(Debug, Default)]
struct Book {
    bookings: BTreeMap<String, Booking>,
    deposits: BTreeMap<String, u32>,
}

impl Restaurant {
    pub(crate) async fn has_table(&self, wanted: &Booking) -> Result<bool> {
        Ok(self.lock().has_table(wanted))
    }

    pub(crate) async fn book(&self, key: &str, booking: &Booking) -> Result<()> {
        let mut book = self.lock();
        if book.bookings.contains_key(key) {
            return Ok(());
        }
        if !book.has_table(booking) {
            return Err(Error::new(format!("there is no table on {}", booking.date)));
        }
        book.bookings.insert(key.to_owned(), booking.clone());
        Ok(())
    }

    pub(crate) async fn charge(&self, key: &str, deposit: u32) -> Result<()> {
        self.lock().deposits.entry(key.to_owned()).or_insert(deposit);
        Ok(())
    }

    pub(crate) fn ledger(&self) -> Ledger {
        let book = self.lock();
        Ledger {
            bookings: book.bookings.values().cloned().collect(),
            deposits: book.deposits.values().copied().collect(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn has_table(&self, wanted: &Booking) -> bool {
        let that_day = self.bookings.values().filter(|it| it.date == wanted.date);
        let taken: u32 = that_day.map(|it| it.party_size).sum();
        wanted.date != CLOSED && taken + wanted.party_size <= SEATS
    }
}
