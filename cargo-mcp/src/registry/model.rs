//! `server.json` as types, for those who write one.

use serde::Serialize;

use super::CURRENT_SCHEMA;

/// A `server.json` of schema 2025-12-11.
///
/// # Examples
///
/// ```
/// use cargo_mcp::registry::{Package, ServerJson, Transport, judge};
///
/// let mut server = ServerJson::new("io.github.user/weather", "Forecasts for any place.", "1.0.2");
/// server.packages.push(Package::new("oci", "ghcr.io/user/weather:1.0.2", Transport::Stdio));
/// let document = serde_json::to_value(&server)?;
/// assert_eq!(document["packages"][0]["transport"]["type"], "stdio");
/// assert!(judge(&document).is_empty());
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServerJson {
    /// Always [`CURRENT_SCHEMA`].
    #[serde(rename = "$schema")]
    pub schema: &'static str,
    /// `namespace/name`, as in `io.github.user/weather`.
    pub name: String,
    /// What people read instead of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What the server does, in 1 to 100 characters.
    pub description: String,
    /// One concrete version.
    pub version: String,
    /// The server's home page, on https.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website_url: Option<String>,
    /// Where the source is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<Repository>,
    /// What clients install and start.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<Package>,
    /// Where the server runs already.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remotes: Vec<Remote>,
}

impl ServerJson {
    /// A server without packages and remotes.
    pub fn new(
        name: impl Into<String>,
        description: impl Into<String>,
        version: impl Into<String>,
    ) -> Self {
        Self {
            schema: CURRENT_SCHEMA,
            name: name.into(),
            title: None,
            description: description.into(),
            version: version.into(),
            website_url: None,
            repository: None,
            packages: Vec::new(),
            remotes: Vec::new(),
        }
    }
}

/// Where the source of a server is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repository {
    /// The address of the repository.
    pub url: String,
    /// `github` or `gitlab`.
    pub source: String,
    /// The server's folder in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subfolder: Option<String>,
}

/// What a client installs and starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Package {
    /// `cargo`, `mcpb` or `oci`, or one of `go`, `npm`, `nuget` and `pypi`.
    pub registry_type: String,
    /// The name in the package registry, the image with its tag, or the URL of a bundle.
    pub identifier: String,
    /// The version, where the identifier has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The SHA-256 of a bundle, as 64 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_sha256: Option<String>,
    /// How a client speaks to the server.
    pub transport: Transport,
    /// What follows the name of the program.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub package_arguments: Vec<Argument>,
    /// What the program finds in its environment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub environment_variables: Vec<Input>,
}

impl Package {
    /// A package without version, hash, arguments and environment.
    pub fn new(
        registry_type: impl Into<String>,
        identifier: impl Into<String>,
        transport: Transport,
    ) -> Self {
        Self {
            registry_type: registry_type.into(),
            identifier: identifier.into(),
            version: None,
            file_sha256: None,
            transport,
            package_arguments: Vec::new(),
            environment_variables: Vec::new(),
        }
    }
}

/// How a client speaks to the server of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Transport {
    /// By standard input and output.
    Stdio,
    /// By Streamable HTTP.
    StreamableHttp {
        /// Where, with `{names}` of arguments and environment variables.
        url: String,
    },
}

/// A server that is already running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Remote {
    /// By Streamable HTTP.
    StreamableHttp {
        /// Where, on https.
        url: String,
        /// What a client sends along.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        headers: Vec<Input>,
    },
    /// By HTTP+SSE of revision 2024-11-05.
    Sse {
        /// Where, on https.
        url: String,
        /// What a client sends along.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        headers: Vec<Input>,
    },
}

/// An argument of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Argument {
    /// A value as it is.
    Positional {
        /// The value.
        value: String,
    },
}

/// A header or an environment variable that the user fills in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Input {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the server needs it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_required: bool,
    /// Whether nobody else may see it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_secret: bool,
}

impl Input {
    /// An input that may be left out and that everybody may see.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}
