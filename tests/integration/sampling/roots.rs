//! The folders in which a client works.

use mcp_runtime::{AskError, Server, prelude::*, testing::Answer};
use serde_json::json;

use super::client::{Fleet, REVISIONS, never, plays};

/// List the folders, twice.
#[mcp_tool]
async fn folders(ctx: Context) -> Result<Vec<String>> {
    let roots = match ctx.roots().await {
        Ok(roots) => roots,
        Err(error) => {
            let why = match error.ask_error() {
                Some(AskError::MissingCapability(_)) => "cannot",
                Some(AskError::Unusable(_)) => "nonsense",
                _ => "other",
            };
            return Ok(vec![why.into()]);
        }
    };
    assert_eq!(ctx.roots().await?, roots);
    Ok(roots.iter().map(|it| format!("{}={}", it.name().unwrap_or("?"), it.uri())).collect())
}

fn server() -> Server {
    Server::new("folders", "1").tools(tools![folders])
}

#[tokio::test]
async fn a_client_tells_its_folders_once() {
    let fleet = Fleet::of(server);
    for revision in REVISIONS {
        let roots = json!([{ "uri": "file:///home/a", "name": "home" }, { "uri": "file:///tmp" }]);
        let client = plays([Answer::result(json!({ "roots": roots }))]);
        let capabilities = json!({ "roots": { "listChanged": true } });
        let outcome = fleet.call(revision, capabilities, "folders", json!({}), client).await;
        assert_eq!(outcome.text(), r#"["home=file:///home/a","?=file:///tmp"]"#, "{revision}");
        let [asked] = outcome.asked.as_slice() else { panic!("{outcome:?}") };
        assert_eq!((asked.method.as_str(), &asked.params), ("roots/list", &json!({})));
    }
}

#[tokio::test]
async fn only_files_are_folders() {
    let fleet = Fleet::of(server);
    for revision in REVISIONS {
        for nonsense in [
            json!({}),
            json!({ "roots": [{ "name": "no uri" }] }),
            json!({ "roots": [{ "uri": "https://example.com/" }] }),
            json!({ "roots": [{ "uri": "file:///a" }, { "uri": "file:///a%00b" }] }),
        ] {
            let client = plays([Answer::result(nonsense), Answer::result(json!({ "roots": [] }))]);
            let capabilities = json!({ "roots": {} });
            let outcome = fleet.call(revision, capabilities, "folders", json!({}), client).await;
            assert_eq!(outcome.text(), "[]", "{revision}");
        }
    }
}

#[tokio::test]
async fn a_client_without_folders_is_not_asked() {
    let fleet = Fleet::of(server);
    for revision in REVISIONS {
        let outcome = fleet.call(revision, json!({}), "folders", json!({}), never).await;
        assert_eq!(outcome.text(), r#"["cannot"]"#, "{revision}");
    }
}
