//! What a function logs: to its client, and in the server's own log.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use mcp_runtime::{
    client_log_layer,
    prelude::*,
    protocol::Revision,
    testing::{TestClient, Transport},
};
use serde_json::json;
use tracing::{Subscriber, span};
use tracing_subscriber::{Layer, filter::LevelFilter, fmt, layer, prelude::*};

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

/// Keeps a log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("sound").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Fail for a reason that is the client's.
#[mcp_tool]
async fn fail(reason: String) -> Result<()> {
    tracing::info!("called");
    Err(Error::internal(reason))
}

#[tokio::test]
async fn an_application_s_own_log_holds_what_clients_choose_with_escapes() -> Result<()> {
    let log = Log::default();
    let writer = log.clone();
    let layer = fmt::layer().with_ansi(false).with_writer(move || writer.clone());
    let _guard =
        tracing_subscriber::registry().with(layer.with_filter(LevelFilter::DEBUG)).set_default();
    let hostile = "one\ntwo";
    let call = json!({ "jsonrpc": "2.0", "id": hostile, "method": "tools/call",
        "params": { "name": "fail", "arguments": { "reason": hostile } } });
    let answer = json!({ "jsonrpc": "2.0", "id": hostile, "result": {} });
    for &transport in Transport::ALL {
        let server = Server::new("failing", "1.0.0").tools(tools![fail]);
        let client = TestClient::builder(server)
            .revision(Revision::V2025_11_25)
            .transport(transport)
            .connect()
            .await?;
        if transport == Transport::Http {
            client.raw(answer.to_string()).await?;
            client.raw(call.to_string()).await?;
        } else {
            client.raw(format!("{answer}\n{call}")).await?;
        }
    }
    let log = String::from_utf8(log.0.lock().expect("sound").clone())?;
    for text in ["nobody waits", "called", "a tool failed"] {
        assert!(log.contains(text), "no `{text}` in {log}");
    }
    assert!(log.contains(r"one\ntwo") && !log.contains(hostile), "{log}");
    Ok(())
}
