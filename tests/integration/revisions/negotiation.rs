use mcp_runtime::{
    protocol::{ErrorCode, Revision},
    testing::{TestClient, Transport, in_every_revision},
};
use serde_json::{Value, json};

use super::server::server;

/// The revision that `initialize` agrees on when the client asks for this one.
async fn agreed(asked: &str, transport: Transport) -> mcp_runtime::Result<Value> {
    let client = TestClient::builder(server())
        .revision(Revision::LATEST_WITH_SESSIONS)
        .transport(transport)
        .without_handshake()
        .connect()
        .await?;
    let info = json!({ "name": "test", "version": "1" });
    let params = json!({ "protocolVersion": asked, "capabilities": {}, "clientInfo": info });
    let result: Value = client.request("initialize", params).await?;
    Ok(result["protocolVersion"].clone())
}

#[tokio::test]
async fn initialize_agrees_or_offers_the_newest_revision_with_sessions() -> mcp_runtime::Result<()>
{
    for &transport in Transport::ALL {
        for (asked, expected) in [
            ("2025-11-25", "2025-11-25"),
            ("1999-01-01", "2025-11-25"),
            ("2031-01-01", "2025-11-25"),
            ("2026-07-28", "2025-11-25"),
            ("", "2025-11-25"),
            ("nonsense", "2025-11-25"),
        ] {
            assert_eq!(agreed(asked, transport).await?, expected, "{asked} {transport}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn every_revision_is_agreed_on_and_tells_who_the_server_is() {
    in_every_revision(server, async |client| {
        let server = client.server().await?;
        let info = match client.revision() {
            Revision::V2026_07_28 => {
                assert_eq!(server["supportedVersions"].as_array().map(Vec::len), Some(5));
                &server["_meta"]["io.modelcontextprotocol/serverInfo"]
            }
            revision => {
                assert_eq!(server["protocolVersion"], revision.as_str());
                &server["serverInfo"]
            }
        };
        assert_eq!((&info["name"], &info["version"]), (&json!("revisions"), &json!("1.2.3")));
        let since = |first| client.revision() >= first;
        assert_eq!(info.get("title").is_some(), since(Revision::V2025_06_18));
        for member in ["description", "websiteUrl", "icons"] {
            assert_eq!(info.get(member).is_some(), since(Revision::V2025_11_25), "{member}");
        }
        assert_eq!(server["instructions"], "Be quick.");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_request_that_claims_an_unknown_revision_learns_of_those_that_are_served()
-> mcp_runtime::Result<()> {
    for &transport in Transport::ALL {
        let client = TestClient::builder(server()).transport(transport).connect().await?;
        for asked in ["1999-01-01", "2025-11-25", "2031-01-01"] {
            let refused = client
                .request::<Value>("tools/list", json!({}))
                .meta("io.modelcontextprotocol/protocolVersion", asked)
                .header("mcp-protocol-version", asked)
                .await
                .expect_err("the revision is not served in this way");
            assert_eq!(refused.code(), Some(ErrorCode::UNSUPPORTED_REVISION), "{refused}");
            let data = refused.data().expect("data");
            assert_eq!(
                (&data["requested"], &data["supported"][0]),
                (&asked.into(), &"2026-07-28".into())
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn capabilities_are_those_of_the_revision() {
    in_every_revision(server, async |client| {
        let capabilities = &client.server().await?["capabilities"];
        let has = |name| capabilities.get(name).is_some();
        for always in ["tools", "prompts", "resources", "logging"] {
            assert!(has(always), "{always}");
        }
        assert_eq!(has("completions"), client.revision() >= Revision::V2025_03_26);
        assert_eq!(has("extensions"), client.revision().is_stateless());
        if has("extensions") {
            assert_eq!(capabilities["extensions"]["com.example/search"]["depth"], 2);
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn methods_exist_in_the_revisions_that_have_them() {
    in_every_revision(server, async |client| {
        let modern = client.revision().is_stateless();
        let uri = json!({ "uri": "docs://readme" });
        for (method, params, exists) in [
            ("ping", Value::Null, !modern),
            ("logging/setLevel", json!({ "level": "info" }), !modern),
            ("resources/subscribe", uri.clone(), !modern),
            ("resources/unsubscribe", uri, !modern),
            ("server/discover", json!({}), modern),
            ("tasks/status", json!({}), false),
            ("no/such", json!({}), false),
        ] {
            let answer = client.request::<Value>(method, params).await;
            if exists {
                answer?;
                continue;
            }
            let refused = answer.expect_err(method);
            assert_eq!(refused.code(), Some(ErrorCode::METHOD_NOT_FOUND), "{refused}");
            if client.transport() == Transport::Http {
                assert_eq!(refused.status(), Some(if modern { 404 } else { 200 }), "{method}");
            }
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_authors_method_is_there_in_every_revision() {
    in_every_revision(server, async |client| {
        let echo: Value = client.request("example/echo", json!({ "text": "hi" })).await?;
        assert_eq!(echo["text"], "hi");
        let refused =
            client.request::<Value>("example/echo", json!({})).await.expect_err("no text");
        assert_eq!(refused.code(), Some(ErrorCode::INVALID_PARAMS));
        Ok(())
    })
    .await;
}
