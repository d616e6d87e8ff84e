//! The API of a registry, version 0.1.

use std::{fmt::Write as _, time::Duration};

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect::Policy};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{PrivateKey, RegistryUrl};
use crate::error::{Error, Result};

/// How much of an answer is read, in bytes.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// A registry that is spoken to.
///
/// # Examples
///
/// ```no_run
/// use cargo_mcp::registry::{Algorithm, Api, PrivateKey, RegistryUrl};
///
/// # async fn publish(server: serde_json::Value) -> Result<(), Box<dyn std::error::Error>> {
/// let registry: RegistryUrl = RegistryUrl::OFFICIAL.parse()?;
/// let api = Api::new(registry)?;
/// let key = PrivateKey::parse(Algorithm::Ed25519, &std::env::var("MCP_PRIVATE_KEY")?)?;
/// let token = api.prove_by_dns("example.com", &key, "2026-07-28T12:00:00Z").await?;
/// api.publish(&server, &token).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Api {
    url: RegistryUrl,
    http: Client,
}

/// What a registry gives for a proof, and takes for a while.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The token, which is secret.
    #[serde(rename = "registry_token")]
    pub secret: String,
    /// When it is no longer taken, in seconds since 1970.
    pub expires_at: i64,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Whether a version is to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It is.
    Active,
    /// Another should be used.
    Deprecated,
    /// It is in no list any more.
    Deleted,
}

/// A version, as the registry has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VersionStatus {
    /// The version.
    #[serde(default)]
    pub version: String,
    /// Whether it is to be used.
    pub status: Status,
    /// Why it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// When it was published, as RFC 3339.
    pub published_at: String,
    /// Whether it is the one that `latest` means.
    #[serde(default)]
    pub is_latest: bool,
}

#[derive(Deserialize)]
struct ServerList {
    servers: Vec<ServerResponse>,
}

#[derive(Deserialize)]
struct ServerResponse {
    server: NamedVersion,
    #[serde(rename = "_meta")]
    meta: ResponseMeta,
}

#[derive(Deserialize)]
struct NamedVersion {
    version: String,
}

#[derive(Deserialize)]
struct ResponseMeta {
    #[serde(rename = "io.modelcontextprotocol.registry/official")]
    official: Option<VersionStatus>,
}

impl Api {
    /// Speaks to a registry, with 30 seconds for each request, and follows no redirect: a token is
    /// for one registry.
    ///
    /// # Errors
    ///
    /// When there is no TLS on this machine.
    pub fn new(url: RegistryUrl) -> Result<Self> {
        Ok(Self { url, http: http_client()? })
    }

    /// The identifier that the registry has as an application of GitHub.
    ///
    /// # Errors
    ///
    /// When the registry has none, or does not answer.
    pub async fn github_client_id(&self) -> Result<String> {
        #[derive(Deserialize)]
        struct Health {
            github_client_id: Option<String>,
        }
        let health: Health = self.send(Method::GET, &["health"], |it| it).await?;
        health
            .github_client_id
            .filter(|id| !id.is_empty())
            .ok_or_else(|| Error::new(format!("{} has no login by GitHub", self.url)))
    }

    /// Exchanges an access token of GitHub.
    ///
    /// # Errors
    ///
    /// When the registry refuses it, or does not answer.
    pub async fn exchange_github_token(&self, token: &str) -> Result<Token> {
        self.exchange("github-at", &json!({ "github_token": token })).await
    }

    /// Exchanges a token of GitHub Actions, whose audience is the registry's origin.
    ///
    /// # Errors
    ///
    /// When the registry refuses it, or does not answer.
    pub async fn exchange_github_oidc(&self, token: &str) -> Result<Token> {
        self.exchange("github-oidc", &json!({ "oidc_token": token })).await
    }

    /// Takes a token for nothing, from a registry that is there for tries.
    ///
    /// # Errors
    ///
    /// When the registry gives none, or does not answer.
    pub async fn anonymous(&self) -> Result<Token> {
        self.exchange("none", &json!({})).await
    }

    /// Proves by a key that is published in the DNS to own a domain and all below it. `now` is the
    /// time as RFC 3339, which the registry takes with 15 seconds of difference.
    ///
    /// # Errors
    ///
    /// When the registry is not convinced, or does not answer.
    pub async fn prove_by_dns(&self, domain: &str, key: &PrivateKey, now: &str) -> Result<Token> {
        self.exchange("dns", &proof(domain, key, now)).await
    }

    /// Proves by a key that is published on a domain's web server to own the domain. `now` is the
    /// time as RFC 3339, which the registry takes with 15 seconds of difference.
    ///
    /// # Errors
    ///
    /// When the registry is not convinced, or does not answer.
    pub async fn prove_by_http(&self, domain: &str, key: &PrivateKey, now: &str) -> Result<Token> {
        self.exchange("http", &proof(domain, key, now)).await
    }

