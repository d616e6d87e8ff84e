use std::time::Duration;

/// Every figure that bounds a resource server.
///
/// ```
/// use mcp_auth::{AuthLimits, ResourceServer};
///
/// let mut limits = AuthLimits::default();
/// limits.requests_per_second = 10;
/// let server = ResourceServer::new("https://api.example.com/mcp").limits(limits);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AuthLimits {
    /// The longest token in bytes; a longer one is refused unread. 16 KiB.
    pub token_bytes: usize,
    /// How many requests a second one principal can make in the long run; more are answered 429.
    /// 100.
    pub requests_per_second: u32,
    /// How many requests one principal can make at once after a pause. 200.
    pub request_burst: u32,
    /// How many requests with a bad token one address can make in a minute; then its requests are
    /// answered 429, whatever they hold. 30. It needs to know the address:
    /// [`ResourceServer::client_address`](crate::ResourceServer::client_address).
    pub failures_per_minute: u32,
    /// Of how many principals, and of how many addresses, the requests are counted; when there are
    /// more than that within minutes, those that are new are refused with 503. 10,000.
    pub tracked_callers: usize,
    /// How many verified tokens are remembered. 10,000.
    pub cached_tokens: usize,
    /// By how much the clocks of issuer and server can differ. 60 s.
    pub leeway: Duration,
    /// How long one request to an authorization server can take. 5 s.
    pub fetch_timeout: Duration,
    /// How long an introspection can take. 3 s.
    pub introspection_timeout: Duration,
    /// The largest document of an authorization server in bytes. 1 MiB.
    pub document_bytes: usize,
    /// How many keys of one issuer are kept; the first ones are. 256.
    pub keys: usize,
    /// How long keys are used before they are fetched again; so long a key that the issuer has
    /// removed is still taken. 10 min.
    pub keys_fresh: Duration,
    /// How long keys are used after that, while the issuer cannot be reached. 1 h.
    pub keys_stale: Duration,
    /// How long no further fetch follows one that an unknown key, or a failure, has caused. 10 s.
    pub fetch_pause: Duration,
    /// How long the answer to an introspection is used, and so how long a revoked token is still
    /// taken. 60 s.
    pub introspection_fresh: Duration,
    /// How long a token that was found inactive is refused without asking again. 5 s.
    pub inactive_fresh: Duration,
    /// How old a DPoP proof can be, besides the leeway. 60 s.
    pub proof_age: Duration,
    /// How many DPoP proofs are remembered, so that none is taken twice; when there are more, those
    /// that are new are refused with 503. 100,000.
    pub tracked_proofs: usize,
}

impl Default for AuthLimits {
    fn default() -> Self {
        Self {
            token_bytes: 16 * 1024,
            requests_per_second: 100,
            request_burst: 200,
            failures_per_minute: 30,
            tracked_callers: 10_000,
            cached_tokens: 10_000,
            leeway: Duration::from_secs(60),
            fetch_timeout: Duration::from_secs(5),
            introspection_timeout: Duration::from_secs(3),
            document_bytes: 1024 * 1024,
            keys: 256,
            keys_fresh: Duration::from_secs(10 * 60),
            keys_stale: Duration::from_secs(60 * 60),
            fetch_pause: Duration::from_secs(10),
            introspection_fresh: Duration::from_secs(60),
            inactive_fresh: Duration::from_secs(5),
            proof_age: Duration::from_secs(60),
            tracked_proofs: 100_000,
        }
    }
}
