//! Asks the issuer about its tokens (RFC 7662).

use std::{sync::Arc, time::SystemTime};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::{HeaderValue, Uri};
use serde_json::{Map, Value};
use tokio::{
    sync::Mutex,
    time::{Duration, Instant},
};

use super::{
    About, ClientOfIssuer,
    claims::Claims,
    token_cache::{self, TokenCache, TokenHash},
};
use crate::verify::{AccessToken, TokenVerifier, VerifiedToken, VerifyError, Verifying};

#[derive(Debug)]
pub(super) struct Introspection {
    about: Arc<About>,
    client: ClientOfIssuer,
    endpoint: Mutex<Endpoint>,
    answers: TokenCache<Answer>,
    /// One of these is held while a token is asked about, so that no token is asked about twice at
    /// once.
    asking: Vec<Mutex<()>>,
    failed: std::sync::Mutex<Option<Instant>>,
}

#[derive(Debug)]
enum Endpoint {
    Known(Uri),
    ToDiscover { failed: Option<Instant> },
}

#[derive(Clone, Debug)]
struct Answer {
    until: Instant,
    verified: Result<VerifiedToken, VerifyError>,
}

/// How many tokens are asked about at once.
const AT_ONCE: usize = 64;

/// How long nobody is asked after a failure: long enough that an issuer which does not answer does
/// not hold up every request.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

impl Introspection {
    pub(super) fn new(about: Arc<About>, client: ClientOfIssuer, endpoint: Option<Uri>) -> Self {
        let endpoint = match endpoint {
            Some(endpoint) => Endpoint::Known(endpoint),
            None => Endpoint::ToDiscover { failed: None },
        };
        Self {
            answers: TokenCache::new(about.limits.cached_tokens),
            about,
            client,
            endpoint: Mutex::new(endpoint),
            asking: std::iter::repeat_with(Mutex::default).take(AT_ONCE).collect(),
            failed: std::sync::Mutex::default(),
        }
    }

    async fn introspect(&self, token: &str) -> Result<VerifiedToken, VerifyError> {
        #[cfg(feature = "jwt")]
        if super::jwt::issuer(token).is_some_and(|issuer| issuer != self.about.name) {
            return Err(VerifyError::Unknown);
        }
        let hash = token_cache::hash(token);
        if let Some(verified) = self.known(&hash) {
            return verified;
        }
        let place = usize::from(hash[0]) % AT_ONCE;
        let Some(place) = self.asking.get(place) else { return Err(VerifyError::Unknown) };
        let _asking = place.lock().await;
        if let Some(verified) = self.known(&hash) {
            return verified;
        }
        self.check_failed()?;
        let verified = match self.ask(token).await {
            Ok(answer) => self.read(answer),
            Err(error) => {
                self.note_failure(Some(Instant::now()));
                return Err(error);
            }
        };
        self.note_failure(None);
        let limits = &self.about.limits;
        let keep = match &verified {
            Ok(verified) => {
                let left =
                    |at: SystemTime| at.duration_since(SystemTime::now()).unwrap_or_default();
                let left = verified.principal.expires_at().map_or(Duration::MAX, left);
                limits.introspection_fresh.min(left)
            }
            Err(_) => limits.inactive_fresh,
        };
        self.answers
            .insert(hash, Answer { until: Instant::now() + keep, verified: verified.clone() });
        verified
    }

    fn known(&self, hash: &TokenHash) -> Option<Result<VerifiedToken, VerifyError>> {
        let answer = self.answers.get(hash).filter(|answer| Instant::now() < answer.until)?;
        Some(answer.verified)
    }

    fn check_failed(&self) -> Result<(), VerifyError> {
        let failed = *self.failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match failed.filter(|at| at.elapsed() < AFTER_FAILURE) {
            Some(_) => Err(unavailable()),
            None => Ok(()),
        }
    }

    fn note_failure(&self, at: Option<Instant>) {
        *self.failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = at;
    }

    async fn ask(&self, token: &str) -> Result<Map<String, Value>, VerifyError> {
        let endpoint = self.endpoint().await?;
        let mut form = String::from("token=");
        encode(token, &mut form);
        form.push_str("&token_type_hint=access_token");
        let patience = self.about.limits.introspection_timeout;
        let answer =
            self.about.client.post(&endpoint, self.credentials(), form, patience).await.map_err(
                |error| {
                    tracing::warn!(%endpoint, %error, "no answer about a token");
                    unavailable()
                },
            )?;
        serde_json::from_slice(&answer).map_err(|_| {
            tracing::warn!(%endpoint, "the answer about a token cannot be read");
            unavailable()
        })
    }

    /// Id and secret as the user and password of HTTP, each encoded as in a form (RFC 6749 section
    /// 2.3.1).
    fn credentials(&self) -> Option<HeaderValue> {
        let mut pair = String::new();
        encode(&self.client.id, &mut pair);
        pair.push(':');
        encode(self.client.secret.expose(), &mut pair);
        let mut value = HeaderValue::try_from(format!("Basic {}", BASE64.encode(pair))).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    async fn endpoint(&self) -> Result<Uri, VerifyError> {
        let mut endpoint = self.endpoint.lock().await;
        let failed = match &*endpoint {
            Endpoint::Known(uri) => return Ok(uri.clone()),
            Endpoint::ToDiscover { failed } => *failed,
        };
        if failed.is_some_and(|at| at.elapsed() < AFTER_FAILURE) {
            return Err(unavailable());
        }
        let metadata = self.about.discover().await;
        let found = metadata.and_then(|metadata| {
            let url = metadata.introspection_endpoint.as_ref();
            self.about.location("introspection_endpoint", url)
        });
        match found {
            Some(uri) => {
                *endpoint = Endpoint::Known(uri.clone());
                Ok(uri)
            }
            None => {
                *endpoint = Endpoint::ToDiscover { failed: Some(Instant::now()) };
                Err(unavailable())
            }
        }
    }

    fn read(&self, answer: Map<String, Value>) -> Result<VerifiedToken, VerifyError> {
        if answer.get("active") != Some(&Value::Bool(true)) {
            return Err(VerifyError::Invalid("it is not active"));
        }
        let is_access_token = match answer.get("token_type") {
            None => true,
            Some(Value::String(kind)) => {
                ["bearer", "dpop", "access_token"].iter().any(|it| kind.eq_ignore_ascii_case(it))
            }
            Some(_) => false,
        };
        if !is_access_token {
            return Err(VerifyError::Invalid("it is no access token"));
        }
        let claims: Claims = serde_json::from_value(Value::Object(answer.clone()))
            .map_err(|_| VerifyError::Invalid("its claims cannot be read"))?;
        self.about.accept(claims, answer)
    }
}

impl TokenVerifier for Introspection {
    fn verify<'a>(&'a self, token: AccessToken<'a>) -> Verifying<'a> {
        Box::pin(self.introspect(token.expose()))
    }
}

fn unavailable() -> VerifyError {
    VerifyError::Unavailable { retry_after: AFTER_FAILURE }
}

/// As in `application/x-www-form-urlencoded`.
fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'*') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}
