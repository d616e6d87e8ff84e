use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Map, Value};

/// A verified caller: who they are, through which client they come, and what they may do.
///
/// Cloning is cheap. Two principals are the same caller when issuer, subject and client agree;
/// scopes and claims may differ from one token of a caller to the next.
///
/// ```
/// use mcp_auth::Principal;
///
/// let alice = Principal::new("https://auth.example.com", "alice").with_scopes(["files:read"]);
/// assert_eq!(alice.subject(), "alice");
/// assert!(alice.has_scope("files:read"));
/// assert!(!alice.has_scope("files"));
/// ```
#[derive(Clone, Debug)]
pub struct Principal(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    issuer: String,
    subject: String,
    client: Option<String>,
    scopes: BTreeSet<String>,
    claims: Map<String, Value>,
}

impl Principal {
    /// A caller whom `issuer` knows as `subject`.
    #[must_use]
    pub fn new(issuer: impl Into<String>, subject: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            issuer: issuer.into(),
            subject: subject.into(),
            client: None,
            scopes: BTreeSet::new(),
            claims: Map::new(),
        }))
    }

    /// The OAuth client through which the caller comes (`client_id` of RFC 9068).
    #[must_use]
    pub fn with_client(mut self, client: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).client = Some(client.into());
        self
    }

    /// What the caller may do. Scopes are compared whole and case-sensitively (RFC 6749 section 3.3).
    #[must_use]
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        Arc::make_mut(&mut self.0).scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// The other claims that came with the caller's token.
    #[must_use]
    pub fn with_claims(mut self, claims: Map<String, Value>) -> Self {
        Arc::make_mut(&mut self.0).claims = claims;
        self
    }

    /// Who vouches for the caller.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// Who the caller is, unique for one issuer.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The OAuth client, where the token names one.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.0.client.as_deref()
    }

    /// Whether the caller holds exactly this scope.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.0.scopes.contains(scope)
    }

    /// The caller's scopes, in alphabetical order.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.0.scopes.iter().map(String::as_str)
    }

    /// One claim of the caller's token.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.0.claims.get(name)
    }
}

impl PartialEq for Principal {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.issuer == other.0.issuer
                && self.0.subject == other.0.subject
                && self.0.client == other.0.client)
    }
}

impl Eq for Principal {}
