use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode, request::Parts};
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    InsufficientScope, Principal, guard::Guard, refusal::Refusal, until_expiry::UntilExpiry,
};

/// A resource server that is ready: a tower layer for the services it protects.
///
/// Put it around the whole router, so that no route is without it and the metadata is found. Behind
/// it a [`Principal`] is in the extensions of each request, and the token is gone. The body of the
/// response ends when the token does.
///
/// It refuses what browsers ask before a page's request, which has no token. A layer that answers
/// that, such as `tower_http::cors::CorsLayer`, goes around this one.
///
/// ```
/// use axum::{Router, routing::get};
/// use mcp_auth::{Principal, ResourceServer};
///
/// # fn main() -> Result<(), mcp_auth::ConfigError> {
/// let auth = ResourceServer::new("https://api.example.com/notes")
///     .api_key("a key that nobody guesses", Principal::new("https://api.example.com", "robot"))
///     .build()?;
/// let app: Router = Router::new().route("/notes", get(async || "notes")).layer(auth);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AuthLayer(pub(crate) Arc<Guard>);

impl AuthLayer {
    /// Finds out who sends a request, for those who cannot use a layer. When it is known, the
    /// [`Principal`] is among the extensions, and the headers with the token are gone.
    ///
    /// # Errors
    ///
    /// The answer to the request.
    pub async fn authenticate(&self, parts: &mut Parts) -> Result<Principal, Refusal> {
        self.0.authenticate(parts).await
    }

    /// The answer to a request that needs more scopes than its token has: those, and the ones that
    /// every request needs.
    #[must_use]
    pub fn challenge(&self, insufficient: &InsufficientScope) -> Refusal {
        self.0.insufficient(insufficient)
    }

    /// A principal that was stored, held to the server's rule for scopes again.
    ///
    /// ```
    /// use mcp_auth::{Principal, ResourceServer};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let robot = Principal::new("https://api.example.com", "robot").with_scopes(["files"]);
    /// let stored = serde_json::to_string(&robot)?;
    /// let auth = ResourceServer::new("https://api.example.com/notes")
    ///     .api_key("a key that nobody guesses", robot)
    ///     .scope_rule(|held, needed| held == "files" && needed.starts_with("files:"))
    ///     .build()?;
    /// let robot = auth.with_scope_rule(serde_json::from_str(&stored)?);
    /// assert!(robot.has_scope("files:write"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_scope_rule(&self, principal: Principal) -> Principal {
        self.0.with_scope_rule(principal)
    }

    /// The answer to a request for the metadata (RFC 9728); `None` when it is for something else.
    pub fn metadata<B: From<Bytes>>(&self, request: &Parts) -> Option<Response<B>> {
        let metadata = &self.0.metadata;
        let asked = metadata.paths.iter().any(|path| path == request.uri.path());
        asked.then(|| metadata.answer(&request.method))
    }

    /// The paths of the metadata: `/.well-known/oauth-protected-resource` and, where the resource
    /// has a path, the one that ends with it.
    pub fn metadata_paths(&self) -> impl Iterator<Item = &str> {
        self.0.metadata.paths.iter().map(String::as_str)
    }

    /// The host of the resource, with its port if that is not the usual one.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.0.host
    }
}

impl<S> Layer<S> for AuthLayer {
    type Service = AuthService<S>;

    fn layer(&self, inner: S) -> AuthService<S> {
        AuthService { auth: self.clone(), inner }
    }
}

/// A service behind an [`AuthLayer`].
#[derive(Clone, Debug)]
pub struct AuthService<S> {
    auth: AuthLayer,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for AuthService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: From<Bytes> + 'static,
{
    type Response = Response<UntilExpiry<R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let auth = self.auth.clone();
        // The one that is ready is the one to use.
        let inner = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, inner);
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let at_once = |response: Response<R>| response.map(|it| UntilExpiry::new(it, None));
            if let Some(metadata) = auth.metadata(&parts) {
                return Ok(at_once(metadata));
            }
            let principal = match auth.authenticate(&mut parts).await {
                Ok(principal) => principal,
                Err(refusal) => return Ok(at_once(refusal.into_response())),
            };
            let mut response = inner.call(Request::from_parts(parts, body)).await?;
            if let Some(insufficient) = response.extensions_mut().remove::<InsufficientScope>() {
                *response.status_mut() = StatusCode::FORBIDDEN;
                auth.challenge(&insufficient).write_headers(response.headers_mut());
            }
            Ok(response.map(|body| UntilExpiry::new(body, principal.expires_at())))
        })
    }
}
