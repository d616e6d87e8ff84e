use std::{error, fmt, future::Future, pin::Pin, time::Duration};

use crate::Principal;

/// The future of a verifier.
pub type Verifying<'a> =
    Pin<Box<dyn Future<Output = Result<VerifiedToken, VerifyError>> + Send + 'a>>;

/// Tells whose a token is.
///
/// The resource server asks its verifiers in the order in which it got them, until one knows the
/// token. It checks the audience, the binding and the expiry of what they give itself.
///
/// ```
/// use mcp_auth::{AccessToken, Principal, ResourceServer, TokenVerifier, VerifiedToken, VerifyError, Verifying};
///
/// #[derive(Debug)]
/// struct Sessions;
///
/// impl TokenVerifier for Sessions {
///     fn verify<'a>(&'a self, token: AccessToken<'a>) -> Verifying<'a> {
///         Box::pin(async move {
///             let user = token.expose().strip_prefix("session-").ok_or(VerifyError::Unknown)?;
///             let principal = Principal::new("https://www.example.com", user);
///             Ok(VerifiedToken::new(principal, ["https://api.example.com/mcp"]))
///         })
///     }
/// }
///
/// let server = ResourceServer::new("https://api.example.com/mcp").verifier(Sessions);
/// ```
pub trait TokenVerifier: fmt::Debug + Send + Sync + 'static {
    /// Verifies a token.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] tells apart a bad token and a verifier that cannot tell.
    fn verify<'a>(&'a self, token: AccessToken<'a>) -> Verifying<'a>;
}

/// A token as a client has sent it. It does not show in a log.
#[derive(Clone, Copy)]
pub struct AccessToken<'a>(&'a str);

impl<'a> AccessToken<'a> {
    pub(crate) fn new(token: &'a str) -> Self {
        Self(token)
    }

    /// The token itself.
    #[must_use]
    pub fn expose(self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for AccessToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What a good token says.
#[derive(Clone, Debug)]
pub struct VerifiedToken {
    pub(crate) principal: Principal,
    pub(crate) audience: Vec<String>,
    pub(crate) binding: Binding,
}

/// Who alone may use a token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Binding {
    /// Whoever has it.
    Bearer,
    /// Who has the private key of this SHA-256 thumbprint (`cnf.jkt` of RFC 9449).
    Key(String),
    /// Who is known in a way that this server does not verify, such as a TLS certificate
    /// (RFC 8705).
    Other,
}

impl VerifiedToken {
    /// A bearer token for these audiences: the server takes it when its own resource identifier is
    /// one of them, character by character (RFC 8707).
    pub fn new<S: Into<String>>(
        principal: Principal,
        audience: impl IntoIterator<Item = S>,
    ) -> Self {
        let audience = audience.into_iter().map(Into::into).collect();
        Self { principal, audience, binding: Binding::Bearer }
    }

    /// The token is bound (`cnf` of RFC 7800).
    #[must_use]
    pub fn with_binding(mut self, binding: Binding) -> Self {
        self.binding = binding;
        self
    }
}

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// It is none of this verifier's: the next one is asked.
    Unknown,
    /// It is bad, for a reason that is logged and not told: 401.
    Invalid(&'static str),
    /// Nobody can tell at the moment: 503.
    Unavailable {
        /// When to try again.
        retry_after: Duration,
    },
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("no verifier knows the token"),
            Self::Invalid(reason) => write!(f, "the token is invalid: {reason}"),
            Self::Unavailable { .. } => f.write_str("the token cannot be verified at the moment"),
        }
    }
}

impl error::Error for VerifyError {}
