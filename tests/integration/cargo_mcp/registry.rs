//! A registry as the official API describes it, version 0.1, with GitHub beside it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, patch, post},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::DateTime;
use serde_json::{Value, json};

/// A registry that runs until the tests end.
pub struct Registry {
    pub url: String,
    world: Shared,
}

/// What the registry knows, and what it sees of the world.
#[derive(Default)]
pub struct World {
    /// TXT records by domain.
    pub dns: HashMap<String, Vec<String>>,
    /// What is at `/.well-known/mcp-registry-auth`, by domain.
    pub http: HashMap<String, String>,
    /// What the registry answers to people of GitHub who have not confirmed yet.
    pub pending: Vec<&'static str>,
    /// How long tokens live, in seconds.
    pub token_life: i64,
    pub published: Vec<Published>,
    origin: String,
    tokens: HashMap<String, Vec<String>>,
}

pub struct Published {
    pub server: Value,
    pub status: String,
    pub message: Option<String>,
}

type Shared = Arc<Mutex<World>>;
type Answer<T = Response> = Result<T, Refusal>;

/// An answer that ends a request early.
struct Refusal(Box<Response>);

impl From<Response> for Refusal {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl Registry {
    pub fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("it can");
        let url = format!("http://{}", listener.local_addr().expect("it has an address"));
        let world = World { token_life: 300, origin: url.clone(), ..World::default() };
        let world = Shared::new(Mutex::new(world));
        let router = router(Arc::clone(&world));
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("it listens");
                axum::serve(listener, router).await.expect("it serves");
            });
        });
        Self { url, world }
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no test has failed with it")
    }
}

fn router(world: Shared) -> Router {
    Router::new()
        .route("/v0.1/health", get(health))
        .route("/v0.1/auth/dns", post(prove_by_dns))
        .route("/v0.1/auth/http", post(prove_by_http))
        .route("/v0.1/auth/github-at", post(github_at))
        .route("/v0.1/auth/github-oidc", post(github_oidc))
        .route("/v0.1/auth/none", post(anonymous))
        .route("/v0.1/publish", post(publish))
        .route("/v0.1/servers/{name}/versions", get(versions))
        .route("/v0.1/servers/{name}/versions/{version}/status", patch(set_status))
        .route("/v0.1/servers/{name}/status", patch(set_status_of_all))
        .route("/login/device/code", post(device_code))
        .route("/login/oauth/access_token", post(access_token))
        .route("/actions/token", get(actions_token))
        .with_state(world)
}

/// Problem details, as the official registry answers them.
fn problem(status: StatusCode, detail: &str, errors: &[&str]) -> Response {
    let errors: Vec<Value> = errors.iter().map(|it| json!({ "message": it })).collect();
    let title = status.canonical_reason();
    let body =
        json!({ "title": title, "status": status.as_u16(), "detail": detail, "errors": errors });
    (status, [("content-type", "application/problem+json")], body.to_string()).into_response()
}

fn answer(body: &Value) -> Answer {
    Ok(([("content-type", "application/json")], body.to_string()).into_response())
}

fn parsed(body: &str) -> Answer<Value> {
    Ok(serde_json::from_str(body).map_err(|_| problem(StatusCode::BAD_REQUEST, "no JSON", &[]))?)
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    since.as_secs().try_into().expect("it is not that late")
}

impl World {
    fn issue(&mut self, patterns: Vec<String>) -> Answer {
        let token = format!("token-{}", self.tokens.len());
        let expires_at = now() + self.token_life;
        self.tokens.insert(token.clone(), patterns);
        answer(&json!({ "registry_token": token, "expires_at": expires_at }))
    }

    fn permit(&self, headers: &HeaderMap, server: &str) -> Answer<()> {
        let header = headers.get("authorization").and_then(|it| it.to_str().ok());
        let token = header.and_then(|it| it.strip_prefix("Bearer "));
        let patterns = token.and_then(|token| self.tokens.get(token)).ok_or_else(|| {
            problem(StatusCode::UNAUTHORIZED, "Invalid or expired Registry JWT token", &[])
        })?;
        let permits = |it: &String| server.starts_with(it.trim_end_matches('*'));
        if patterns.iter().any(permits) {
            return Ok(());
        }
        let detail = format!(
            "You do not have permission to publish this server. You have permission to publish: \
             {}. Attempting to publish: {server}",
            patterns.join(", ")
        );
        Err(problem(StatusCode::FORBIDDEN, &detail, &[]).into())
    }

