//! Who calls: a layer finds it out for the whole application.

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use mcp_runtime::{Context, Error, FromContext, Principal};

/// From where the caller orders. The layer puts it into each request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Region(pub(crate) String);

/// Lets tools have a `#[inject] region: Region`.
impl FromContext for Region {
    fn from_context(ctx: &Context) -> Result<Self, Error> {
        ctx.http()
            .and_then(|request| request.extensions.get().cloned())
            .ok_or_else(|| Error::internal("no layer says the region"))
    }
}

/// Lets a request through when its caller is known, with a `Principal` and a `Region`.
pub(crate) async fn authenticate(mut request: Request, next: Next) -> Response {
    let Some(principal) = caller(request.headers()) else {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
        return (StatusCode::UNAUTHORIZED, challenge).into_response();
    };
    let region = request.headers().get("x-region").and_then(|region| region.to_str().ok());
    let region = Region(region.unwrap_or("eu").to_owned());
    request.extensions_mut().insert(principal);
    request.extensions_mut().insert(region);
    next.run(request).await
}

fn caller(headers: &HeaderMap) -> Option<Principal> {
    let token = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
    // For a demonstration. A real application checks a signature, or asks the issuer.
    let (subject, scopes) = match token {
        "demo-alice" => ("alice", vec![]),
        "demo-bob" => ("bob", vec![]),
        "demo-root" => ("root", vec!["admin"]),
        _ => return None,
    };
    Some(Principal::new("https://shop.example.com", subject).with_scopes(scopes))
}
