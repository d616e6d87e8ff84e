//! A client of the server that is tried.
//!
//! It is that of the official SDK: it finds out which era a server speaks, answers questions of
//! servers in both, and speaks TLS. The test client of the runtime is for servers in the same
//! process, checks every byte, and has no TLS.

use std::{
    collections::HashMap,
    io::{self, IsTerminal as _, Write as _},
    str::FromStr as _,
    sync::Mutex,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use reqwest::header::{HeaderName, HeaderValue};
use rmcp::{
    ClientHandler, ClientLifecycleMode, ClientServiceExt as _, RoleClient,
    model::{ClientConfig, Implementation, ProgressNotificationParam, ProtocolVersion},
    service::{NotificationContext, RunningService, ServiceError},
    transport::{
        StreamableHttpClientTransport, TokioChildProcess,
        streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::{process::Command, time::timeout};

use crate::{
    cli::{Era, Server},
    error::{Error, Result},
    table::one_line,
};

/// A connection to a server.
pub(crate) struct Client {
    pub(crate) service: RunningService<RoleClient, Shown>,
    patience: Duration,
}

impl Client {
    /// Connects to the server, which is started if it is a command.
    ///
    /// # Errors
    ///
    /// When it cannot be started or reached, or does not answer as a server does.
    pub(crate) async fn connect(server: &Server) -> Result<Self> {
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
        let shown = Shown::default();
        let connecting = async {
            match &server.url {
                Some(url) => {
                    let transport = over_http(url, &server.header)?;
                    let served = shown.serve_with_lifecycle(transport, lifecycle).await;
                    served.map_err(|error| Error::new(format!("{url}: {error}")))
                }
                None => {
                    let (name, command) = command(server);
                    let transport = TokioChildProcess::new(command)
                        .map_err(|error| Error::new(format!("{name}: {error}")))?;
                    let served = shown.serve_with_lifecycle(transport, lifecycle).await;
                    served.map_err(|error| Error::new(format!("{name}: {error}")))
                }
            }
        };
        let service = timeout(patience, connecting).await.map_err(|_| silent(patience))??;
        Ok(Self { service, patience })
    }

    /// Waits for an answer, but not longer than the user wants to.
    ///
    /// # Errors
    ///
    /// When the server refuses, or is silent.
    pub(crate) async fn wait<T>(
        &self,
        answer: impl Future<Output = Result<T, ServiceError>>,
    ) -> Result<T> {
        let answer = timeout(self.patience, answer).await.map_err(|_| silent(self.patience))?;
        self.service.service().finish();
        answer.map_err(|error| match error {
            ServiceError::McpError(error) => {
                Error::new(format!("the server refused: {} ({})", error.message, error.code.0))
            }
            error => Error::new(error.to_string()),
        })
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
    // A server that is given up has to end as well.
    command.kill_on_drop(true);
    (name, command)
}

/// Shows what the server says while it works: as a bar, or as lines where nobody watches.
#[derive(Default)]
pub(crate) struct Shown(Mutex<Option<ProgressBar>>);

impl Shown {
    fn finish(&self) {
        if let Ok(mut bar) = self.0.lock()
            && let Some(bar) = bar.take()
        {
            bar.finish_and_clear();
        }
    }

    fn show(&self, progress: &ProgressNotificationParam) {
        let message = one_line(progress.message.as_deref().unwrap_or_default());
        if !io::stderr().is_terminal() {
            let total = progress.total.map(|total| format!("/{total}")).unwrap_or_default();
            let line = format!("progress {}{total} {message}", progress.progress);
            let _ = writeln!(io::stderr(), "{}", line.trim_end());
            return;
        }
        let Ok(mut bar) = self.0.lock() else { return };
        let bar = bar.get_or_insert_with(|| new_bar(progress.total.is_some()));
        // A bar counts in whole steps: thousandths do for any scale.
        if let Some(total) = progress.total.filter(|total| *total > 0.0) {
            bar.set_length(1000);
            let done = (progress.progress / total * 1000.0).clamp(0.0, 1000.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            bar.set_position(done as u64);
        } else {
            bar.tick();
        }
        bar.set_message(message);
    }
}

fn new_bar(has_total: bool) -> ProgressBar {
    let bar = ProgressBar::new(1000);
    let template = if has_total { "{bar:30} {percent:>3}% {msg}" } else { "{spinner} {msg}" };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

impl ClientHandler for Shown {
    fn get_info(&self) -> ClientConfig {
        let mut config =
            ClientConfig::default().with_protocol_version(ProtocolVersion::V_2025_11_25);
        config.client_info = Implementation::new("cargo-mcp", env!("CARGO_PKG_VERSION"));
        config
    }

    async fn on_progress(
        &self,
        progress: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.show(&progress);
    }
}
