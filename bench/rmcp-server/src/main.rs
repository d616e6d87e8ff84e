//! The measured tools with the official Rust SDK, written as its documentation advises: the router is built once and
//! kept (`router = self.tool_router`), plain answers are JSON, TCP_NODELAY is set.
//!
//! `rmcp-server --stdio`, or `rmcp-server --http 127.0.0.1:8000`.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use axum::{Router, serve::ListenerExt as _};
use bench_tools::{Report, Sum};
use rmcp::{
    Json, ServerHandler, ServiceExt as _,
    handler::server::{
        router::tool::{ToolRoute, ToolRouter},
        wrapper::Parameters,
    },
    model::{
        CallToolResult, ContentBlock, Implementation, ServerCapabilities, ServerConfig,
        SubscriptionFilter, Tool,
    },
    tool, tool_handler, tool_router,
    transport::{
        stdio,
        streamable_http_server::{
            StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
        },
    },
};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
struct EchoArguments {
    /// What to return.
    text: String,
}

#[derive(Deserialize, JsonSchema)]
struct AddArguments {
    /// First addend.
    a: f64,
    /// Second addend.
    b: f64,
}

#[derive(Deserialize, JsonSchema)]
struct ReportArguments {
    /// How many rows.
    n: u32,
}

struct Server {
    tool_router: ToolRouter<Self>,
}

#[tool_router]
impl Server {
    fn new() -> Self {
        let mut tool_router = Self::tool_router();
        for index in 0..bench_tools::filler_tools() {
            tool_router.add_route(filler(index));
        }
        Self { tool_router }
    }

    /// Return the given text.
    #[tool]
    async fn echo(&self, Parameters(EchoArguments { text }): Parameters<EchoArguments>) -> String {
        text
    }

    /// Add two numbers.
    #[tool]
    async fn add(&self, Parameters(AddArguments { a, b }): Parameters<AddArguments>) -> Json<Sum> {
        Json(bench_tools::add(a, b))
    }

    /// Report on n accounts.
    #[tool]
    async fn report(
        &self,
        Parameters(ReportArguments { n }): Parameters<ReportArguments>,
    ) -> Json<Report> {
        Json(bench_tools::report(n))
    }
}

#[tool_handler(router = self.tool_router)]
impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(
            ServerCapabilities::builder().enable_tools().enable_tool_list_changed().build(),
        )
        .with_server_info(Implementation::new("rmcp-server", env!("CARGO_PKG_VERSION")))
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(requested.clone())
    }
}

fn filler(index: usize) -> ToolRoute<Server> {
    let tool = Tool::new(
        bench_tools::filler_name(index),
        bench_tools::filler_description(index),
        Arc::default(),
    )
    .with_input_schema::<EchoArguments>();
    ToolRoute::new(tool, |Parameters(EchoArguments { text }): Parameters<EchoArguments>| {
        CallToolResult::success(vec![ContentBlock::text(text)])
    })
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("--stdio") => {
            Server::new().serve(stdio()).await?.waiting().await?;
            Ok(())
        }
        Some("--http") => serve_http(&arguments.next().context("--http needs an address")?).await,
        other => bail!("expected --stdio or --http ADDRESS, got {other:?}"),
    }
}

async fn serve_http(address: &str) -> anyhow::Result<()> {
    // Shared, since the factory runs for each request of 2026-07-28 and a clone of the router would copy its table.
    let server = Arc::new(Server::new());
    let service = StreamableHttpService::new(
        move || Ok(Arc::clone(&server)),
        Arc::new(LocalSessionManager::default()),
        StreamableHttpServerConfig::default().with_json_response(true),
    );
    let router = Router::new().nest_service("/mcp", service);
    let listener = tokio::net::TcpListener::bind(address).await?.tap_io(|connection| {
        // A connection that is gone already fails at its first read.
        let _ = connection.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}
