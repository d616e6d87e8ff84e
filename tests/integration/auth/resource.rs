//! A service behind the layer, which has nothing of the protocol.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Extension, Json, Router,
    extract::Request,
    http::{StatusCode, header},
    routing::any,
};
use mcp_runtime::{
    InsufficientScope, Principal, ResourceServer,
    auth::{AuthLayer, AuthLimits, Issuer as Trusted},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{issuer::Issuer, jwt::RESOURCE};
use crate::raw::{self, Response};

pub struct Protected {
    pub address: SocketAddr,
}

/// Says who calls, and what is left of the token.
async fn whoami(Extension(caller): Extension<Principal>, request: Request) -> Json<Value> {
    let headers = request.headers();
    Json(json!({
        "subject": caller.subject(),
        "issuer": caller.issuer(),
        "client": caller.client(),
        "scopes": caller.scopes().collect::<Vec<_>>(),
        "tenant": caller.claim("tenant"),
        "sees_token": headers.contains_key(header::AUTHORIZATION) || headers.contains_key("dpop"),
    }))
}

async fn write(
    Extension(caller): Extension<Principal>,
) -> Result<&'static str, (StatusCode, Extension<InsufficientScope>)> {
    let needed = caller.require(["files:write"]);
    needed.map_err(|insufficient| (StatusCode::FORBIDDEN, Extension(insufficient)))?;
    Ok("written")
}

/// Limits that do not stand in the way of a test.
pub fn limits() -> AuthLimits {
    let mut limits = AuthLimits::default();
    limits.failures_per_minute = u32::MAX;
    limits
}

/// A resource server that takes the tokens of `issuer`.
pub fn server(issuer: &Issuer) -> ResourceServer {
    server_with(issuer, |_| ())
}

pub fn server_with(issuer: &Issuer, change: impl FnOnce(&mut AuthLimits)) -> ResourceServer {
    base(change).issuer(&issuer.url)
}

/// One that asks `issuer` about each token.
pub fn introspecting(issuer: &Issuer, change: impl FnOnce(&mut AuthLimits)) -> ResourceServer {
    base(change).issuer(Trusted::new(&issuer.url).introspection("the api", "s3cret:/?"))
}

pub fn base(change: impl FnOnce(&mut AuthLimits)) -> ResourceServer {
    let mut limits = limits();
    change(&mut limits);
    ResourceServer::new(RESOURCE).allow_private_addresses().limits(limits)
}

/// For what is to be without effect, or to happen at once.
pub const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

impl Protected {
    pub async fn start(server: ResourceServer) -> Self {
        Self::behind(server.build().expect("a sound configuration")).await
    }

    pub async fn behind(auth: AuthLayer) -> Self {
        let app = Router::new().route("/mcp", any(whoami)).route("/write", any(write)).layer(auth);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, app).await.expect("served") });
        Self { address }
    }

    pub async fn send(&self, headers: &[(&str, &str)]) -> Response {
        raw::request(self.address, "GET", headers, "").await
    }

    pub async fn get(&self, token: &str) -> Response {
        self.send(&[("authorization", &format!("Bearer {token}"))]).await
    }

    /// Sends a request to another path.
    pub async fn at(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
        let head = raw::head(self.address, method, headers, "");
        let head = head.replacen(" /mcp ", &format!(" {path} "), 1);
        raw::exchange(self.address, head.as_bytes()).await
    }
}

/// The answer to a token that is not good: always the same.
#[track_caller]
pub fn assert_refused(response: &Response, what: &str) {
    assert_eq!(response.status, 401, "{what}: {response:?}");
    let challenge = response.header("www-authenticate").expect("a challenge");
    assert_eq!(
        challenge,
        "Bearer resource_metadata=\"https://api.example.com/.well-known/oauth-protected-resource\
         /mcp\", error=\"invalid_token\"",
        "{what}"
    );
    assert_eq!(
        response.json(),
        json!({ "error": "invalid_token", "error_description": "a good access token is needed" }),
        "{what}"
    );
}

/// Nobody can tell at the moment.
#[track_caller]
pub fn assert_unavailable(response: &Response, what: &str) {
    assert_eq!(response.status, 503, "{what}: {response:?}");
    let retry = response.header("retry-after").and_then(|it| it.parse::<u64>().ok());
    assert!(retry.is_some_and(|seconds| seconds >= 1), "{what}: {response:?}");
    assert_eq!(response.header("www-authenticate"), None, "{what}");
}
