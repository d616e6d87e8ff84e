//! A shop: an axum application with routes, state and layers of its own, that is an MCP server at
//! `/mcp` as well.

mod auth;
mod orders;
mod tools;
mod web;

use axum::{Router, middleware, routing::get};
use mcp_runtime::{Result, ServerHandle};
use tokio::net::TcpListener;

use orders::Orders;

/// The application, and the MCP server that is a part of it.
fn app() -> Result<(Router, ServerHandle)> {
    let orders = Orders::default();
    let server = tools::server(orders.clone()).build()?;
    let app = Router::new()
        .route("/orders", get(web::my_orders))
        .route_service("/mcp", server.http_service())
        // What is above is for callers who are known; what is below is for everyone.
        .route_layer(middleware::from_fn(auth::authenticate))
        .route("/health", get(web::health))
        .with_state(orders);
    Ok((app, server))
}

#[tokio::main]
async fn main() -> Result<()> {
    let (app, server) = app()?;
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    server.serve(listener, app).await
}

#[cfg(test)]
mod tests;
