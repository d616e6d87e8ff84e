use std::{fmt, hash::RandomState, net::IpAddr, sync::Arc, time::Duration};

use http::request::Parts;
use serde_json::{Map, Value};

#[cfg(feature = "client")]
use crate::issuer::Issuer;
use crate::{
    AuthLimits, Principal,
    api_keys::ApiKeys,
    error::ConfigError,
    guard::{ClientAddressOf, Guard},
    layer::AuthLayer,
    metadata::Metadata,
    rate::{ClientAddress, Rate},
    refusal::{Challenges, is_scope},
    scope::ScopeRule,
    secret::Secret,
    uri,
    verify::TokenVerifier,
};

/// How a service finds out who calls it: an OAuth 2.1 resource server
/// (basic/authorization; RFC 6750, RFC 8707, RFC 9728).
///
/// A request is let through when its `Authorization` header has a token that
///
/// - one of the issuers, verifiers or API keys knows,
/// - is for this resource: the identifier given to [`new`](Self::new) is among its audiences,
///   character by character,
/// - has not expired,
/// - holds the scopes that every request needs,
/// - is bound to nothing, or to a key whose possession the request proves (feature `dpop`).
///
/// Any other is answered 401 with a challenge by which the client finds the authorization server,
/// 403 when scopes are missing, 400 when it has several `Authorization` headers, 429 when it comes
/// too often, and 503 when the issuer that would have to be asked cannot be reached.
#[cfg_attr(
    feature = "jwt",
    doc = r#"
```
use mcp_auth::{Issuer, ResourceServer};

# fn main() -> Result<(), mcp_auth::ConfigError> {
let auth = ResourceServer::new("https://api.example.com/mcp")
    // Its metadata and keys are found when they are needed.
    .issuer("https://auth.example.com")
    .issuer(Issuer::new("https://login.example.org").scope_claims(["scp", "roles"]))
    .scopes(["mcp:use"])
    .build()?;
# Ok(())
# }
```
"#
)]
#[must_use = "it protects nothing until it is built"]
pub struct ResourceServer {
    resource: String,
    audiences: Vec<String>,
    #[cfg(feature = "client")]
    issuers: Vec<Issuer>,
    #[cfg(feature = "client")]
    private_addresses: bool,
    verifiers: Vec<Arc<dyn TokenVerifier>>,
    api_keys: Vec<(Secret, Principal)>,
    scopes: Vec<String>,
    scopes_supported: Option<Vec<String>>,
    scope_rule: Option<ScopeRule>,
    metadata: Map<String, Value>,
    client_address: Arc<ClientAddressOf>,
    limits: AuthLimits,
}

/// So that nobody guesses one.
const MIN_API_KEY_BYTES: usize = 16;

impl ResourceServer {
    /// The server at this URL, which is also the audience of the tokens for it: absolute, without
    /// query and fragment, with `https` unless it is on the machine itself.
    pub fn new(resource: impl Into<String>) -> Self {
        Self {
            resource: resource.into(),
            audiences: Vec::new(),
            #[cfg(feature = "client")]
            issuers: Vec::new(),
            #[cfg(feature = "client")]
            private_addresses: false,
            verifiers: Vec::new(),
            api_keys: Vec::new(),
            scopes: Vec::new(),
            scopes_supported: None,
            scope_rule: None,
            metadata: Map::new(),
            client_address: Arc::new(|parts| {
                parts.extensions.get::<ClientAddress>().map(|address| address.0)
            }),
            limits: AuthLimits::default(),
        }
    }

    /// Takes the tokens of an authorization server, by its issuer identifier or an [`Issuer`].
    #[cfg(feature = "client")]
    pub fn issuer(mut self, issuer: impl Into<Issuer>) -> Self {
        self.issuers.push(issuer.into());
        self
    }

    /// Lets an authorization server be at a private address: of the machine itself, of the local
    /// network. Right where it runs there; otherwise a document from outside could name addresses
    /// that only this server reaches. It also allows `http`.
    #[cfg(feature = "client")]
    pub fn allow_private_addresses(mut self) -> Self {
        self.private_addresses = true;
        self
    }

    /// Asks a verifier of one's own, before the issuers.
    pub fn verifier(mut self, verifier: impl TokenVerifier) -> Self {
        self.verifiers.push(Arc::new(verifier));
        self
    }

