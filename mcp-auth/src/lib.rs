//! Who calls a Model Context Protocol server: an OAuth 2.1 resource server as a tower layer, for
//! any axum service.
//!
//! A [`Principal`] is the caller that an authentication layer has verified. It is the only identity
//! that holds in every protocol revision: sessions, cursors and lists are bound to it.
#![cfg_attr(
    feature = "jwt",
    doc = r#"
The layer is built from a [`ResourceServer`]:

```no_run
use axum::{Extension, Router, routing::get};
use mcp_auth::{Principal, ResourceServer};

async fn whoami(Extension(caller): Extension<Principal>) -> String {
    caller.subject().to_owned()
}

# fn main() -> Result<(), mcp_auth::ConfigError> {
let auth = ResourceServer::new("https://api.example.com/mcp")
    .issuer("https://auth.example.com")
    .build()?;
let app: Router = Router::new().route("/mcp", get(whoami)).layer(auth);
# Ok(())
# }
```

It serves the metadata by which clients find the authorization server (RFC 9728), verifies the
token of each request, and answers one without a good token with the challenge that starts a
client's sign-in. What it verifies is told at [`ResourceServer`].
"#
)]
//!
//! # Features
//!
//! | feature | default | |
//! | --- | --- | --- |
//! | `jwt` | yes | JWTs, verified with the keys that their issuer publishes |
//! | `introspection` | yes | tokens that their issuer is asked about (RFC 7662) |
//! | `dpop` | no | tokens that are bound to a key of the client's (RFC 9449) |
//! | `server` | yes | the layer, with API keys and verifiers of one's own; part of the others |
//!
//! Without features there is [`Principal`] alone.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(feature = "jwt"), allow(rustdoc::broken_intra_doc_links))]

mod principal;
mod scope;

#[cfg(feature = "server")]
mod api_keys;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "server")]
mod credentials;
#[cfg(feature = "dpop")]
mod dpop;
#[cfg(feature = "server")]
mod error;
#[cfg(feature = "server")]
mod guard;
#[cfg(feature = "client")]
mod issuer;
#[cfg(feature = "server")]
mod layer;
#[cfg(feature = "server")]
mod limits;
#[cfg(feature = "server")]
mod metadata;
#[cfg(feature = "server")]
mod rate;
#[cfg(feature = "server")]
mod refusal;
#[cfg(feature = "server")]
mod resource_server;
#[cfg(feature = "server")]
mod secret;
#[cfg(feature = "server")]
mod until_expiry;
#[cfg(feature = "server")]
mod uri;
#[cfg(feature = "server")]
mod verify;

// So that its example is compiled.
#[cfg(all(doctest, feature = "jwt"))]
#[doc = include_str!("../README.md")]
mod readme {}

pub use principal::Principal;
pub use scope::InsufficientScope;

#[cfg(feature = "client")]
pub use issuer::Issuer;
#[cfg(feature = "jwt")]
pub use issuer::jwt::Algorithm;
#[cfg(feature = "server")]
pub use {
    error::ConfigError,
    layer::{AuthLayer, AuthService},
    limits::AuthLimits,
    rate::ClientAddress,
    refusal::Refusal,
    resource_server::ResourceServer,
    until_expiry::UntilExpiry,
    verify::{AccessToken, Binding, TokenVerifier, VerifiedToken, VerifyError, Verifying},
};
