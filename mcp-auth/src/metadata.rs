//! The document by which clients find out whom to ask for a token (RFC 9728). It is written once,
//! from the configuration: nothing that a request says has a part in it.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, Uri, header};
use serde_json::{Map, Value};

use crate::uri;

const NAME: &str = "oauth-protected-resource";

#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) document: Bytes,
    /// Where it is served: the location of the resource comes first.
    pub(crate) paths: Vec<String>,
    pub(crate) url: String,
}

impl Metadata {
    pub(crate) fn new(resource: &Uri, document: Map<String, Value>) -> Self {
        let mut paths = vec![uri::well_known_path(resource, NAME), format!("/.well-known/{NAME}")];
        paths.dedup();
        Self {
            document: Value::Object(document).to_string().into(),
            paths,
            url: uri::well_known(resource, NAME),
        }
    }

    pub(crate) fn answer<B: From<Bytes>>(&self, method: &Method) -> Response<B> {
        let (status, body) = match *method {
            Method::GET => (StatusCode::OK, self.document.clone()),
            Method::HEAD => (StatusCode::OK, Bytes::new()),
            Method::OPTIONS => (StatusCode::NO_CONTENT, Bytes::new()),
            _ => (StatusCode::METHOD_NOT_ALLOWED, Bytes::new()),
        };
        let mut response = Response::new(B::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
        // Clients in web pages read it as well.
        let everyone = HeaderValue::from_static("*");
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, everyone.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, everyone);
        if status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
        }
        response
    }
}
