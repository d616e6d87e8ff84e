//! Names that look alike, or like nothing: each is its code points.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use mcp_runtime::{
    Prompt, PromptMessage, PromptResult, prelude::*, protocol::ErrorCode,
    testing::in_every_revision,
};
use serde_json::json;

use super::health::assert_healthy;
use crate::fixture::{modern, serve};

/// Composed, decomposed, from right to left, with marks that have no width, of another alphabet.
const NAMES: [&str; 10] = [
    "caf\u{e9}",
    "cafe\u{301}",
    "cafe",
    "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
    "\u{202e}cafe",
    "ca\u{200b}fe",
    "ca\u{200d}fe",
    "\u{feff}cafe",
    "c\u{430}fe",
    "\u{1f980}",
];

/// Return the text.
#[mcp_tool]
async fn echo(text: String, #[arg(header = "Text")] repeated: Option<String>) -> String {
    format!("{text} {repeated:?}")
}

/// A page.
#[mcp_resource("pages://{name}")]
async fn page(name: String) -> String {
    name
}

/// A server with every other name.
fn server() -> Server {
    let prompts = NAMES.iter().step_by(2).map(|name| {
        Prompt::new(*name, move |_| {
            let message = PromptMessage::user(name.escape_unicode().to_string());
            Box::pin(async { Ok(PromptResult::new([message])) })
        })
    });
    Server::new("names", "1.0.0").tools(tools![echo]).resources(resources![page]).prompts(prompts)
}

#[tokio::test]
async fn names_are_told_apart_by_their_code_points() {
    in_every_revision(server, async |client| {
        for (index, name) in NAMES.into_iter().enumerate() {
            let prompt = client.prompt(name, json!({})).await;
            if index % 2 == 0 {
                assert_eq!(prompt?.text(), name.escape_unicode().to_string());
            } else {
                let unknown = prompt.expect_err("there is none");
                assert_eq!(unknown.code(), Some(ErrorCode::INVALID_PARAMS));
                assert_eq!(unknown.message(), format!("unknown prompt: `{name}`"));
            }
            let tool = client.call(&format!("{name}echo"), json!({})).await;
            assert_eq!(tool.expect_err("there is none").code(), Some(ErrorCode::INVALID_PARAMS));
            let arguments = json!({ "text": name, "repeated": name });
            let echoed = client.call("echo", arguments).await?;
            assert_eq!(echoed.text(), format!("{name} {:?}", Some(name)));
            let uri = format!("pages://{name}");
            assert_eq!(client.read(&uri).await?.text(), name);
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_name_in_a_header_is_compared_by_its_code_points() {
    let server = serve().await;
    let encode = |text: &str| format!("=?base64?{}?=", BASE64.encode(text));
    for body in NAMES {
        for header in NAMES {
            let uri = |name: &str| format!("pages://{name}");
            let (mut headers, request) = modern("resources/read", json!({ "uri": uri(body) }));
            headers.retain(|(name, _)| name != "mcp-name");
            headers.push(("mcp-name".to_owned(), encode(&uri(header))));
            let headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            let response = server.post(&headers, &request.to_string()).await;
            if body == header {
                let text = &response.json()["result"]["contents"][0]["text"];
                assert_eq!(*text, format!("page {body}"));
            } else {
                assert_eq!((response.status, response.error_code()), (400, -32020), "{header}");
            }
        }
        if !body.is_ascii() {
            let bytes = server.modern("resources/read", json!({ "uri": body })).await;
            assert_eq!((bytes.status, bytes.error_code()), (400, -32020), "{body} as it is");
        }
    }
    assert_healthy(&server, 0).await;
}