    /// Takes a secret of at least 16 bytes as the token of `principal`, for tests and for
    /// deployments without an authorization server.
    ///
    /// ```
    /// use mcp_auth::{Principal, ResourceServer};
    ///
    /// let robot = Principal::new("https://api.example.com", "robot").with_scopes(["files:read"]);
    /// let server = ResourceServer::new("https://api.example.com/mcp")
    ///     .api_key("1c9f3a6d50e84b27", robot);
    /// ```
    pub fn api_key(mut self, key: impl Into<String>, principal: Principal) -> Self {
        self.api_keys.push((Secret::new(key), principal));
        self
    }

    /// Another name for the resource in the audience of tokens, for issuers that do not know
    /// resource indicators (RFC 8707).
    ///
    /// ```
    /// use mcp_auth::ResourceServer;
    ///
    /// let server = ResourceServer::new("https://api.example.com/mcp")
    ///     .audience("api://6b2f6f37-3a9a-4d1c-9f64-0c3d3f6f7c1e");
    /// ```
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// The scopes that every request needs. They are in each challenge, and in the metadata.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// The scopes in the metadata, in place of those that every request needs. Clients that get no
    /// scope in a challenge ask for these: the fewest with which the server is of use.
    pub fn scopes_supported<S: Into<String>>(
        mut self,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        self.scopes_supported = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Which scope includes which: `includes(held, needed)`. A scope always includes itself.
    ///
    /// ```
    /// use mcp_auth::ResourceServer;
    ///
    /// // `files` includes `files:read` and `files:write`.
    /// let server = ResourceServer::new("https://api.example.com/mcp").scope_rule(|held, needed| {
    ///     needed.strip_prefix(held).is_some_and(|rest| rest.starts_with(':'))
    /// });
    /// ```
    pub fn scope_rule(
        mut self,
        includes: impl Fn(&str, &str) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.scope_rule = Some(ScopeRule::new(includes));
        self
    }

    /// The server's name for people, in the metadata.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.member("resource_name", name)
    }

    /// Where to read about the server, in the metadata.
    pub fn documentation(self, url: impl Into<String>) -> Self {
        self.member("resource_documentation", url)
    }

    fn member(mut self, name: &str, value: impl Into<String>) -> Self {
        self.metadata.insert(name.into(), Value::String(value.into()));
        self
    }

    /// How the address of the client is found, for the limit on bad tokens. Without this it is the
    /// [`ClientAddress`] among the extensions of the request, if there is one.
    ///
    /// ```
    /// use std::net::SocketAddr;
    ///
    /// use axum::extract::ConnectInfo;
    /// use mcp_auth::ResourceServer;
    ///
    /// let server = ResourceServer::new("https://api.example.com/mcp").client_address(|request| {
    ///     request.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
    /// });
    /// ```
    pub fn client_address(
        mut self,
        find: impl Fn(&Parts) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.client_address = Arc::new(find);
        self
    }