    fn of(&mut self, name: &str) -> impl Iterator<Item = &mut Published> {
        self.published.iter_mut().filter(move |it| it.server["name"] == name)
    }
}

async fn health() -> Answer {
    answer(&json!({ "status": "ok", "github_client_id": "client-7" }))
}

async fn prove_by_dns(State(world): State<Shared>, body: String) -> Answer {
    let proof = parsed(&body)?;
    let mut world = world.lock().expect("it is whole");
    let domain = proof["domain"].as_str().unwrap_or_default();
    let records = world.dns.get(domain).cloned().unwrap_or_default();
    verify(&proof, &records)?;
    let namespace = reversed(domain);
    world.issue(vec![format!("{namespace}/*"), format!("{namespace}.*")])
}

async fn prove_by_http(State(world): State<Shared>, body: String) -> Answer {
    let proof = parsed(&body)?;
    let mut world = world.lock().expect("it is whole");
    let domain = proof["domain"].as_str().unwrap_or_default();
    let record = world.http.get(domain).cloned();
    verify(&proof, record.as_slice())?;
    let namespace = reversed(domain);
    world.issue(vec![format!("{namespace}/*")])
}

fn reversed(domain: &str) -> String {
    domain.rsplit('.').collect::<Vec<_>>().join(".")
}

/// Whether the time is signed with one of the published keys, and is that of now.
fn verify(proof: &Value, records: &[String]) -> Answer<()> {
    let refuse = |why: &str| problem(StatusCode::UNAUTHORIZED, "Token exchange failed", &[why]);
    let timestamp = proof["timestamp"].as_str().unwrap_or_default();
    let time = DateTime::parse_from_rfc3339(timestamp).map_err(|_| refuse("no RFC 3339"))?;
    if (time.timestamp() - now()).abs() > 15 {
        return Err(refuse("timestamp outside valid window (±15 seconds)").into());
    }
    let signature = proof["signed_timestamp"].as_str().and_then(from_hex);
    let signature = signature.ok_or_else(|| refuse("invalid signature format, must be hex"))?;
    if records.is_empty() {
        return Err(refuse("no MCP public key found").into());
    }
    let verified = |record: &String| is_signed_by(record, timestamp.as_bytes(), &signature);
    if records.iter().any(|record| verified(record).is_some()) {
        return Ok(());
    }
    Err(refuse("signature verification failed").into())
}

