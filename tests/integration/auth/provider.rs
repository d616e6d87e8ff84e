//! A real authorization server: `oidc-provider`, configured as the guide shows it.

use std::{
    path::Path,
    process::Stdio,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use mcp_runtime::{
    ResourceServer,
    auth::{AuthLimits, Issuer as Trusted},
    prelude::*,
};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpListener,
    process::{Child, Command},
};

use super::{
    binding::{proof_claims, proof_header},
    jwt::Key,
    mcp::call,
};
use crate::{
    example,
    fixture::{Calls, Served, modern, serve_on},
    raw::{self, Response},
};

/// Name the caller.
#[mcp_tool]
async fn whoami(caller: Principal) -> String {
    let scopes: Vec<&str> = caller.scopes().collect();
    format!("{} {} {}", caller.subject(), caller.client().unwrap_or("nothing"), scopes.join(" "))
}

/// Write a file.
#[mcp_tool(scopes("files:write"))]
async fn write() -> &'static str {
    "written"
}

struct Provider {
    url: String,
    resource: String,
    /// Where the resource is going to be.
    listener: TcpListener,
    child: Child,
}

impl Provider {
    /// With access tokens of this format, `jwt` or `opaque`.
    async fn start(format: &str) -> Self {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
        example::run(Command::new(tests.join("setup.sh"))).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let resource = format!("http://{address}/mcp");
        let mut child = Command::new(tests.join("node/node22"))
            .arg(tests.join("node/auth/provider.mjs"))
            .args(["--resource", &resource, "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("started");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let url = lines.next_line().await.expect("readable").expect("its issuer identifier");
        // Someone has to read on, so that it can write on.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { url, resource, listener, child }
    }

    fn resource(&self) -> ResourceServer {
        ResourceServer::new(&self.resource).allow_private_addresses().scopes(["mcp:use"])
    }

    /// Serves the resource; the provider ends with what is returned.
    fn serve(self, auth: ResourceServer) -> (Served, Running) {
        let handle = Server::new("protected", "1.0.0")
            .tools(tools![whoami, write])
            .auth(auth)
            .build()
            .expect("a sound server");
        let router = handle.router("/mcp");
        let served = serve_on(self.listener, handle, router, Calls::default());
        (served, Running { url: self.url, resource: self.resource, _child: self.child })
    }
}

struct Running {
    url: String,
    resource: String,
    _child: Child,
}

impl Running {
    async fn post(&self, path: &str, client: &str, form: &str) -> Response {
        self.post_with(path, client, &[], form).await
    }

    async fn post_with(
        &self,
        path: &str,
        client: &str,
        more: &[(&str, &str)],
        form: &str,
    ) -> Response {
        let address = self.url.trim_start_matches("http://").parse().expect("an address");
        let basic = format!("Basic {}", BASE64.encode(client));
        let headers = [
            ("authorization", basic.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let head = raw::head(address, "POST", &[&headers, more].concat(), form);
        raw::exchange(address, head.replacen("/mcp", path, 1).as_bytes()).await
    }

    /// A token of the client credentials grant.
    async fn token(&self, scope: &str) -> String {
        self.token_with(scope, &[]).await
    }

    async fn token_with(&self, scope: &str, headers: &[(&str, &str)]) -> String {
        let scope = scope.replace(' ', "+");
        let form =
            format!("grant_type=client_credentials&scope={scope}&resource={}", self.resource);
        let answer = self.post_with("/token", "machine:machine-secret", headers, &form).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["access_token"].as_str().expect("a token").to_owned()
    }
}

#[test]
fn the_guide_shows_the_configuration_that_is_tested() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(tests.join(path)).expect("readable");
    let guide = read("../mcp-runtime/guide/authorization.md");
    let shown = guide.split("```js\n").nth(1).and_then(|it| it.split("```").next());
    let shown = shown.expect("a configuration");
    assert!(read("node/auth/provider.mjs").contains(shown), "{shown}");
}

#[tokio::test]
async fn a_client_gets_in_with_its_own_credentials() {
    let provider = Provider::start("jwt").await;
    let auth = provider.resource().issuer(&provider.url);
    let (server, provider) = provider.serve(auth);
    let token = provider.token("mcp:use").await;
    let whoami = json!({ "name": "whoami", "arguments": {} });
    let answer = call(&server, &token, "tools/call", whoami).await;
    assert_eq!(answer.json()["result"]["content"][0]["text"], "machine machine mcp:use");
    let write = json!({ "name": "write", "arguments": {} });
    assert_eq!(call(&server, &token, "tools/call", write.clone()).await.status, 403);
    let stronger = provider.token("mcp:use files:write").await;
    assert_eq!(call(&server, &stronger, "tools/call", write.clone()).await.status, 200);
    let without = provider.token("files:write").await;
    assert_eq!(call(&server, &without, "tools/call", write).await.status, 403);
}

#[tokio::test]
async fn a_person_signs_in_and_grants_more_when_a_tool_needs_it() {
    let provider = Provider::start("jwt").await;
    let auth = provider.resource().issuer(&provider.url);
    let (server, _provider) = provider.serve(auth);
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut client = Command::new(tests.join("node/node22"));
    client.current_dir(tests.join("node/auth")).arg("client.mjs");
    client.args(["--http", &format!("http://{}/mcp", server.address)]);
    example::run(client).await;
}

#[tokio::test]
async fn no_good_request_fails_while_keys_change() {
    let provider = Provider::start("jwt").await;
    let auth = provider.resource().issuer(&provider.url);
    let (server, provider) = provider.serve(auth);
    let discover = async |token: &str| {
        let answer = call(&server, token, "server/discover", json!({})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    };
    let old = provider.token("mcp:use").await;
    discover(&old).await;
    let rotated = AtomicBool::new(false);
    let load = async || {
        let mut requests = 0;
        while !rotated.load(Ordering::SeqCst) || requests < 50 {
            discover(&old).await;
            // Of whatever key is the newest.
            discover(&provider.token("mcp:use").await).await;
            requests += 2;
        }
    };
    let rotate = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(provider.post("/test/rotate", "", "").await.status, 204);
        rotated.store(true, Ordering::SeqCst);
    };
    tokio::join!(load(), load(), load(), load(), rotate);
}

#[tokio::test]
async fn a_token_that_is_revoked_is_refused_when_the_time_for_that_is_over() {
    let provider = Provider::start("opaque").await;
    let asked = Trusted::new(&provider.url).introspection("api", "api-secret");
    let mut limits = AuthLimits::default();
    limits.introspection_fresh = Duration::from_secs(1);
    let fresh = limits.introspection_fresh;
    let auth = provider.resource().issuer(asked).limits(limits);
    let (server, provider) = provider.serve(auth);
    let token = provider.token("mcp:use").await;
    assert!(!token.contains('.'), "it is opaque");
    let whoami = json!({ "name": "whoami", "arguments": {} });
    let answer = call(&server, &token, "tools/call", whoami.clone()).await;
    assert_eq!(answer.json()["result"]["content"][0]["text"], "machine machine mcp:use");
    let form = format!("token={token}");
    let revoked = provider.post("/token/revocation", "machine:machine-secret", &form).await;
    assert_eq!(revoked.status, 200, "{revoked:?}");
    let over = Instant::now() + fresh;
    // Those who use it all the time do not keep it alive.
    while Instant::now() < over {
        call(&server, &token, "tools/call", whoami.clone()).await;
    }
    assert_eq!(call(&server, &token, "tools/call", whoami).await.status, 401);
}

#[tokio::test]
async fn a_token_that_is_bound_to_a_key_needs_it() {
    for format in ["jwt", "opaque"] {
        let provider = Provider::start(format).await;
        let issuer = Trusted::new(&provider.url);
        let issuer =
            if format == "jwt" { issuer } else { issuer.introspection("api", "api-secret") };
        let auth = provider.resource().issuer(issuer);
        let (server, provider) = provider.serve(auth);
        let key = Key::p256();
        let proof = |token: &str, method: &str, url: &str| {
            let mut claims = proof_claims(token, &format!("{method} {url}"));
            claims["htm"] = method.into();
            claims["htu"] = url.into();
            key.token_of(&proof_header(&key), &claims.to_string())
        };
        let for_token = proof("", "POST", &format!("{}/token", provider.url));
        let token = provider.token_with("mcp:use", &[("dpop", &for_token)]).await;
        let (headers, body) = modern("server/discover", json!({}));
        let bound = format!("DPoP {token}");
        let for_call = proof(&token, "POST", &provider.resource);
        let mut headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        headers.extend([("authorization", bound.as_str()), ("dpop", for_call.as_str())]);
        let answer = server.post(&headers, &body.to_string()).await;
        assert_eq!(answer.status, 200, "{format}: {answer:?}");
        let plain = call(&server, &token, "server/discover", json!({})).await;
        assert_eq!(plain.status, 401, "{format}: as a bearer token");
    }
}
