//! What users are to pay, and have paid.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// All payments, by the ids of their pages. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Payments(Arc<Mutex<HashMap<String, Payment>>>);

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Payment {
    /// In dollars.
    pub(crate) amount: u32,
    pub(crate) paid: bool,
}

impl Payments {
    pub(crate) fn ask(&self, id: &str, amount: u32) {
        self.payments().insert(id.to_owned(), Payment { amount, paid: false });
    }

    pub(crate) fn get(&self, id: &str) -> Option<Payment> {
        self.payments().get(id).copied()
    }

    /// Takes the money.
    pub(crate) fn take(&self, id: &str) {
        if let Some(payment) = self.payments().get_mut(id) {
            payment.paid = true;
        }
    }

    fn payments(&self) -> MutexGuard<'_, HashMap<String, Payment>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
