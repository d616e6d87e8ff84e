//! Where a registry is.

use std::{fmt, str::FromStr};

use url::{Host, Url};

/// A registry, by its address.
///
/// # Examples
///
/// ```
/// use cargo_mcp::registry::RegistryUrl;
///
/// let registry: RegistryUrl = RegistryUrl::OFFICIAL.parse()?;
/// assert_eq!(registry.origin(), "https://registry.modelcontextprotocol.io");
/// // Tokens are sent to a registry, so that others must not hear them.
/// assert!("http://example.com".parse::<RegistryUrl>().is_err());
/// # Ok::<_, String>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryUrl(Url);

impl RegistryUrl {
    /// The official registry.
    pub const OFFICIAL: &str = "https://registry.modelcontextprotocol.io";

    /// The origin of the address, by which tokens are kept and bound.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The address of an endpoint. What is in a segment stays in it.
    pub(crate) fn endpoint<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("v0.1").extend(segments);
        }
        url
    }
}

impl fmt::Display for RegistryUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl FromStr for RegistryUrl {
    type Err = String;

    /// # Errors
    ///
    /// When it is no https address. Plain http is taken for this machine alone, because tokens are
    /// sent to a registry.
    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| error.to_string())?;
        let is_local = match url.host() {
            Some(Host::Domain(domain)) => domain == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_local => Ok(Self(url)),
            _ => Err("a registry is reached by https".into()),
        }
    }
}
