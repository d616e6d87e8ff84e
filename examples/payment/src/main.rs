//! A tool that is paid for in the browser: the user's assistant sends the user to a page of the
//! same application, and neither the assistant nor its model sees how the user pays.
//!
//! Try it: sign in at `http://127.0.0.1:8000/sign-in/alice`, and let an assistant with the token
//! `demo-alice` call `secure_payment` at `http://127.0.0.1:8000/mcp`.

mod auth;
mod payments;
mod tools;
mod web;

use axum::{Router, middleware, routing::get};
use mcp_runtime::{Result, ServerHandle, prelude::*};
use tokio::net::TcpListener;

use payments::Payments;

/// The application, and the MCP server that is a part of it. Its pages are below `base`.
fn app(base: String, payments: Payments) -> Result<(Router, ServerHandle)> {
    let server = Server::new("payment", env!("CARGO_PKG_VERSION"))
        .state(payments.clone())
        .state(web::Base(base))
        .tools(tools![tools::secure_payment])
        .build()?;
    let pages = web::Pages { asked: server.url_elicitations(), payments };
    let app = Router::new()
        .route("/pay/{id}", get(web::show).post(web::pay))
        .with_state(pages)
        .route_service("/mcp", server.http_service())
        // What is above is for users who are known; what is below is for everyone.
        .route_layer(middleware::from_fn(auth::authenticate))
        .route("/sign-in/{user}", get(auth::sign_in));
    Ok((app, server))
}

#[tokio::main]
async fn main() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let (app, server) = app(base, Payments::default())?;
    server.serve(listener, app).await
}

#[cfg(test)]
mod tests;
