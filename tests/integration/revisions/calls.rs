use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use mcp_runtime::{
    protocol::{ErrorCode, LogLevel, Revision},
    testing::{CallResult, TestClient, Transport, in_every_revision},
};
use serde_json::{Value, json};

use super::server::{Waits, server, server_with};

/// Waits until the counter has come to a figure.
async fn until(counter: &AtomicUsize, figure: usize) {
    let reached = async {
        while counter.load(Ordering::SeqCst) < figure {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let patience = Duration::from_secs(5);
    tokio::time::timeout(patience, reached).await.expect("the counter comes to the figure");
}

#[tokio::test]
async fn progress_comes_in_order_before_the_answer() {
    in_every_revision(server, async |client| {
        let result = client.call("steps", json!({ "count": 40 })).progress().await?;
        let progress = result.progress();
        let figures: Vec<_> = progress.iter().map(|it| it.progress).collect();
        assert_eq!(figures, (1..=40).map(f64::from).collect::<Vec<_>>());
        let message = (client.revision() >= Revision::V2025_03_26).then(|| "step 1".to_owned());
        assert_eq!((progress[0].total, &progress[0].message), (Some(40.0), &message));
        let silent = client.call("steps", json!({ "count": 3 })).await?;
        assert!(silent.notifications().is_empty());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn log_messages_come_from_the_level_of_the_session_or_the_request() {
    in_every_revision(server, async |client| {
        let levels = |result: &CallResult| {
            result.logs().into_iter().map(|log| log.level).collect::<Vec<_>>()
        };
        let plain = client.call("chatter", json!({})).await?;
        if client.revision().is_stateless() {
            assert_eq!(levels(&plain), []);
        } else {
            assert_eq!(levels(&plain), [LogLevel::Info, LogLevel::Error]);
        }
        let all = client.call("chatter", json!({})).log_level(LogLevel::Debug).await?;
        assert_eq!(levels(&all), [LogLevel::Debug, LogLevel::Info, LogLevel::Error]);
        let grave = client.call("chatter", json!({})).log_level(LogLevel::Warning).await?;
        assert_eq!(levels(&grave), [LogLevel::Error]);
        assert_eq!(grave.logs()[0].data, "Error");
        // A session keeps its level; a request of 2026-07-28 knows nothing of the one before.
        let next = client.call("chatter", json!({})).await?;
        assert_eq!(levels(&next).len(), usize::from(!client.revision().is_stateless()));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_log_level_that_does_not_exist_is_invalid() {
    in_every_revision(server, async |client| {
        let refused = if client.revision().is_stateless() {
            let call = client.call("chatter", json!({}));
            call.meta("io.modelcontextprotocol/logLevel", "loud").await.map(drop)
        } else {
            let params = json!({ "level": "loud" });
            client.request::<Value>("logging/setLevel", params).await.map(drop)
        };
        assert_eq!(refused.expect_err("loud").code(), Some(ErrorCode::INVALID_PARAMS));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_call_ends_in_the_way_of_the_revision() {
    for cancel in [true, false] {
        let waits = Waits::default();
        let counted = waits.clone();
        let calls = AtomicUsize::new(0);
        in_every_revision(
            || server_with(waits.clone()),
            async |client| {
                let figure = calls.fetch_add(1, Ordering::SeqCst) + 1;
                let mut running = client.call("wait", json!({})).progress().start().await?;
                let waiting = running.next_notification().await?;
                assert_eq!(waiting.progress().map(|it| it.progress), Some(0.5));
                if cancel {
                    running.cancel().await?;
                } else {
                    drop(running);
                }
                until(&counted.ended, figure).await;
                client.call("add", json!({ "a": 1, "b": 2 })).await?;
                Ok(())
            },
        )
        .await;
        assert_eq!(waits.ended.load(Ordering::SeqCst), 10);
    }
}

#[tokio::test]
async fn a_call_that_has_said_nothing_is_cancelled_as_well() {
    let waits = Waits::default();
    let calls = AtomicUsize::new(0);
    in_every_revision(
        || server_with(waits.clone()),
        async |client| {
            let figure = calls.fetch_add(1, Ordering::SeqCst) + 1;
            let running = client.call("wait", json!({})).start().await?;
            until(&waits.begun, figure).await;
            running.cancel().await?;
            until(&waits.ended, figure).await;
            Ok(())
        },
    )
    .await;
}

#[tokio::test]
async fn a_session_over_http_keeps_the_answer_for_a_client_that_comes_back()
-> mcp_runtime::Result<()> {
    let versions = [Revision::V2025_03_26, Revision::V2025_06_18, Revision::V2025_11_25];
    for revision in versions {
        let client = TestClient::builder(server()).revision(revision).http().connect().await?;
        let mut running = client.call("steps", json!({ "count": 5 })).progress().start().await?;
        running.next_notification().await?;
        running.disconnect();
        running.resume();
        let result = running.finish().await?;
        assert_eq!(result.text(), "done");
        assert_eq!(result.progress().len(), 5);
        client.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_client_that_is_sent_away_comes_back() {
    in_every_revision(server, async |client| {
        let result = client.call("release", json!({})).progress().await?;
        assert_eq!(result.text(), "done");
        assert_eq!(result.progress().len(), 2);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_trace_reaches_the_function_if_it_is_well_formed() {
    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    in_every_revision(server, async |client| {
        let call = client.call("trace", json!({})).meta("traceparent", PARENT);
        let traced = call.clone().meta("tracestate", "vendor=1").await?;
        assert_eq!(traced.text(), format!("Some({PARENT:?}) Some(\"vendor=1\")"));
        for malformed in ["", "00-0-0-01", &PARENT.to_uppercase(), &PARENT.replace("0a", "0x")] {
            let call = client.call("trace", json!({})).meta("traceparent", malformed);
            assert_eq!(call.await?.text(), "None None", "{malformed}");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_function_sees_what_the_client_says_of_itself() {
    let capable =
        || TestClient::builder(server()).capabilities(json!({ "sampling": {} })).info("me", "9");
    in_every_revision(capable, async |client| {
        let text = client.call("client", json!({})).await?.text();
        assert_eq!(text, r#"true {"name":"me","version":"9"}"#);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn annotated_arguments_travel_as_headers() {
    in_every_revision(server, async |client| {
        for region in ["eu", " padded ", "Z\u{fc}rich", "=?base64?ZXU=?=", ""] {
            let result = client.call("route", json!({ "region": region, "shard": 7 })).await?;
            assert_eq!(result.text(), format!("{region} Some(7)"));
        }
        if client.revision().is_stateless() && client.transport() == Transport::Http {
            let call = client.call("route", json!({ "region": "eu" }));
            let refused = call.header("mcp-param-region", "us").await.expect_err("they disagree");
            assert_eq!(refused.code(), Some(ErrorCode::HEADER_MISMATCH));
            assert_eq!(refused.status(), Some(400));
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn wrong_arguments_are_a_result_and_unknown_tools_an_error() {
    in_every_revision(server, async |client| {
        let wrong = client.call("add", json!({ "a": "one", "b": 2 })).await?;
        assert!(wrong.is_error() && wrong.text().contains('a'), "{}", wrong.text());
        let unknown = client.call("subtract", json!({})).await.expect_err("there is none");
        assert_eq!(unknown.code(), Some(ErrorCode::INVALID_PARAMS));
        assert_eq!(unknown.message(), "unknown tool: `subtract`");
        Ok(())
    })
    .await;
}
