//! What the application is about, whoever asks and however.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use schemars::JsonSchema;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Order {
    pub(crate) customer: String,
    pub(crate) item: String,
    pub(crate) region: String,
}

/// All orders. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Orders(Arc<Mutex<Vec<Order>>>);

impl Orders {
    pub(crate) fn add(&self, order: Order) {
        self.orders().push(order);
    }

    pub(crate) fn all(&self) -> Vec<Order> {
        self.orders().clone()
    }

    pub(crate) fn of(&self, customer: &str) -> Vec<Order> {
        self.orders().iter().filter(|order| order.customer == customer).cloned().collect()
    }

    fn orders(&self) -> MutexGuard<'_, Vec<Order>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
