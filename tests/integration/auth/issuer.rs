//! An authorization server that does what a test wants.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Body, Bytes, HttpBody},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use http_body::Frame;
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    time::{Interval, interval, sleep},
};

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
    /// Does not know who asks.
    Denied,
    /// Answers rightly, before ten megabytes of nothing.
    Huge,
    /// Takes the connection and says nothing, as long as this lasts.
    Hanging,
    /// Says little and never comes to an end.
    Dripping,
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

impl Shared {
    fn fault(&self) -> Fault {
        *self.fault.lock().expect("not poisoned")
    }
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
    let name = match state.fault() {
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

/// The answer, or what is wrong with it.
async fn answer(state: &Shared, document: Value) -> Response {
    while state.fault() == Fault::Hanging {
        sleep(Duration::from_millis(5)).await;
    }
    match state.fault() {
        Fault::None | Fault::OtherName | Fault::Hanging => Json(document).into_response(),
        Fault::Broken => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Fault::Page => Html("<html>Sign in</html>").into_response(),
        Fault::Redirect => Redirect::temporary("/jwks").into_response(),
        Fault::Denied => (StatusCode::UNAUTHORIZED, Json(document)).into_response(),
        Fault::Huge => (document.to_string() + &" ".repeat(10 * 1024 * 1024)).into_response(),
        Fault::Dripping => Body::new(Drops(interval(Duration::from_millis(10)))).into_response(),
    }
}

/// A space now and then.
struct Drops(Interval);

impl HttpBody for Drops {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_tick(cx).map(|_| Some(Ok(Frame::data(Bytes::from_static(b" ")))))
    }
}

async fn jwks(State(state): State<Arc<Shared>>) -> Response {
    state.fetches.fetch_add(1, Ordering::SeqCst);
    let jwks = state.jwks.lock().expect("not poisoned").clone();
    answer(&state, jwks).await
}

async fn introspect(
    State(state): State<Arc<Shared>>,
    headers: HeaderMap,
    axum::Form(form): axum::Form<std::collections::HashMap<String, String>>,
) -> Response {
    state.introspections.fetch_add(1, Ordering::SeqCst);
    let credentials = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    state.credentials.lock().expect("not poisoned").push(credentials.unwrap_or_default().into());
    let told = form
        .get("token")
        .and_then(|it| state.tokens.lock().expect("not poisoned").get(it).cloned());
    answer(&state, told.unwrap_or(json!({ "active": false }))).await
}
