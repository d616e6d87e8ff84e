//! The `rmcp` client, driven through the `notes` server or the `booking` server.

mod booking;
mod scenario;
mod watcher;

use std::env;

use rmcp::{
    ClientHandler, ClientLifecycleMode, ClientServiceExt as _, RoleClient,
    model::ProtocolVersion,
    service::RunningService,
    transport::{StreamableHttpClientTransport, TokioChildProcess},
};

use watcher::{Heard, Watcher};

type Result<T = (), E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;
type Client = RunningService<RoleClient, Watcher>;

const USAGE: &str =
    "usage: rmcp-client notes|booking legacy|modern --stdio \"<command>\" | --http <url>";

#[derive(Clone, Copy, PartialEq)]
enum Era {
    Legacy,
    Modern,
}

impl Era {
    fn revision(self) -> ProtocolVersion {
        match self {
            Self::Legacy => ProtocolVersion::V_2025_11_25,
            Self::Modern => ProtocolVersion::V_2026_07_28,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    let args: Vec<String> = env::args().skip(1).collect();
    let [scenario, era, transport, server] = &args[..] else { return Err(USAGE.into()) };
    let era = match era.as_str() {
        "legacy" => Era::Legacy,
        "modern" => Era::Modern,
        _ => return Err(USAGE.into()),
    };
    match scenario.as_str() {
        "notes" => {
            let (watcher, heard) = Watcher::new();
            let client = connect(watcher, era, transport, server).await?;
            scenario::exercise(client, era, heard).await
        }
        "booking" => {
            let guest = booking::Guest::default();
            booking::exercise(connect(guest, era, transport, server).await?).await
        }
        _ => Err(USAGE.into()),
    }
}

async fn connect<H: ClientHandler>(
    handler: H,
    era: Era,
    transport: &str,
    server: &str,
) -> Result<RunningService<RoleClient, H>> {
    let lifecycle = match era {
        Era::Legacy => ClientLifecycleMode::Initialize,
        Era::Modern => ClientLifecycleMode::Discover { preferred_versions: vec![era.revision()] },
    };
    match transport {
        "--http" => {
            let transport = StreamableHttpClientTransport::from_uri(server);
            Ok(handler.serve_with_lifecycle(transport, lifecycle).await?)
        }
        "--stdio" => {
            let mut command = tokio::process::Command::new("sh");
            // `exec` lets the process be the server and not a shell around it.
            command.args(["-c", &format!("exec {server}")]);
            let transport = TokioChildProcess::new(command)?;
            Ok(handler.serve_with_lifecycle(transport, lifecycle).await?)
        }
        _ => Err(USAGE.into()),
    }
}