    /// Takes the header `X-Forwarded-For` from these proxies, and from no one else: the client is
    /// the last address in it that is no such proxy. Call it after
    /// [`client_address`](Self::client_address).
    ///
    /// ```
    /// use mcp_auth::ResourceServer;
    ///
    /// let server = ResourceServer::new("https://api.example.com/mcp")
    ///     .trust_proxies(|address| address.is_loopback());
    /// ```
    pub fn trust_proxies(
        mut self,
        is_proxy: impl Fn(IpAddr) -> bool + Send + Sync + 'static,
    ) -> Self {
        let peer = self.client_address;
        self.client_address = Arc::new(move |parts| {
            let peer = peer(parts)?;
            let forwarded = parts.headers.get_all("x-forwarded-for").iter();
            let forwarded =
                forwarded.filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(','));
            let mut client = peer;
            for hop in forwarded.collect::<Vec<_>>().into_iter().rev() {
                if !is_proxy(client) {
                    break;
                }
                let Ok(hop) = hop.trim().parse() else { break };
                client = hop;
            }
            Some(client)
        });
        self
    }

    /// Sets the figures that bound the server.
    pub fn limits(mut self, limits: AuthLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Checks everything. Nothing is fetched before the first token.
    ///
    /// # Errors
    ///
    /// Everything that is wrong: URIs, scopes and API keys, or that nobody is named whose tokens
    /// are taken.
    ///
    /// ```
    /// use mcp_auth::ResourceServer;
    ///
    /// let error = ResourceServer::new("http://api.example.com/mcp#top").build().unwrap_err();
    /// assert!(error.to_string().contains("fragment"));
    /// assert!(error.to_string().contains("no issuer"));
    /// ```
    pub fn build(self) -> Result<AuthLayer, ConfigError> {
        let mut faults = Vec::new();
        let resource = uri::parse("resource", &self.resource, false);
        let resource = resource.map_err(|fault| faults.push(fault)).unwrap_or_default();
        let listed = self.scopes.iter().chain(self.scopes_supported.iter().flatten());
        for scope in listed.filter(|scope| !is_scope(scope)) {
            faults.push(format!("`{scope}` is no scope (RFC 6749 section 3.3)"));
        }
        if self.api_keys.iter().any(|(key, _)| key.expose().len() < MIN_API_KEY_BYTES) {
            faults.push(format!("an API key has at least {MIN_API_KEY_BYTES} bytes"));
        }
        let issuers = self.issuer_names();
        if self.verifiers.is_empty() && self.api_keys.is_empty() && issuers.is_empty() {
            faults.push("no issuer, verifier or API key is given: nobody could call".to_owned());
        }
        let metadata = Metadata::new(&resource, self.document(issuers));
        let mut verifiers = self.verifiers;
        if !self.api_keys.is_empty() {
            let resource = self.resource.clone();
            verifiers.insert(0, Arc::new(ApiKeys { keys: self.api_keys, resource }));
        }
        #[cfg(feature = "client")]
        verifiers.extend(Issuer::build(
            self.issuers,
            self.private_addresses,
            &self.limits,
            &mut faults,
        ));
        if !faults.is_empty() {
            return Err(ConfigError::new(&faults));
        }
        let limits = self.limits;
        let mut audiences = self.audiences;
        audiences.insert(0, self.resource);
        Ok(AuthLayer(Arc::new(Guard {
            host: resource
                .authority()
                .map(|it| it.as_str().to_ascii_lowercase())
                .unwrap_or_default(),
            audiences,
            challenges: Challenges {
                metadata_url: metadata.url.clone(),
                scopes: self.scopes,
                #[cfg(feature = "dpop")]
                proof_algorithms: Some(crate::dpop::ALGORITHMS),
                #[cfg(not(feature = "dpop"))]
                proof_algorithms: None,
            },
            metadata,
            scope_rule: self.scope_rule,
            verifiers,
            client_address: self.client_address,
            requests: Rate::new(
                limits.requests_per_second,
                Duration::from_secs(1),
                limits.request_burst,
                limits.tracked_callers,
            ),
            failures: Rate::new(
                limits.failures_per_minute,
                Duration::from_secs(60),
                limits.failures_per_minute,
                limits.tracked_callers,
            ),
            hasher: RandomState::new(),
            #[cfg(feature = "dpop")]
            proofs: crate::dpop::Proofs::new(&resource),
            limits,
        })))
    }

    fn issuer_names(&self) -> Vec<Value> {
        #[cfg(feature = "client")]
        return self.issuers.iter().map(|issuer| Value::from(issuer.name())).collect();
        #[cfg(not(feature = "client"))]
        Vec::new()
    }

    fn document(&self, issuers: Vec<Value>) -> Map<String, Value> {
        let mut document = Map::new();
        document.insert("resource".into(), self.resource.as_str().into());
        if !issuers.is_empty() {
            document.insert("authorization_servers".into(), issuers.into());
        }
        let scopes = self.scopes_supported.as_ref().unwrap_or(&self.scopes);
        if !scopes.is_empty() {
            document.insert("scopes_supported".into(), scopes.clone().into());
        }
        document.insert("bearer_methods_supported".into(), vec!["header"].into());
        #[cfg(feature = "dpop")]
        document.insert(
            "dpop_signing_alg_values_supported".into(),
            crate::dpop::ALGORITHMS.split(' ').collect::<Vec<_>>().into(),
        );
        document.extend(self.metadata.clone());
        document
    }
}

impl fmt::Debug for ResourceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResourceServer").field("resource", &self.resource).finish_non_exhaustive()
    }
}