fn is_signed_by(record: &str, message: &[u8], signature: &[u8]) -> Option<()> {
    let (algorithm, key) = record.strip_prefix("v=MCPv1; k=")?.split_once("; p=")?;
    let key = BASE64_STANDARD.decode(key).ok()?;
    match algorithm {
        "ed25519" => {
            let key = ed25519_dalek::VerifyingKey::from_bytes(&key.try_into().ok()?).ok()?;
            key.verify_strict(message, &ed25519_dalek::Signature::from_slice(signature).ok()?).ok()
        }
        "ecdsap384" if key.len() == 49 => {
            use p384::ecdsa::signature::Verifier as _;
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(&key).ok()?;
            key.verify(message, &p384::ecdsa::Signature::from_slice(signature).ok()?).ok()
        }
        _ => None,
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.iter().map(byte).collect()
}

async fn github_at(State(world): State<Shared>, body: String) -> Answer {
    match parsed(&body)?["github_token"].as_str() {
        Some("gho-of-octocat") => {
            world.lock().expect("it is whole").issue(vec!["io.github.octocat/*".into()])
        }
        _ => Err(problem(StatusCode::UNAUTHORIZED, "Token exchange failed", &["bad token"]).into()),
    }
}

async fn github_oidc(State(world): State<Shared>, body: String) -> Answer {
    let mut world = world.lock().expect("it is whole");
    if parsed(&body)?["oidc_token"] == format!("oidc for {}", world.origin) {
        world.issue(vec!["io.github.octo-org/*".into()])
    } else {
        Err(problem(StatusCode::UNAUTHORIZED, "Token exchange failed", &["invalid audience"])
            .into())
    }
}

async fn anonymous(State(world): State<Shared>) -> Answer {
    world.lock().expect("it is whole").issue(vec!["io.modelcontextprotocol.anonymous/*".into()])
}

async fn publish(State(world): State<Shared>, headers: HeaderMap, body: String) -> Answer {
    let server = parsed(&body)?;
    let mut world = world.lock().expect("it is whole");
    world.permit(&headers, server["name"].as_str().unwrap_or_default())?;
    let name = server["name"].as_str().unwrap_or_default().to_owned();
    if world.of(&name).any(|it| it.server["version"] == server["version"]) {
        let why = "invalid version: cannot publish duplicate version";
        return Err(problem(StatusCode::BAD_REQUEST, "Failed to publish server", &[why]).into());
    }
    world.published.push(Published { server, status: "active".into(), message: None });
    let published = world.published.last().map(|it| response(it, true)).unwrap_or_default();
    answer(&published)
}

fn response(published: &Published, is_latest: bool) -> Value {
    let mut official = json!({
        "status": published.status,
        "statusChangedAt": "2026-07-28T00:00:00Z",
        "publishedAt": "2026-07-28T00:00:00Z",
        "updatedAt": "2026-07-28T00:00:00Z",
        "isLatest": is_latest,
    });
    if let Some(message) = &published.message {
        official["statusMessage"] = json!(message);
    }
    json!({
        "server": published.server,
        "_meta": { "io.modelcontextprotocol.registry/official": official },
    })
}

/// The other form of an error that the API describes.
fn unknown() -> Response {
    (StatusCode::NOT_FOUND, json!({ "error": "Server not found" }).to_string()).into_response()
}

async fn versions(
    State(world): State<Shared>,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Answer {
    let all = query.get("include_deleted").is_some_and(|it| it == "true");
    let mut world = world.lock().expect("it is whole");
    let mut found: Vec<Value> = Vec::new();
    for published in world.of(&name).filter(|it| all || it.status != "deleted") {
        found.insert(0, response(published, false));
    }
    let Some(latest) = found.first_mut() else { return Err(unknown().into()) };
    latest["_meta"]["io.modelcontextprotocol.registry/official"]["isLatest"] = json!(true);
    answer(&json!({ "servers": found, "metadata": { "count": found.len() } }))
}

async fn set_status(
    State(world): State<Shared>,
    Path((name, version)): Path<(String, String)>,
    headers: HeaderMap,
    body: String,
) -> Answer {
    change(&world, &headers, &name, Some(&version), &parsed(&body)?)
}

async fn set_status_of_all(
    State(world): State<Shared>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Answer {
    change(&world, &headers, &name, None, &parsed(&body)?)
}

fn change(
    world: &Shared,
    headers: &HeaderMap,
    name: &str,
    version: Option<&str>,
    body: &Value,
) -> Answer {
    let mut world = world.lock().expect("it is whole");
    world.permit(headers, name)?;
    let status = body["status"].as_str().unwrap_or_default().to_owned();
    let mut changed = 0;
    for published in world.of(name) {
        if version.is_none_or(|version| published.server["version"] == version) {
            if published.status == status {
                let why = format!("No changes to apply: status is already {status}");
                return Err(problem(StatusCode::BAD_REQUEST, &why, &[]).into());
            }
            published.status.clone_from(&status);
            published.message = body["statusMessage"].as_str().map(str::to_owned);
            changed += 1;
        }
    }
    if changed == 0 { Err(unknown().into()) } else { answer(&json!({ "updatedCount": changed })) }
}

async fn device_code(body: String) -> Answer {
    let asked = parsed(&body)?;
    assert_eq!(asked["client_id"], "client-7");
    answer(&json!({
        "device_code": "device-9",
        "user_code": "WDJB-MJHT",
        "verification_uri": "https://github.example/login/device",
        "expires_in": 900,
        "interval": 1,
    }))
}

async fn access_token(State(world): State<Shared>, body: String) -> Answer {
    let asked = parsed(&body)?;
    assert_eq!(asked["device_code"], "device-9");
    assert_eq!(asked["grant_type"], "urn:ietf:params:oauth:grant-type:device_code");
    match world.lock().expect("it is whole").pending.pop() {
        Some(error) => answer(&json!({ "error": error, "error_description": "Not this time." })),
        None => answer(&json!({ "access_token": "gho-of-octocat", "token_type": "bearer" })),
    }
}

async fn actions_token(headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Answer {
    assert_eq!(headers["authorization"], "Bearer request-token");
    assert_eq!(query["api-version"], "2.0");
    answer(&json!({ "value": format!("oidc for {}", query["audience"]) }))
}
