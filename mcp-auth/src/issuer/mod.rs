//! Authorization servers whose tokens are taken.

mod claims;
mod discovery;
#[cfg(feature = "introspection")]
mod introspection;
#[cfg(feature = "jwt")]
pub(crate) mod jwt;
mod token_cache;

use std::{fmt, sync::Arc};

use http::Uri;

#[cfg(feature = "introspection")]
use crate::secret::Secret;
use crate::{AuthLimits, client::Client, uri, verify::TokenVerifier};

/// An authorization server whose tokens are taken.
///
/// Its issuer identifier is all it needs: its metadata (RFC 8414, or OpenID Connect Discovery) says
/// where its keys are. Its tokens are JWTs (RFC 9068) unless it is asked about them by
/// [`introspection`](Self::introspection).
#[cfg_attr(
    feature = "jwt",
    doc = r#"
```
use mcp_auth::{Algorithm, Issuer};

let issuer = Issuer::new("https://auth.example.com")
    .algorithms([Algorithm::Es256])
    .scope_claims(["scope", "permissions"]);
```
"#
)]
#[derive(Clone)]
#[must_use]
pub struct Issuer {
    name: String,
    #[cfg(feature = "jwt")]
    keys: Option<String>,
    #[cfg(feature = "jwt")]
    algorithms: Vec<jwt::Algorithm>,
    scope_claims: Vec<String>,
    #[cfg(feature = "introspection")]
    introspection: Option<ClientOfIssuer>,
    #[cfg(feature = "introspection")]
    introspection_endpoint: Option<String>,
}

/// As whom the server asks about tokens.
#[cfg(feature = "introspection")]
#[derive(Clone, Debug)]
struct ClientOfIssuer {
    id: String,
    secret: Secret,
}

impl Issuer {
    /// The authorization server of this issuer identifier, exactly as it stands in its tokens and
    /// its metadata: an `https` URL.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            #[cfg(feature = "jwt")]
            keys: None,
            #[cfg(feature = "jwt")]
            algorithms: jwt::Algorithm::DEFAULT.to_vec(),
            scope_claims: vec!["scope".into(), "scp".into()],
            #[cfg(feature = "introspection")]
            introspection: None,
            #[cfg(feature = "introspection")]
            introspection_endpoint: None,
        }
    }

    /// Where its keys are (a JWK set, RFC 7517), for a server without metadata.
    #[cfg(feature = "jwt")]
    pub fn keys(mut self, url: impl Into<String>) -> Self {
        self.keys = Some(url.into());
        self
    }

    /// By which algorithms its tokens may be signed. RS256, PS256, ES256 and EdDSA, unless this
    /// says otherwise.
    #[cfg(feature = "jwt")]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = jwt::Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// Which claims hold scopes, as text with spaces or as a list. `scope` and `scp`, unless this
    /// says otherwise.
    pub fn scope_claims<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.scope_claims = names.into_iter().map(Into::into).collect();
        self
    }

    /// Asks the issuer about its tokens (RFC 7662), as the client that the issuer knows by `id` and
    /// `secret`. A token that it has revoked is found out within
    /// [`AuthLimits::introspection_fresh`].
    ///
    /// A JWT goes to the issuer that it names. Of a token that names none, the issuers are asked in
    /// the order in which they were given.
    ///
    /// ```
    /// use mcp_auth::{Issuer, ResourceServer};
    ///
    /// # let secret = "secret";
    /// let server = ResourceServer::new("https://api.example.com/mcp")
    ///     .issuer(Issuer::new("https://auth.example.com").introspection("api", secret));
    /// ```
    #[cfg(feature = "introspection")]
    pub fn introspection(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.introspection = Some(ClientOfIssuer { id: id.into(), secret: Secret::new(secret) });
        self
    }

    /// Where it is asked about tokens, for a server without metadata.
    #[cfg(feature = "introspection")]
    pub fn introspection_endpoint(mut self, url: impl Into<String>) -> Self {
        self.introspection_endpoint = Some(url.into());
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn build(
        issuers: Vec<Self>,
        private_addresses: bool,
        limits: &AuthLimits,
        faults: &mut Vec<String>,
    ) -> Vec<Arc<dyn TokenVerifier>> {
        if issuers.is_empty() {
            return Vec::new();
        }
        let client = match Client::new(private_addresses, limits.document_bytes) {
            Ok(client) => client,
            Err(fault) => {
                faults.push(fault);
                return Vec::new();
            }
        };
        let mut verifiers = Vec::new();
        for issuer in issuers {
            match issuer.verifier(&client, private_addresses, limits) {
                Ok(verifier) => verifiers.push(verifier),
                Err(fault) => faults.push(fault),
            }
        }
        verifiers
    }

    fn verifier(
        self,
        client: &Client,
        plain: bool,
        limits: &AuthLimits,
    ) -> Result<Arc<dyn TokenVerifier>, String> {
        let place = |url: Option<&String>, kind: &str| {
            url.map(|url| uri::parse(kind, url, plain)).transpose()
        };
        let about = Arc::new(About {
            uri: uri::parse("issuer", &self.name, plain)?,
            name: self.name,
            scope_claims: self.scope_claims,
            client: client.clone(),
            plain,
            limits: limits.clone(),
        });
        #[cfg(feature = "introspection")]
        if let Some(client) = self.introspection {
            let endpoint = place(self.introspection_endpoint.as_ref(), "introspection endpoint")?;
            return Ok(Arc::new(introspection::Introspection::new(about, client, endpoint)));
        }
        #[cfg(feature = "jwt")]
        {
            let keys = place(self.keys.as_ref(), "location of keys")?;
            Ok(Arc::new(jwt::JwtVerifier::new(about, self.algorithms, keys)))
        }
        #[cfg(not(feature = "jwt"))]
        Err(format!("the tokens of `{}` are JWTs, which need the feature `jwt`", about.name))
    }
}

impl<T: Into<String>> From<T> for Issuer {
    fn from(name: T) -> Self {
        Self::new(name)
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What all ways to verify a token of an issuer need.
#[derive(Debug)]
struct About {
    name: String,
    uri: Uri,
    scope_claims: Vec<String>,
    client: Client,
    /// Whether `http` is allowed.
    plain: bool,
    limits: AuthLimits,
}
