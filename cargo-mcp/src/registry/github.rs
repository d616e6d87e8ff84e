//! Logins that GitHub vouches for: a person's by the device flow (RFC 8628), a workflow's by OIDC.

use std::{env, time::Duration};

use reqwest::Client;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use url::Url;

use super::{
    RegistryUrl,
    api::{http_client, read, unreachable},
};
use crate::error::{Error, Result};

/// GitHub, or a server that is like it.
#[derive(Debug, Clone)]
pub(crate) struct GitHub {
    pub(crate) url: Url,
}

impl GitHub {
    fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.url.as_str().trim_end_matches('/'))
    }
}

/// What the user does in a browser.
#[derive(Debug, Deserialize)]
struct DeviceCode {
    device_code: String,
    user_code: String,
    verification_uri: String,
    expires_in: Option<u64>,
    interval: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct TokenAnswer {
    access_token: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// Lets the user confirm in a browser, of which `tell` gets the address and the code, and waits
/// for it. Tells the access token.
pub(crate) async fn device_flow(
    github: &GitHub,
    client_id: &str,
    tell: impl FnOnce(&str, &str) -> Result,
) -> Result<String> {
    let http = http_client()?;
    let asked = json!({ "client_id": client_id, "scope": "read:org read:user" });
    let code: DeviceCode = post(&http, &github.endpoint("/login/device/code"), &asked).await?;
    tell(&code.verification_uri, &code.user_code)?;

    let asked = json!({
        "client_id": client_id,
        "device_code": code.device_code,
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
    });
    let mut pace = Pace::new(code.interval, code.expires_in);
    let url = github.endpoint("/login/oauth/access_token");
    loop {
        let answer: TokenAnswer = post(&http, &url, &asked).await?;
        if let Some(token) = answer.access_token {
            return Ok(token);
        }
        let error = answer.error.unwrap_or_default();
        let Some(pause) = pace.after(&error)? else {
            let why = answer.error_description.unwrap_or(error);
            return Err(Error::new(format!("GitHub gives no token: {why}")));
        };
        tokio::time::sleep(pause).await;
    }
}

async fn post<T: DeserializeOwned>(http: &Client, url: &str, body: &Value) -> Result<T> {
    let request = http.post(url).header("Accept", "application/json").json(body);
    let answer = request.send().await.map_err(|error| unreachable(&url, &error))?;
    let status = answer.status();
    let body = read(answer).await?;
    if !status.is_success() {
        return Err(Error::new(format!("{url} answered {status}")));
    }
    serde_json::from_slice(&body).map_err(|_| Error::new(format!("{url} answered nonsense")))
}

/// How often to ask whether the user has confirmed (RFC 8628, section 3.5).
#[derive(Debug)]
struct Pace {
    interval: u64,
    /// What is left of the code's life, in seconds.
    left: u64,
}

impl Pace {
    const DEFAULT_INTERVAL: u64 = 5;
    const MAX_INTERVAL: u64 = 60;
    const DEFAULT_LIFE: u64 = 900;
    const MAX_LIFE: u64 = 3600;

    fn new(interval: Option<u64>, life: Option<u64>) -> Self {
        let interval = interval.filter(|it| *it > 0).unwrap_or(Self::DEFAULT_INTERVAL);
        let life = life.filter(|it| *it > 0).unwrap_or(Self::DEFAULT_LIFE);
        Self { interval: interval.min(Self::MAX_INTERVAL), left: life.min(Self::MAX_LIFE) }
    }

    /// How long to wait after an answer without token; `None` where waiting is no use.
    fn after(&mut self, error: &str) -> Result<Option<Duration>> {
        match error {
            "authorization_pending" => {}
            "slow_down" => self.interval = (self.interval + 5).min(Self::MAX_INTERVAL),
            _ => return Ok(None),
        }
        self.left = self
            .left
            .checked_sub(self.interval)
            .ok_or_else(|| Error::new("the code has expired; log in again"))?;
        Ok(Some(Duration::from_secs(self.interval)))
    }
}

/// The token that GitHub Actions gives a workflow for a registry, by its origin.
pub(crate) async fn oidc_token(registry: &RegistryUrl) -> Result<String> {
    #[derive(Deserialize)]
    struct Given {
        value: String,
    }
    let variable = |name: &str| {
        env::var(name).map_err(|_| {
            Error::new(format!(
                "{name} is not set: this login is for GitHub Actions, with the permission \
                 `id-token: write`"
            ))
        })
    };
    let url = variable("ACTIONS_ID_TOKEN_REQUEST_URL")?;
    let secret = variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN")?;
    let mut url = Url::parse(&url)
        .map_err(|error| Error::new(format!("ACTIONS_ID_TOKEN_REQUEST_URL: {error}")))?;
    url.query_pairs_mut().append_pair("audience", &registry.origin());
    let request = http_client()?.get(url).bearer_auth(secret);
    let answer = request.send().await.map_err(|error| unreachable(&"GitHub Actions", &error))?;
    let status = answer.status();
    let body = read(answer).await?;
    let given: Option<Given> = serde_json::from_slice(&body).ok().filter(|_| status.is_success());
    given
        .map(|given| given.value)
        .ok_or_else(|| Error::new(format!("GitHub Actions gives no token: it answered {status}")))
}

#[cfg(test)]
#[path = "github_tests.rs"]
mod tests;
