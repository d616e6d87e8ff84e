use std::{collections::BTreeSet, sync::Arc, time::SystemTime};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::scope::{InsufficientScope, ScopeRule};

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
///
/// One can be stored with work that is done later: everything but the token itself, which it never
/// has, and the scope rule, which belongs to the server.
#[cfg_attr(
    feature = "server",
    doc = "[`AuthLayer::with_scope_rule`](crate::AuthLayer::with_scope_rule) gives that back."
)]
///
/// ```
/// use mcp_auth::Principal;
///
/// let alice = Principal::new("https://auth.example.com", "alice").with_scopes(["files:read"]);
/// let stored = serde_json::to_string(&alice).unwrap();
/// let restored: Principal = serde_json::from_str(&stored).unwrap();
/// assert_eq!(restored, alice);
/// assert!(restored.has_scope("files:read"));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Principal {
    token: Arc<Token>,
    /// Of the server, and not of the token.
    #[serde(skip)]
    scope_rule: Option<ScopeRule>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Token {
    issuer: String,
    subject: String,
    client: Option<String>,
    scopes: BTreeSet<String>,
    claims: Map<String, Value>,
    expires_at: Option<SystemTime>,
}

impl Principal {
    /// A caller whom `issuer` knows as `subject`.
    #[must_use]
    pub fn new(issuer: impl Into<String>, subject: impl Into<String>) -> Self {
        let token = Token {
            issuer: issuer.into(),
            subject: subject.into(),
            client: None,
            scopes: BTreeSet::new(),
            claims: Map::new(),
            expires_at: None,
        };
        Self { token: Arc::new(token), scope_rule: None }
    }

    /// The OAuth client through which the caller comes (`client_id` of RFC 9068).
    #[must_use]
    pub fn with_client(mut self, client: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.token).client = Some(client.into());
        self
    }

    /// What the caller may do. Scopes are compared whole and case-sensitively (RFC 6749 section
    /// 3.3), unless a rule says which includes which.
    #[must_use]
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        Arc::make_mut(&mut self.token).scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Which scope includes which: `includes(held, needed)`. A scope always includes itself.
    ///
    /// ```
    /// use mcp_auth::Principal;
    ///
    /// let alice = Principal::new("https://auth.example.com", "alice")
    ///     .with_scopes(["files"])
    ///     .with_scope_rule(|held, needed| {
    ///         needed.strip_prefix(held).is_some_and(|rest| rest.starts_with(':'))
    ///     });
    /// assert!(alice.has_scope("files:write"));
    /// assert!(!alice.has_scope("filesystem"));
    /// ```
    #[must_use]
    pub fn with_scope_rule(
        self,
        includes: impl Fn(&str, &str) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with_rule(ScopeRule::new(includes))
    }

    pub(crate) fn with_rule(mut self, rule: ScopeRule) -> Self {
        self.scope_rule = Some(rule);
        self
    }

    /// The other claims that came with the caller's token.
    #[must_use]
    pub fn with_claims(mut self, claims: Map<String, Value>) -> Self {
        Arc::make_mut(&mut self.token).claims = claims;
        self
    }

    /// From when on the caller's token is not accepted any more. Streams end then.
    #[must_use]
    pub fn with_expiry(mut self, expires_at: SystemTime) -> Self {
        Arc::make_mut(&mut self.token).expires_at = Some(expires_at);
        self
    }

    /// Who vouches for the caller.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.token.issuer
    }

    /// Who the caller is, unique for one issuer.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.token.subject
    }

    /// The OAuth client, where the token names one.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.token.client.as_deref()
    }

    /// Whether the caller holds this scope, or one that includes it.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        let scopes = &self.token.scopes;
        scopes.contains(scope)
            || self
                .scope_rule
                .as_ref()
                .is_some_and(|it| scopes.iter().any(|held| it.includes(held, scope)))
    }

    /// Checks that the caller holds all of these scopes.
    ///
    /// # Errors
    ///
    /// When one is missing: the error names all that are needed, as a client asks for them
    /// together.
    ///
    /// ```
    /// use mcp_auth::Principal;
    ///
    /// let alice = Principal::new("https://auth.example.com", "alice").with_scopes(["files:read"]);
    /// let refused = alice.require(["files:read", "files:write"]).unwrap_err();
    /// assert_eq!(refused.scope(), "files:read files:write");
    /// ```
    pub fn require<S: AsRef<str>>(
        &self,
        scopes: impl IntoIterator<Item = S> + Clone,
    ) -> Result<(), InsufficientScope> {
        if scopes.clone().into_iter().all(|scope| self.has_scope(scope.as_ref())) {
            Ok(())
        } else {
            Err(InsufficientScope::new(scopes))
        }
    }

    /// The caller's scopes, in alphabetical order.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.token.scopes.iter().map(String::as_str)
    }

    /// One claim of the caller's token.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.token.claims.get(name)
    }

    /// The claims of the caller's token, as a type of one's own.
    ///
    /// # Errors
    ///
    /// When they are no `T`.
    ///
    /// ```
    /// use mcp_auth::Principal;
    /// use serde_json::json;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Claims {
    ///     email: String,
    /// }
    ///
    /// let claims = json!({ "email": "alice@example.com" });
    /// let alice = Principal::new("https://auth.example.com", "alice")
    ///     .with_claims(claims.as_object().cloned().unwrap_or_default());
    /// assert_eq!(alice.claims::<Claims>().unwrap().email, "alice@example.com");
    /// ```
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_value(Value::Object(self.token.claims.clone()))
    }

    /// From when on the caller's token is not accepted any more, where that is known.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.token.expires_at
    }
}

impl PartialEq for Principal {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.token, &other.token)
            || (self.token.issuer == other.token.issuer
                && self.token.subject == other.token.subject
                && self.token.client == other.token.client)
    }
}

impl Eq for Principal {}

#[cfg(test)]
#[path = "principal_tests.rs"]
mod tests;