    async fn exchange(&self, method: &str, body: &Value) -> Result<Token> {
        self.send(Method::POST, &["auth", method], |it| it.json(body)).await
    }

    /// Publishes a server.
    ///
    /// # Errors
    ///
    /// When the registry refuses it, or does not answer.
    pub async fn publish(&self, server: &Value, token: &Token) -> Result {
        let authorized = |it: RequestBuilder| it.bearer_auth(&token.secret).json(server);
        let _: Value = self.send(Method::POST, &["publish"], authorized).await?;
        Ok(())
    }

    /// Tells all versions of a server, deleted ones included.
    ///
    /// # Errors
    ///
    /// When the registry does not know the server, or does not answer.
    pub async fn versions(&self, name: &str) -> Result<Vec<VersionStatus>> {
        let path = ["servers", name, "versions"];
        let all = |it: RequestBuilder| it.query(&[("include_deleted", "true")]);
        let list: ServerList = self.send(Method::GET, &path, all).await?;
        let known = list.servers.into_iter().filter_map(|it| {
            let version = it.server.version;
            it.meta.official.map(|official| VersionStatus { version, ..official })
        });
        Ok(known.collect())
    }

    /// Sets the status of a version, or of all.
    ///
    /// # Errors
    ///
    /// When the registry refuses it, or does not answer.
    pub async fn set_status(
        &self,
        name: &str,
        version: Option<&str>,
        status: Status,
        message: Option<&str>,
        token: &Token,
    ) -> Result {
        let mut path = vec!["servers", name];
        path.extend(version.iter().flat_map(|version| ["versions", version]));
        path.push("status");
        let mut body = json!({ "status": status });
        if let Some(message) = message {
            body["statusMessage"] = message.into();
        }
        let authorized = |it: RequestBuilder| it.bearer_auth(&token.secret).json(&body);
        let _: Value = self.send(Method::PATCH, &path, authorized).await?;
        Ok(())
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        finish: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<T> {
        let url = self.url.endpoint(path.iter().copied());
        let request = finish(self.http.request(method, url));
        let answer = request.send().await.map_err(|error| unreachable(&self.url, &error))?;
        let status = answer.status();
        let body = read(answer).await?;
        if !status.is_success() {
            return Err(refusal(&self.url, status, &body));
        }
        serde_json::from_slice(&body)
            .map_err(|error| Error::new(format!("{} answered nonsense: {error}", self.url)))
    }
}

fn proof(domain: &str, key: &PrivateKey, now: &str) -> Value {
    let signed = super::hex(&key.sign(now.as_bytes()));
    json!({ "domain": domain, "timestamp": now, "signed_timestamp": signed })
}

/// Says which cryptography TLS uses.
pub(crate) fn install_tls() {
    // A second call finds the provider installed, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

pub(super) fn http_client() -> Result<Client> {
    install_tls();
    Client::builder()
        .timeout(Duration::from_secs(30))
        .redirect(Policy::none())
        .user_agent(concat!("cargo-mcp/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| Error::new(error.to_string()))
}

pub(super) fn unreachable(whom: &impl std::fmt::Display, error: &reqwest::Error) -> Error {
    let mut message = format!("{whom} cannot be reached");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let _ = write!(message, ": {cause}");
        source = cause.source();
    }
    Error::new(message)
}

pub(super) async fn read(mut answer: Response) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|error| Error::new(error.to_string()))? {
        if body.len() + part.len() > MAX_ANSWER {
            return Err(Error::new(format!("the answer has more than {MAX_ANSWER} bytes")));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

/// What a registry says when it refuses: problem details (RFC 9457), or `{"error": ".."}`.
fn refusal(registry: &RegistryUrl, status: StatusCode, body: &[u8]) -> Error {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Problem {
        error: Option<String>,
        title: Option<String>,
        detail: Option<String>,
        errors: Vec<Part>,
    }
    #[derive(Deserialize)]
    struct Part {
        message: String,
        location: Option<String>,
    }
    let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    let mut message = format!("{registry} refused with {status}");
    if let Some(said) = problem.detail.or(problem.error).or(problem.title) {
        let _ = write!(message, ": {said}");
    }
    for part in problem.errors {
        let at = part.location.map(|at| format!("{at}: ")).unwrap_or_default();
        let _ = write!(message, "\n  {at}{}", part.message);
    }
    if status == StatusCode::UNAUTHORIZED {
        message.push_str("\nlog in with `cargo mcp registry login`");
    }
    Error::new(message)
}
