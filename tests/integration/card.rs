//! The server card and the catalog with it (SEP-2127).

use mcp_runtime::{Server, ServerCard};
use serde_json::{Value, json};

use crate::{
    fixture::{Served, serve_with},
    raw::{self, Response},
};

const CATALOG: &str = "/.well-known/ai-catalog.json";

async fn with_card() -> Served {
    serve_with(|server| {
        server
            .title("Weather")
            .description("Forecasts for any place.")
            .website("https://example.com/weather")
            .server_card(ServerCard::new("com.example/weather", "https://api.example.com/mcp"))
    })
    .await
}

async fn get(server: &Served, path: &str, headers: &[(&str, &str)]) -> Response {
    request(server, "GET", path, headers).await
}

async fn request(server: &Served, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let head =
        raw::head(server.address, method, headers, "").replacen(" /mcp ", &format!(" {path} "), 1);
    raw::exchange(server.address, head.as_bytes()).await
}

#[tokio::test]
async fn a_card_tells_what_and_where_the_server_is() {
    let server = with_card().await;
    let card = get(&server, "/mcp/server-card", &[]).await;
    assert_eq!(card.status, 200);
    assert_eq!(card.header("content-type"), Some("application/mcp-server-card+json"));
    let told = card.json();
    assert_eq!(
        told["$schema"],
        "https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json"
    );
    assert_eq!(told["name"], "com.example/weather");
    assert_eq!(told["title"], "Weather");
    assert_eq!(told["description"], "Forecasts for any place.");
    assert_eq!(told["websiteUrl"], "https://example.com/weather");
    assert_eq!(told["remotes"][0]["type"], "streamable-http");
    assert_eq!(told["remotes"][0]["url"], "https://api.example.com/mcp");
    // What is there before a client connects does not contradict what it is told then.
    let discovered = server.modern("server/discover", json!({})).await.json();
    let discovered = &discovered["result"];
    assert_eq!(told["remotes"][0]["supportedProtocolVersions"], discovered["supportedVersions"]);
    let info = &discovered["_meta"]["io.modelcontextprotocol/serverInfo"];
    assert_eq!((&told["version"], &told["title"]), (&info["version"], &info["title"]));
    for kept in ["tools", "prompts", "resources", "packages"] {
        assert_eq!(told[kept], Value::Null);
    }
}

#[tokio::test]
async fn a_catalog_leads_to_the_card() {
    let server = with_card().await;
    let catalog = get(&server, CATALOG, &[]).await;
    assert_eq!(catalog.header("content-type"), Some("application/ai-catalog+json"));
    assert_eq!(
        catalog.json(),
        json!({
            "specVersion": "1.0",
            "entries": [{
                "identifier": "urn:air:api.example.com:mcp:weather",
                "displayName": "Weather",
                "type": "application/mcp-server-card+json",
                "url": "https://api.example.com/mcp/server-card",
            }],
        })
    );
}

#[tokio::test]
async fn every_page_may_read_and_keep_both() {
    let server = with_card().await;
    for path in ["/mcp/server-card", CATALOG] {
        let first = get(&server, path, &[("origin", "https://anywhere.example")]).await;
        assert_eq!(first.header("access-control-allow-origin"), Some("*"));
        assert_eq!(first.header("cache-control"), Some("public, max-age=3600"));
        let etag = first.header("etag").expect("a tag").to_owned();
        for known in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".into()] {
            let again = get(&server, path, &[("if-none-match", &known)]).await;
            assert_eq!((again.status, again.body.as_str()), (304, ""), "{known}");
            assert_eq!(again.header("etag"), Some(etag.as_str()));
        }
        assert_eq!(get(&server, path, &[("if-none-match", "\"x\"")]).await.status, 200);
        let asked =
            [("origin", "https://anywhere.example"), ("access-control-request-method", "GET")];
        let preflight = request(&server, "OPTIONS", path, &asked).await;
        assert_eq!(preflight.status, 204);
        assert_eq!(preflight.header("access-control-allow-methods"), Some("GET"));
        assert_eq!(request(&server, "POST", path, &[]).await.status, 405);
    }
}

#[tokio::test]
async fn the_endpoint_itself_stays_what_it_is() {
    let server = with_card().await;
    assert_eq!(get(&server, "/mcp", &[("accept", "text/event-stream")]).await.status, 405);
    server.assert_healthy().await;
}

#[tokio::test]
async fn a_server_without_card_has_none() {
    let server = serve_with(|server| server).await;
    for path in ["/mcp/server-card", CATALOG, "/.well-known/mcp.json"] {
        assert_eq!(get(&server, path, &[]).await.status, 404, "{path}");
    }
}

#[test]
fn a_wrong_card_is_told_when_the_server_is_built() {
    let card = |name: &str, url: &str| {
        let server = Server::new("weather", "1.0.0").description("Forecasts.");
        server.server_card(ServerCard::new(name, url)).build().map(drop)
    };
    assert!(card("com.example/weather", "http://localhost:8000/mcp").is_ok());
    for (name, url) in [
        ("weather", "https://example.com/mcp"),
        ("com.example/", "https://example.com/mcp"),
        ("com.example/a/b", "https://example.com/mcp"),
        ("com.example/weather", "example.com/mcp"),
        ("com.example/weather", "https:///mcp"),
    ] {
        assert!(card(name, url).is_err(), "{name} {url}");
    }
    let nameless = Server::new("weather", "1.0.0");
    let card = ServerCard::new("com.example/weather", "https://example.com/mcp");
    let error = nameless.server_card(card).build().expect_err("no description").to_string();
    assert!(error.contains("Server::description"), "{error}");
}
