//! Who calls: an assistant with a token, or a browser with a cookie. For both it is the same user.

use axum::{
    extract::{Path, Request},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use mcp_runtime::Principal;

/// Lets a request through when its user is known, with a `Principal`.
pub(crate) async fn authenticate(mut request: Request, next: Next) -> Response {
    let Some(user) = user(request.headers()) else {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
        return (StatusCode::UNAUTHORIZED, challenge, "Sign in first.").into_response();
    };
    request.extensions_mut().insert(user);
    next.run(request).await
}

/// For a demonstration. A real application asks for a password, or asks an identity provider.
pub(crate) async fn sign_in(Path(user): Path<String>) -> Response {
    if principal(&format!("demo-{user}")).is_none() {
        return (StatusCode::NOT_FOUND, "There is no such user.").into_response();
    }
    let cookie = format!("session=demo-{user}; Path=/; HttpOnly; SameSite=Lax");
    ([(header::SET_COOKIE, cookie)], "You are signed in.").into_response()
}

fn user(headers: &HeaderMap) -> Option<Principal> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let token = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let cookie = || text(header::COOKIE)?.split("; ").find_map(|it| it.strip_prefix("session="));
    principal(token.or_else(cookie)?)
}

fn principal(token: &str) -> Option<Principal> {
    let subject = match token {
        "demo-alice" => "alice",
        "demo-bob" => "bob",
        _ => return None,
    };
    Some(Principal::new("https://shop.example.com", subject))
}
