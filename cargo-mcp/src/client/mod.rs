//! A client of the server that is tried.
//!
//! It is that of the official SDK: it finds out which era a server speaks, and speaks TLS. The
//! test client of the runtime is for servers in the same process, checks every byte, and has no
//! TLS.

mod call;
mod handler;
mod progress;

use std::{collections::HashMap, str::FromStr as _, time::Duration};

use reqwest::header::{HeaderName, HeaderValue};
use rmcp::{
    ClientLifecycleMode, ClientServiceExt as _, RoleClient,
    model::ProtocolVersion,
    service::{RunningService, ServiceError},
    transport::{
        StreamableHttpClientTransport, TokioChildProcess,
        streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::{
    process::Command,
    time::{sleep_until, timeout},
};

pub(crate) use self::call::Running;
use self::handler::Handler;
use crate::{
    asking::Asker,
    cli::{Era, Server},
    error::{Error, Result},
};

/// A connection to a server.
pub(crate) struct Client {
    pub(crate) service: RunningService<RoleClient, Handler>,
    patience: Duration,
}

impl Client {
    /// Connects to the server, which is started if it is a command. The asker answers what it asks.
    ///
    /// # Errors
    ///
    /// When it cannot be started or reached, or does not answer as a server does.
    pub(crate) async fn connect(server: &Server, asker: Asker) -> Result<Self> {
        let patience = Duration::from_secs(server.timeout);
        let lifecycle = match server.era {
            Era::Session => ClientLifecycleMode::Initialize,
            Era::Stateless => ClientLifecycleMode::Discover {
                preferred_versions: vec![ProtocolVersion::V_2026_07_28],
            },
            Era::Auto => ClientLifecycleMode::Auto {
                preferred_versions: vec![ProtocolVersion::V_2026_07_28],
                legacy_version: Some(ProtocolVersion::V_2025_11_25),
            },
        };
        if server.url.is_none() && server.command.is_empty() {
            build_package().await?;
        }
        let handler = Handler::new(asker);
        let connecting = async {
            match &server.url {
                Some(url) => {
                    let transport = over_http(url, &server.header)?;
                    let served = handler.serve_with_lifecycle(transport, lifecycle).await;
                    served.map_err(|error| Error::new(format!("{url}: {error}")))
                }
                None => {
                    let (name, command) = command(server);
                    let transport = TokioChildProcess::new(command)
                        .map_err(|error| Error::new(format!("{name}: {error}")))?;
                    let served = handler.serve_with_lifecycle(transport, lifecycle).await;
                    served.map_err(|error| Error::new(format!("{name}: {error}")))
                }
            }
        };
        let service = timeout(patience, connecting).await.map_err(|_| silent(patience))??;
        Ok(Self { service, patience })
    }

    /// Waits for an answer, but not longer than the user wants to since the server was heard last.
    ///
    /// # Errors
    ///
    /// When the server refuses, is silent, or has asked what nobody could answer.
    pub(crate) async fn wait<T>(
        &self,
        answer: impl Future<Output = Result<T, ServiceError>>,
    ) -> Result<T> {
        let answer = self.attempt(answer).await;
        self.service.service().bar.clear();
        answer?.map_err(refused)
    }

    /// As [`wait`](Self::wait), with the server's refusal as it is.
    async fn attempt<T>(
        &self,
        answer: impl Future<Output = Result<T, ServiceError>>,
    ) -> Result<Result<T, ServiceError>> {
        let handler = self.service.service();
        let mut heard = handler.hear();
        // The futures of the official SDK are large.
        let mut answer = Box::pin(answer);
        let answer = loop {
            let since = *heard.borrow_and_update();
            let silence = async {
                // While the user thinks, nobody waits for the server.
                match since.is_asking {
                    true => std::future::pending().await,
                    false => sleep_until(since.at + self.patience).await,
                }
            };
            tokio::select! {
                answer = &mut answer => break answer,
                _ = heard.changed() => {}
                () = silence => return Err(silent(self.patience)),
            }
        };
        match handler.failure() {
            Some(failure) => Err(failure),
            None => Ok(answer),
        }
    }

    /// All that the server offers, as JSON.
    ///
    /// # Errors
    ///
    /// When the server refuses, or is silent.
    pub(crate) async fn describe(&self) -> Result<Value> {
        let info = self.service.peer_info().ok_or_else(|| Error::new("the server says nothing"))?;
        let offered = &info.capabilities;
        let mut described = json!({
            "serverInfo": info.server_info,
            "instructions": info.instructions,
            "protocolVersion": info.protocol_version,
            "capabilities": offered,
            "tools": [],
            "resources": [],
            "resourceTemplates": [],
            "prompts": [],
        });
        if offered.tools.is_some() {
            described["tools"] = as_json(&self.wait(self.service.list_all_tools()).await?);
        }
        if offered.resources.is_some() {
            let resources = self.wait(self.service.list_all_resources()).await?;
            described["resources"] = as_json(&resources);
            let templates = self.wait(self.service.list_all_resource_templates()).await?;
            described["resourceTemplates"] = as_json(&templates);
        }
        if offered.prompts.is_some() {
            described["prompts"] = as_json(&self.wait(self.service.list_all_prompts()).await?);
        }
        Ok(described)
    }

    /// Lets the server go, and end if it was started.
    pub(crate) async fn close(self) {
        // What was asked for is there; how the server ends is its own affair.
        let _ = self.service.cancel().await;
    }
}

pub(crate) fn as_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn refused(error: ServiceError) -> Error {
    match error {
        ServiceError::McpError(error) => {
            Error::new(format!("the server refused: {} ({})", error.message, error.code.0))
        }
        error => Error::new(error.to_string()),
    }
}

fn silent(patience: Duration) -> Error {
    Error::new(format!(
        "the server has not answered within {} seconds (`--timeout`)",
        patience.as_secs()
    ))
}

fn over_http(
    url: &str,
    headers: &[String],
) -> Result<StreamableHttpClientTransport<reqwest::Client>> {
    crate::registry::install_tls();
    let mut given = HashMap::new();
    for header in headers {
        let parsed = header.split_once(':').and_then(|(name, value)| {
            let name = HeaderName::from_str(name.trim()).ok()?;
            let mut value = HeaderValue::from_str(value.trim()).ok()?;
            value.set_sensitive(true);
            Some((name, value))
        });
        let (name, value) = parsed.ok_or_else(|| Error::new("a header is `NAME: VALUE`"))?;
        given.insert(name, value);
    }
    let config = StreamableHttpClientTransportConfig::with_uri(url).custom_headers(given);
    Ok(StreamableHttpClientTransport::from_config(config))
}

/// Builds the package of this folder, which may take longer than a server may be silent.
async fn build_package() -> Result {
    let status = cargo().args(["build", "--quiet"]).status().await;
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Error::new("the package of this folder cannot be built")),
        Err(error) => Err(Error::new(format!("cargo build: {error}"))),
    }
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
}

fn command(server: &Server) -> (String, Command) {
    let (name, mut command) = match server.command.split_first() {
        Some((program, arguments)) => {
            let mut command = Command::new(program);
            command.args(arguments);
            (program.to_string_lossy().into_owned(), command)
        }
        None => {
            let mut command = cargo();
            command.args(["run", "--quiet"]);
            ("cargo run".into(), command)
        }
    };
    // A server that is given up has to end as well, and Ctrl-C is for this program: it may have to
    // tell the server which task to cancel.
    command.kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    (name, command)
}
