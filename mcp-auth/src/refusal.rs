use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::json;

/// Why a request is not let through, as its answer (RFC 6750 section 3.1).
#[derive(Clone, Debug)]
pub struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: Cow<'static, str>,
    challenges: Vec<HeaderValue>,
    retry_after: Option<Duration>,
}

impl Refusal {
    fn new(
        status: StatusCode,
        error: &'static str,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        let description = description.into();
        Self { status, error, description, challenges: Vec::new(), retry_after: None }
    }

    pub(crate) fn bad_request(description: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// One answer for every token that is not good: which it is does not tell what to try next.
    pub(crate) fn unauthorized(challenges: Vec<HeaderValue>) -> Self {
        let refusal =
            Self::new(StatusCode::UNAUTHORIZED, "invalid_token", "a good access token is needed");
        Self { challenges, ..refusal }
    }

    pub(crate) fn insufficient_scope(scope: &str, challenges: Vec<HeaderValue>) -> Self {
        let description = format!("this needs the scope `{scope}`");
        let refusal = Self::new(StatusCode::FORBIDDEN, "insufficient_scope", description);
        Self { challenges, ..refusal }
    }

    pub(crate) fn too_many_requests(retry_after: Duration) -> Self {
        let refusal =
            Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "too many requests");
        Self { retry_after: Some(retry_after), ..refusal }
    }

    pub(crate) fn unavailable(retry_after: Duration) -> Self {
        let refusal = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "the token cannot be verified at the moment",
        );
        Self { retry_after: Some(retry_after), ..refusal }
    }

    /// The status of the answer: 400, 401, 403, 429 or 503.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Adds the headers of the answer: `WWW-Authenticate`, `Retry-After` and `Cache-Control`.
    pub fn write_headers(&self, headers: &mut HeaderMap) {
        for challenge in &self.challenges {
            headers.append(header::WWW_AUTHENTICATE, challenge.clone());
        }
        if let Some(retry_after) = self.retry_after {
            // Not sooner than it is worth it.
            let seconds = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }

    /// The answer, with a JSON body that names the error.
    #[must_use]
    pub fn into_response<B: From<Bytes>>(self) -> Response<B> {
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut response = Response::new(B::from(Bytes::from(body.to_string())));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.write_headers(headers);
        response
    }
}

/// Writes the challenges of a resource server (RFC 9728 section 5.1).
#[derive(Debug)]
pub(crate) struct Challenges {
    pub(crate) metadata_url: String,
    /// The scopes that every request needs.
    pub(crate) scopes: Vec<String>,
    /// The algorithms of DPoP proofs, where they are taken.
    pub(crate) proof_algorithms: Option<&'static str>,
}

impl Challenges {
    /// For a request without a token, or with one that is not good.
    pub(crate) fn for_token(&self, error: Option<&str>) -> Vec<HeaderValue> {
        self.write(&self.scopes.join(" "), error)
    }

    /// For a request with a good token of too few scopes, and all the scopes it needs.
    pub(crate) fn for_scope(&self, needed: &str) -> (String, Vec<HeaderValue>) {
        let needed = needed.split(' ').filter(|it| !it.is_empty() && is_scope(it));
        let more = needed.filter(|it| !self.scopes.iter().any(|scope| scope == it));
        let all: Vec<&str> = self.scopes.iter().map(String::as_str).chain(more).collect();
        let scope = all.join(" ");
        let challenges = self.write(&scope, Some("insufficient_scope"));
        (scope, challenges)
    }

    fn write(&self, scope: &str, error: Option<&str>) -> Vec<HeaderValue> {
        let mut parameters = format!("resource_metadata=\"{}\"", self.metadata_url);
        if !scope.is_empty() {
            parameters.push_str(&format!(", scope=\"{scope}\""));
        }
        if let Some(error) = error {
            parameters.push_str(&format!(", error=\"{error}\""));
        }
        let bearer = format!("Bearer {parameters}");
        let dpop = self.proof_algorithms.map(|algs| format!("DPoP {parameters}, algs=\"{algs}\""));
        [Some(bearer), dpop]
            .into_iter()
            .flatten()
            .filter_map(|challenge| HeaderValue::try_from(challenge).ok())
            .collect()
    }
}

/// The characters of a `scope-token` (RFC 6749 section 3.3).
pub(crate) fn is_scope(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|it| matches!(it, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}
