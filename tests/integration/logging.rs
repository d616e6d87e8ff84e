//! What a function logs: to its client, and in the server's own log.

use std::sync::{Arc, Mutex};

use mcp_runtime::{client_log_layer, prelude::*, protocol::Revision, testing::TestClient};
use serde_json::json;
use tracing::{Subscriber, span};
use tracing_subscriber::{Layer, layer, prelude::*};

/// Log at every level.
#[mcp_tool]
async fn chatter() {
    tracing::error!(code = 7, "it failed");
    tracing::warn!("careful");
    tracing::info!(user = "alice", retries = 2, ratio = 0.5, ok = true);
    tokio::task::yield_now().await;
    tracing::debug!("detail");
    tracing::trace!("noise");
    tracing::info!(target: "hyper::proto", "of the stack");
}

/// Log on a thread of its own.
#[mcp_tool]
fn chatter_blocking() {
    tracing::warn!("from a thread");
}

/// Keeps the fields of the spans in which events happen.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Spans {
    fn on_new_span(
        &self,
        attributes: &span::Attributes<'_>,
        _: &span::Id,
        _: layer::Context<'_, S>,
    ) {
        if attributes.metadata().name() == "call" {
            self.0.lock().expect("sound").push(format!("{attributes:?}"));
        }
    }
}

fn install() -> Spans {
    let spans = Spans::default();
    tracing_subscriber::registry().with(client_log_layer()).with(spans.clone()).init();
    spans
}

async fn messages(revision: Revision, tool: &str, level: LogLevel) -> Vec<serde_json::Value> {
    let server = Server::new("chatty", "1.0.0").tools(tools![chatter, chatter_blocking]);
    let client =
        TestClient::builder(server).revision(revision).connect().await.expect("it connects");
    if revision < Revision::V2026_07_28 {
        client.set_log_level(level).await.expect("it has levels");
    }
    let request = client.call(tool, json!({}));
    let request = if revision < Revision::V2026_07_28 { request } else { request.log_level(level) };
    tracing::error!("of nobody's call");
    let reply = request.await.expect("an answer");
    reply.notifications().iter().map(|message| message.params().clone()).collect()
}

#[tokio::test]
async fn events_of_a_call_go_to_its_client_from_the_level_that_it_wants() {
    let spans = install();
    for revision in [Revision::V2025_11_25, Revision::V2026_07_28] {
        let all = messages(revision, "chatter", LogLevel::Debug).await;
        let levels: Vec<_> = all.iter().map(|message| message["level"].as_str()).collect();
        assert_eq!(levels, ["error", "warning", "info", "debug"].map(Some), "{all:?}");
        assert_eq!(all[0]["data"], json!({ "message": "it failed", "code": 7 }));
        assert_eq!(all[1]["data"], "careful");
        assert_eq!(
            all[2]["data"],
            json!({ "user": "alice", "retries": 2, "ratio": 0.5, "ok": true })
        );
        assert_eq!(all[0]["logger"], "integration::logging");
        let grave = messages(revision, "chatter", LogLevel::Warning).await;
        assert_eq!(grave.len(), 2, "{grave:?}");
        let threaded = messages(revision, "chatter_blocking", LogLevel::Info).await;
        assert_eq!(threaded[0]["data"], "from a thread");
    }
    let spans = spans.0.lock().expect("sound");
    assert!(spans.iter().all(|span| span.contains("tools/call")), "{spans:?}");
}
