//! One measured tool with this framework, for callers with a JWT.
//!
//! `ours-auth --http 127.0.0.1:8000`. It is its own issuer: `GET /token` gives a new token.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use axum::routing::get;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use mcp_runtime::{
    ResourceServer,
    auth::{AuthLimits, Issuer},
    prelude::*,
};
use serde_json::json;
use tokio::net::TcpListener;

/// Return the given text.
#[mcp_tool]
async fn echo(
    /// What to return.
    text: String,
) -> String {
    text
}

/// Signs tokens for this server.
struct Signer {
    key: EncodingKey,
    /// The name of the issuer, and of the resource.
    origin: String,
    count: AtomicU64,
}

impl Signer {
    fn new(address: &str) -> io::Result<Self> {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let key = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new());
        Ok(Self {
            key: EncodingKey::from_ec_der(key.map_err(io::Error::other)?.as_ref()),
            origin: format!("http://{address}"),
            count: AtomicU64::new(0),
        })
    }

    fn resource(&self) -> String {
        format!("{}/mcp", self.origin)
    }

    /// The keys of the issuer.
    fn keys(&self) -> jsonwebtoken::errors::Result<String> {
        let jwk = Jwk::from_encoding_key(&self.key, Algorithm::ES256)?;
        Ok(json!({ "keys": [jwk] }).to_string())
    }

    /// What an authorization server puts into a token, more or less.
    fn token(&self) -> String {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs();
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let claims = json!({
            "iss": self.origin,
            "sub": "5be86359-073c-434b-ad2d-a3932222dabe",
            "aud": self.resource(),
            "client_id": "s6BhdRkqt3",
            "scope": "mcp:use files:read files:write",
            "iat": now,
            "exp": now + 3600,
            "jti": format!("dbe39bf3a3ba4238a513f51d{number:08}"),
        });
        let header = Header { typ: Some("at+jwt".into()), ..Header::new(Algorithm::ES256) };
        encode(&header, &claims, &self.key).unwrap_or_default()
    }
}

/// Limits that are in no one's way.
fn limits() -> AuthLimits {
    let mut limits = AuthLimits::default();
    limits.requests_per_second = u32::MAX;
    limits.request_burst = u32::MAX;
    // Enough for those who use a token again, and too few for those who bring another each time.
    limits.cached_tokens = 64;
    limits
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some("--http"), Some(address)) = (arguments.next().as_deref(), arguments.next()) else {
        return Err(Error::new("expected --http ADDRESS"));
    };
    let signer = Arc::new(Signer::new(&address)?);
    let keys = signer.keys()?;
    let issuer = Issuer::new(&signer.origin).keys(format!("{}/keys", signer.origin));
    let auth = ResourceServer::new(signer.resource())
        .allow_private_addresses()
        .issuer(issuer)
        .scopes(["mcp:use"])
        .limits(limits());
    let server =
        Server::new("ours", env!("CARGO_PKG_VERSION")).tools(tools![echo]).auth(auth).build()?;
    let router = server
        .router("/mcp")
        .route("/keys", get(async || keys))
        .route("/token", get(async move || signer.token()));
    server.serve(TcpListener::bind(address).await?, router).await
}
