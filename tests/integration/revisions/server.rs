//! A server that uses what revisions have in different ways.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use mcp_runtime::{
    RequestContext, ResourceContents, ToolResult,
    prelude::*,
    protocol::{Annotations, Content, Icon, Role},
};
use serde_json::{Map, Value, json};

/// How many calls of `wait` have come to an end, and how many have begun.
#[derive(Clone, Default)]
pub(super) struct Waits {
    pub(super) begun: Arc<AtomicUsize>,
    pub(super) ended: Arc<AtomicUsize>,
}

/// Count up.
#[mcp_tool(
    title = "Counter",
    read_only,
    icon = "https://example.com/count.svg",
    meta("example.com/kind" = "test")
)]
async fn numbers(to: u32) -> Vec<u32> {
    (1..=to).collect()
}

#[derive(serde::Serialize, mcp_runtime::JsonSchema)]
#[schemars(crate = "mcp_runtime::schemars")]
struct Sum {
    sum: i64,
}

/// Add.
#[mcp_tool(idempotent)]
async fn add(a: i64, b: i64) -> Sum {
    Sum { sum: a + b }
}

/// Give contents of all types.
#[mcp_tool]
async fn everything() -> ToolResult {
    let hints = Annotations::new().audience([Role::User]).last_modified("2026-01-01T00:00:00Z");
    let meta: Map<String, Value> = [("example.com/a".to_owned(), json!(1))].into_iter().collect();
    ToolResult::new([
        Content::text("text").with_annotations(hints).with_meta(meta.clone()),
        Content::image([1, 2], "image/png"),
        Content::audio([1, 2], "audio/wav"),
        Content::resource_link("docs://readme", "readme"),
        Content::embedded_text("docs://a", "text/plain", "inside"),
    ])
    .with_meta(meta)
}

/// Report progress.
#[mcp_tool]
async fn steps(count: u32, progress: Progress) -> String {
    progress.set_total(f64::from(count));
    for step in 1..=count {
        progress.report(f64::from(step), format!("step {step}")).await;
    }
    "done".into()
}

/// Log at each level.
#[mcp_tool]
async fn chatter(ctx: Context) {
    for level in [LogLevel::Debug, LogLevel::Info, LogLevel::Error] {
        ctx.log(level, format!("{level:?}"));
    }
}

/// Report one step, then wait without end.
#[mcp_tool]
async fn wait(progress: Progress, State(waits): State<Waits>) {
    struct End(Arc<AtomicUsize>);
    impl Drop for End {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let _end = End(waits.ended);
    waits.begun.fetch_add(1, Ordering::SeqCst);
    progress.report(0.5, "waiting").await;
    std::future::pending().await
}

/// Send the client away, and go on.
#[mcp_tool]
async fn release(progress: Progress, ctx: Context) -> String {
    progress.report(0.5, "half").await;
    ctx.release_connection(std::time::Duration::from_millis(20));
    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    progress.report(0.9, "nearly").await;
    "done".into()
}

/// The trace that the call is part of.
#[mcp_tool]
async fn trace(ctx: Context) -> String {
    format!("{:?} {:?}", ctx.traceparent(), ctx.tracestate())
}

/// What the client can do, and who it says it is.
#[mcp_tool]
async fn client(ctx: Context) -> String {
    let name = ctx.client_info().map_or("", |info| info.get());
    format!("{} {name}", ctx.client_capabilities().sampling())
}

/// Take arguments that headers repeat.
#[mcp_tool]
async fn route(
    #[arg(header = "Region")] region: String,
    #[arg(header = "Shard")] shard: Option<i64>,
) -> String {
    format!("{region} {shard:?}")
}

/// How to start.
#[mcp_resource(
    "docs://readme",
    title = "Read me",
    mime_type = "text/markdown",
    icon = "https://example.com/doc.svg",
    meta("example.com/kind" = "test"),
    audience = "user"
)]
async fn readme() -> ResourceContents {
    let meta: Map<String, Value> = [("example.com/a".to_owned(), json!(1))].into_iter().collect();
    ResourceContents::text("# Start").with_meta(meta)
}

/// A note.
#[mcp_resource("notes://{id}", title = "Note")]
async fn note(#[arg(complete = ["1", "12", "3"])] id: u32) -> Option<Vec<u8>> {
    (id < 10).then(|| vec![id as u8])
}

/// Greet someone.
#[mcp_prompt(title = "Greeting", icon = "https://example.com/hello.svg")]
async fn greet(
    #[arg(complete = people)] name: String,
    #[arg(complete = ["formal", "friendly"])] tone: Option<String>,
) -> String {
    format!("Greet {name} in a {} tone.", tone.unwrap_or_else(|| "friendly".into()))
}

/// More people than one answer can name.
async fn people(request: mcp_runtime::CompletionRequest) -> Vec<String> {
    let tone = request.arguments.get("tone").map_or("", String::as_str);
    (0..120).map(|number| format!("{}{number}{tone}", request.value)).collect()
}

#[derive(serde::Deserialize)]
struct Echo {
    text: String,
}

pub(super) fn server() -> Server {
    server_with(Waits::default())
}

pub(super) fn server_with(waits: Waits) -> Server {
    Server::new("revisions", "1.2.3")
        .title("Revisions")
        .description("For tests")
        .website("https://example.com")
        .icon(Icon::new("https://example.com/icon.svg"))
        .instructions("Be quick.")
        .state(waits)
        .tools(tools![
            numbers, add, everything, steps, chatter, wait, release, trace, client, route
        ])
        .resources(resources![readme, note])
        .prompts(prompts![greet])
        .extension("com.example/search", json!({ "depth": 2 }))
        .method("example/echo", async |echo: Echo, _ctx: RequestContext| {
            Ok(json!({ "text": echo.text }))
        })
}
