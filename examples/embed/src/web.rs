//! The application's own routes.

use axum::{Extension, Json, extract::State};
use mcp_runtime::Principal;

use crate::orders::{Order, Orders};

pub(crate) async fn my_orders(
    Extension(principal): Extension<Principal>,
    State(orders): State<Orders>,
) -> Json<Vec<Order>> {
    Json(orders.of(principal.subject()))
}

pub(crate) async fn health() -> &'static str {
    "ok"
}
