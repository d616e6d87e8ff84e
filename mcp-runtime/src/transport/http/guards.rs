//! Who may talk to the endpoint at all: hosts, origins, and what browsers ask beforehand.

use std::net::IpAddr;

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts, uri::Authority,
};

use super::reply::{Refusal, Reply};
use crate::server::HttpOptions;

/// The hosts and origins of a server, read once.
#[derive(Debug)]
pub(crate) struct Guards {
    /// In lower case, with or without a port.
    hosts: Vec<String>,
    /// In lower case.
    origins: Vec<String>,
}

/// The origin of a web page that may read the answer.
pub(super) type AllowedOrigin = Option<HeaderValue>;

impl Guards {
    pub(super) fn new(options: &HttpOptions) -> Self {
        Self { hosts: options.hosts.clone(), origins: options.origins.clone() }
    }

    /// Refuses what DNS rebinding and foreign web pages send (basic/transports, "Security").
    ///
    /// # Errors
    ///
    /// 403 for a host or origin that is not allowed, 400 for one that cannot be read.
    pub(super) fn check(&self, parts: &Parts) -> Result<AllowedOrigin, Refusal> {
        let host = self.check_host(parts)?;
        let mut origins = parts.headers.get_all(header::ORIGIN).iter();
        let Some(origin) = origins.next() else { return Ok(None) };
        let forbidden = || Refusal::new(StatusCode::FORBIDDEN, "this origin is not allowed");
        if origins.next().is_some() {
            return Err(forbidden());
        }
        let text = origin.to_str().map_err(|_| forbidden())?.to_ascii_lowercase();
        if self.origins.contains(&text) || is_same_host(&text, &host) {
            Ok(Some(origin.clone()))
        } else {
            Err(forbidden())
        }
    }

    pub(super) fn check_host(&self, parts: &Parts) -> Result<Authority, Refusal> {
        let malformed =
            || Refusal::new(StatusCode::BAD_REQUEST, "the request names no single host");
        let mut hosts = parts.headers.get_all(header::HOST).iter();
        let authority = match (parts.uri.authority(), hosts.next(), hosts.next()) {
            (_, _, Some(_)) | (None, None, None) => return Err(malformed()),
            (Some(authority), None, None) => authority.clone(),
            (target, Some(host), None) => {
                let host = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
                let host = host.ok_or_else(malformed)?;
                if target.is_some_and(|target| *target != host) {
                    return Err(malformed());
                }
                host
            }
        };
        if authority.as_str().contains('@') {
            return Err(malformed());
        }
        if self.allows_host(&authority) {
            Ok(authority)
        } else {
            Err(Refusal::new(StatusCode::FORBIDDEN, "this host is not allowed"))
        }
    }

    fn allows_host(&self, authority: &Authority) -> bool {
        let name = authority.host();
        is_loopback(name)
            || self.hosts.iter().any(|allowed| {
                allowed.eq_ignore_ascii_case(name)
                    || allowed.eq_ignore_ascii_case(authority.as_str())
            })
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback())
}

/// A page of the server's own host and port, over either scheme: a proxy may end TLS.
fn is_same_host(origin: &str, host: &Authority) -> bool {
    let (rest, default_port) =
        match (origin.strip_prefix("http://"), origin.strip_prefix("https://")) {
            (Some(rest), _) => (rest, 80),
            (_, Some(rest)) => (rest, 443),
            _ => return false,
        };
    rest.parse::<Authority>().is_ok_and(|origin| {
        origin.host().eq_ignore_ascii_case(host.host())
            && origin.port_u16().unwrap_or(default_port) == host.port_u16().unwrap_or(default_port)
    })
}

/// Answers what a browser asks before it lets a page send the request.
pub(super) fn preflight(asked: &HeaderMap) -> Reply {
    let mut reply = Reply::empty(StatusCode::NO_CONTENT);
    let headers = reply.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("POST, GET, DELETE"),
    );
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed_headers(asked));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    reply
}

const HEADERS: &str = "authorization, content-type, accept, last-event-id, mcp-session-id, \
                       mcp-protocol-version, mcp-method, mcp-name";

/// The headers that a page may send: those of arguments have names that the tools choose.
fn allowed_headers(asked: &HeaderMap) -> HeaderValue {
    let mut allowed = HEADERS.to_owned();
    let asked = asked.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS).iter();
    for name in asked.filter_map(|value| value.to_str().ok()).flat_map(|names| names.split(',')) {
        let name = name.trim().to_ascii_lowercase();
        if name.starts_with("mcp-param-") && HeaderName::try_from(name.as_str()).is_ok() {
            allowed.push_str(", ");
            allowed.push_str(&name);
        }
    }
    HeaderValue::try_from(allowed).unwrap_or(HeaderValue::from_static(HEADERS))
}

pub(super) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Lets the page of an allowed origin read the answer.
pub(super) fn allow_origin(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("mcp-session-id, www-authenticate, retry-after"),
    );
    headers.append(header::VARY, HeaderValue::from_static("origin"));
}
