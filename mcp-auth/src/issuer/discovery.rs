//! The metadata of an authorization server (RFC 8414, OpenID Connect Discovery).

use http::Uri;
use serde::Deserialize;

use super::About;
use crate::uri;

#[derive(Debug, Deserialize)]
pub(super) struct ServerMetadata {
    issuer: String,
    #[cfg(feature = "jwt")]
    pub(super) jwks_uri: Option<String>,
    #[cfg(feature = "introspection")]
    pub(super) introspection_endpoint: Option<String>,
}

impl About {
    /// Looks where clients do, in their order (basic/authorization, "Authorization Server Metadata
    /// Discovery").
    pub(super) async fn discover(&self) -> Option<ServerMetadata> {
        let path = self.uri.path().trim_end_matches('/');
        let appended = (!path.is_empty())
            .then(|| format!("{}{path}/.well-known/openid-configuration", uri::origin(&self.uri)));
        let places = [
            Some(uri::well_known(&self.uri, "oauth-authorization-server")),
            Some(uri::well_known(&self.uri, "openid-configuration")),
            appended,
        ];
        for place in places.into_iter().flatten() {
            let Ok(uri) = place.parse::<Uri>() else { continue };
            let document = match self.client.get(&uri, self.limits.fetch_timeout).await {
                Ok(document) => document,
                Err(error) => {
                    tracing::debug!(%place, %error, "there is no metadata of an issuer");
                    continue;
                }
            };
            match serde_json::from_slice::<ServerMetadata>(&document) {
                // Character by character (RFC 8414 section 3.3).
                Ok(metadata) if metadata.issuer == self.name => return Some(metadata),
                Ok(_) => tracing::warn!(%place, "the metadata is of another issuer"),
                Err(_) => tracing::warn!(%place, "the metadata cannot be read"),
            }
        }
        tracing::warn!(issuer = self.name, "an issuer has no metadata");
        None
    }

    /// A location that the metadata names.
    pub(super) fn location(&self, kind: &str, url: Option<&String>) -> Option<Uri> {
        let url = url.or_else(|| {
            tracing::warn!(issuer = self.name, kind, "the metadata does not name it");
            None
        })?;
        uri::parse(kind, url, self.plain)
            .map_err(|fault| tracing::warn!(issuer = self.name, %fault, "the metadata is wrong"))
            .ok()
    }
}
