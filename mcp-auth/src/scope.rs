use std::{error, fmt, sync::Arc};

type Includes = dyn Fn(&str, &str) -> bool + Send + Sync;

/// Which scope includes which.
#[derive(Clone)]
pub(crate) struct ScopeRule(Arc<Includes>);

impl ScopeRule {
    pub(crate) fn new(includes: impl Fn(&str, &str) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(includes))
    }

    pub(crate) fn includes(&self, held: &str, needed: &str) -> bool {
        (self.0)(held, needed)
    }
}

impl fmt::Debug for ScopeRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScopeRule")
    }
}

/// The caller needs more scopes than the token has.
///
/// A service behind the layer puts it into the extensions of its response, and the layer makes the
/// response the challenge of RFC 6750 section 3.1: status 403, and a `WWW-Authenticate` by which
/// the client learns what to ask for.
///
/// ```
/// use axum::{Extension, extract::Path, http::StatusCode};
/// use mcp_auth::{InsufficientScope, Principal};
///
/// async fn write(
///     Extension(caller): Extension<Principal>,
///     Path(name): Path<String>,
/// ) -> Result<String, (StatusCode, Extension<InsufficientScope>)> {
///     caller
///         .require(["files:write"])
///         .map_err(|insufficient| (StatusCode::FORBIDDEN, Extension(insufficient)))?;
///     Ok(format!("{name} is written"))
/// }
/// # let _: axum::Router = axum::Router::new().route("/files/{name}", axum::routing::put(write));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsufficientScope {
    scope: String,
}

impl InsufficientScope {
    /// All of `scopes` are needed.
    #[must_use]
    pub fn new<S: AsRef<str>>(scopes: impl IntoIterator<Item = S>) -> Self {
        let mut scope = String::new();
        for needed in scopes {
            if !scope.is_empty() {
                scope.push(' ');
            }
            scope.push_str(needed.as_ref());
        }
        Self { scope }
    }

    /// The scopes that are needed, with a space between them.
    #[must_use]
    pub fn scope(&self) -> &str {
        &self.scope
    }
}

impl fmt::Display for InsufficientScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this needs the scope `{}`", self.scope)
    }
}

impl error::Error for InsufficientScope {}
