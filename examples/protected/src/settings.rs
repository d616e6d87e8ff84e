//! Whom the server trusts, from the environment.

use std::env;

use mcp_runtime::{Error, ResourceServer, Result, auth::Issuer};

/// What the environment says.
#[derive(Debug)]
pub(crate) struct Settings {
    /// `RESOURCE`: the URL under which clients reach the server.
    pub(crate) resource: String,
    /// `ISSUER`: the issuer identifier of the authorization server.
    pub(crate) issuer: String,
    pub(crate) mode: Mode,
    /// `PRIVATE_ADDRESSES=yes`: the authorization server is on this machine or its network.
    pub(crate) private_addresses: bool,
}

/// How tokens are verified.
#[derive(Debug)]
pub(crate) enum Mode {
    /// `MODE=jwt`, and unless `MODE` says otherwise.
    Jwt,
    /// `MODE=introspection`, as the client `CLIENT_ID` with `CLIENT_SECRET`.
    Introspection { id: String, secret: String },
}

impl Settings {
    pub(crate) fn from_environment() -> Result<Self> {
        Self::read(|name| env::var(name).ok())
    }

    pub(crate) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let needed = |name: &str| {
            variable(name).ok_or_else(|| Error::new(format!("set the environment variable {name}")))
        };
        let mode = match variable("MODE").as_deref() {
            None | Some("jwt") => Mode::Jwt,
            Some("introspection") => {
                Mode::Introspection { id: needed("CLIENT_ID")?, secret: needed("CLIENT_SECRET")? }
            }
            Some(_) => return Err(Error::new("MODE is `jwt` or `introspection`")),
        };
        Ok(Self {
            resource: needed("RESOURCE")?,
            issuer: needed("ISSUER")?,
            mode,
            private_addresses: variable("PRIVATE_ADDRESSES").as_deref() == Some("yes"),
        })
    }

    pub(crate) fn resource_server(self) -> ResourceServer {
        let issuer = Issuer::new(self.issuer);
        let issuer = match self.mode {
            Mode::Jwt => issuer,
            Mode::Introspection { id, secret } => issuer.introspection(id, secret),
        };
        // `files` includes `files:read` and `files:write`.
        let server =
            ResourceServer::new(self.resource).issuer(issuer).scopes(["mcp:use"]).scope_rule(
                |held, needed| needed.strip_prefix(held).is_some_and(|rest| rest.starts_with(':')),
            );
        if self.private_addresses { server.allow_private_addresses() } else { server }
    }
}
