//! An authorization server that does what a test wants.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::jwt::Key;

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// Answers 500.
    Broken,
    /// Answers with a page.
    Page,
    /// Sends whoever asks elsewhere.
    Redirect,
    /// Answers with more than anyone should read.
    Huge,
    /// Takes the connection and says nothing.
    Hanging,
    /// Calls itself by another name.
    OtherName,
}

pub struct Issuer {
    pub url: String,
    pub key: Key,
    state: Arc<Shared>,
}

struct Shared {
    url: String,
    jwks: Mutex<Value>,
    tokens: Mutex<Value>,
    fault: Mutex<Fault>,
    fetches: AtomicUsize,
    introspections: AtomicUsize,
    credentials: Mutex<Vec<String>>,
}

impl Issuer {
    /// With one key of the id `1`.
    pub async fn start() -> Self {
        Self::start_with(Key::p256()).await
    }

    pub async fn start_with(key: Key) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        let url = format!("http://{address}");
        let state = Arc::new(Shared {
            url: url.clone(),
            jwks: Mutex::new(json!({ "keys": [key.jwk("1")] })),
            tokens: Mutex::new(json!({})),
            fault: Mutex::new(Fault::None),
            fetches: AtomicUsize::new(0),
            introspections: AtomicUsize::new(0),
            credentials: Mutex::default(),
        });
        let app = Router::new()
            .route("/.well-known/oauth-authorization-server", get(metadata))
            .route("/jwks", get(jwks))
            .route("/introspect", post(introspect))
            .with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, app).await.expect("served") });
        Self { url, key, state }
    }

    /// Publishes these keys and no others.
    pub fn publish(&self, keys: &[Value]) {
        *self.state.jwks.lock().expect("not poisoned") = json!({ "keys": keys });
    }

    /// What it says of a token that it is asked about.
    pub fn tell(&self, token: &str, answer: Value) {
        self.state.tokens.lock().expect("not poisoned")[token] = answer;
    }

    pub fn told(&self, token: &str) -> Value {
        self.state.tokens.lock().expect("not poisoned")[token].clone()
    }

    pub fn fail(&self, fault: Fault) {
        *self.state.fault.lock().expect("not poisoned") = fault;
    }

    /// How often its keys have been fetched.
    pub fn fetches(&self) -> usize {
        self.state.fetches.load(Ordering::SeqCst)
    }

    pub fn introspections(&self) -> usize {
        self.state.introspections.load(Ordering::SeqCst)
    }

    /// The `Authorization` headers of those who asked.
    pub fn credentials(&self) -> Vec<String> {
        self.state.credentials.lock().expect("not poisoned").clone()
    }
}

async fn metadata(State(state): State<Arc<Shared>>) -> Response {
    let name = match *state.fault.lock().expect("not poisoned") {
        Fault::OtherName => "https://other.example.com",
        _ => &state.url,
    };
    Json(json!({
        "issuer": name,
        "jwks_uri": format!("{}/jwks", state.url),
        "introspection_endpoint": format!("{}/introspect", state.url),
    }))
    .into_response()
}

async fn faulty(state: &Shared) -> Option<Response> {
    let fault = *state.fault.lock().expect("not poisoned");
    Some(match fault {
        Fault::None | Fault::OtherName => return None,
        Fault::Broken => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Fault::Page => Html("<html>Sign in</html>").into_response(),
        Fault::Redirect => Redirect::temporary("/jwks").into_response(),
        Fault::Huge => " ".repeat(3 * 1024 * 1024).into_response(),
        Fault::Hanging => std::future::pending().await,
    })
}

async fn jwks(State(state): State<Arc<Shared>>) -> Response {
    state.fetches.fetch_add(1, Ordering::SeqCst);
    if let Some(faulty) = faulty(&state).await {
        return faulty;
    }
    let jwks = state.jwks.lock().expect("not poisoned").clone();
    Json(jwks).into_response()
}

async fn introspect(
    State(state): State<Arc<Shared>>,
    headers: HeaderMap,
    axum::Form(form): axum::Form<std::collections::HashMap<String, String>>,
) -> Response {
    state.introspections.fetch_add(1, Ordering::SeqCst);
    let credentials = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    state.credentials.lock().expect("not poisoned").push(credentials.unwrap_or_default().into());
    if let Some(faulty) = faulty(&state).await {
        return faulty;
    }
    let tokens = state.tokens.lock().expect("not poisoned");
    let answer = form.get("token").and_then(|token| tokens.get(token));
    Json(answer.cloned().unwrap_or(json!({ "active": false }))).into_response()
}
