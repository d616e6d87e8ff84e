//! The server card: where a server is and what it is, for those who are not connected yet.
//!
//! It is experimental, as its specification is (SEP-2127).

use std::{hash::Hasher as _, sync::Arc};

use axum::{
    Router,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use serde_json::{Value, json};
use siphasher::sip128::{Hasher128 as _, SipHasher13};

use crate::{
    protocol::{Implementation, Revision},
    server::Core,
};

const CARD_TYPE: &str = "application/mcp-server-card+json";
const CATALOG_TYPE: &str = "application/ai-catalog+json";

/// Makes a server known to those who look for it: [`Server::server_card`](crate::Server::server_card).
///
/// ```
/// use mcp_runtime::{Server, ServerCard};
///
/// # fn main() -> mcp_runtime::Result<()> {
/// let server = Server::new("weather", "1.0.0")
///     .description("Forecasts for any place.")
///     .server_card(ServerCard::new("com.example/weather", "https://example.com/mcp"))
///     .build()?;
/// // Serves `/mcp`, `/mcp/server-card` and `/.well-known/ai-catalog.json`.
/// let app = server.router("/mcp");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ServerCard {
    name: String,
    url: String,
}

impl ServerCard {
    /// A card of the server that the registry knows by `name`, as in `com.example/weather`, and
    /// that is reached at `url`, as clients on the internet see it.
    pub fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self { name: name.into(), url: url.into() }
    }

    /// What is wrong with it, for the author.
    pub(crate) fn fault(&self, server: &Implementation) -> Option<String> {
        let is_word = |part: &str, marks: &str| {
            let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            is_end(part.chars().next())
                && is_end(part.chars().last())
                && part.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c))
        };
        let is_name = self
            .name
            .split_once('/')
            .is_some_and(|(namespace, name)| is_word(namespace, ".-") && is_word(name, "._-"));
        if !is_name {
            return Some(format!(
                "the server card's name `{}` is not like `com.example/weather`",
                self.name
            ));
        }
        if self.host().is_none() {
            return Some(format!("the server card's URL `{}` is no http URL", self.url));
        }
        if server.description.as_ref().is_none_or(String::is_empty) {
            return Some(
                "a server with a card has a description: call `Server::description`".to_owned(),
            );
        }
        None
    }

    fn host(&self) -> Option<&str> {
        let rest = self.url.strip_prefix("https://").or(self.url.strip_prefix("http://"))?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        (!host.is_empty() && !self.url.contains(char::is_whitespace)).then_some(host)
    }

    /// The card, which does not contradict what the server says when it is asked.
    fn card(&self, server: &Implementation) -> Value {
        let mut card = json!({
            "$schema": "https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json",
            "name": self.name,
            "version": server.version,
            "description": server.description,
        });
        let optional = [("title", &server.title), ("websiteUrl", &server.website_url)];
        for (key, value) in optional {
            if let Some(value) = value {
                card[key] = json!(value);
            }
        }
        if !server.icons.is_empty() {
            card["icons"] = json!(server.icons);
        }
        card["remotes"] = json!([{
            "type": "streamable-http",
            "url": self.url,
            "supportedProtocolVersions": Revision::newest_first(),
        }]);
        card
    }

    /// The list of all servers of the host, which is this one.
    fn catalog(&self, server: &Implementation) -> Value {
        let own = self.name.split_once('/').map_or("", |(_, own)| own);
        json!({
            "specVersion": "1.0",
            "entries": [{
                "identifier": format!("urn:air:{}:mcp:{own}", self.host().unwrap_or_default()),
                "displayName": server.title.as_ref().unwrap_or(&server.name),
                "type": CARD_TYPE,
                "url": format!("{}/server-card", self.url.trim_end_matches('/')),
            }],
        })
    }
}

/// Adds the card and the catalog to the routes of a server whose endpoint is at `path`.
pub(crate) fn with_card(router: Router, core: &Core, path: &str) -> Router {
    let Some(card) = &core.http.card else { return router };
    let at = format!("{}/server-card", path.trim_end_matches('/'));
    router
        .route(&at, document(CARD_TYPE, &card.card(&core.info)))
        .route("/.well-known/ai-catalog.json", document(CATALOG_TYPE, &card.catalog(&core.info)))
}

/// A public document that everybody may read and keep for an hour.
fn document(media_type: &'static str, value: &Value) -> axum::routing::MethodRouter {
    let body = Bytes::from(value.to_string());
    let mut hasher = SipHasher13::new();
    hasher.write(&body);
    let etag = Arc::<str>::from(format!("\"{:032x}\"", hasher.finish128().as_u128()));
    get(async move |headers: HeaderMap| answer(media_type, &body, &etag, &headers))
        .options(async || (StatusCode::NO_CONTENT, public_headers()))
}

fn public_headers() -> HeaderMap {
    HeaderMap::from_iter(
        [
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, if-none-match"),
            (header::ACCESS_CONTROL_EXPOSE_HEADERS, "etag"),
            (header::CACHE_CONTROL, "public, max-age=3600"),
        ]
        .map(|(name, value)| (name, HeaderValue::from_static(value))),
    )
}

fn answer(media_type: &'static str, body: &Bytes, etag: &str, asked: &HeaderMap) -> Response {
    let mut headers = public_headers();
    if let Ok(value) = HeaderValue::from_str(etag) {
        headers.insert(header::ETAG, value);
    }
    // RFC 9110, section 13.1.2: the comparison is weak.
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|it| it.to_str().ok());
    let is_known = known.flat_map(|list| list.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag
    });
    if is_known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    (headers, body.clone()).into_response()
}
