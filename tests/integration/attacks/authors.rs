//! Authors' code that fails where a client makes it run.

use mcp_runtime::{Item, ListedResource, Page, RequestContext, prelude::*, protocol::Revision};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::json;

use super::health::{assert_discreet, assert_healthy};
use crate::fixture::{Served, serve_with};

/// A note.
#[mcp_resource("notes://{id}", list = explode_listing)]
async fn note(id: String) -> String {
    id
}

async fn explode_listing(_ctx: RequestContext, _page: Page) -> Result<Vec<ListedResource>> {
    panic!("s3cret")
}

/// Ask.
#[mcp_prompt]
async fn ask(#[arg(complete = explode_completing)] about: String) -> String {
    about
}

async fn explode_completing(_: mcp_runtime::CompletionRequest) -> Vec<String> {
    panic!("s3cret")
}

struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("s3cret")
    }
}

#[derive(Deserialize)]
struct Inner {
    #[allow(dead_code)]
    number: u8,
}

#[derive(Deserialize)]
struct Wanted {
    #[allow(dead_code)]
    inner: Inner,
}

async fn serve() -> Served {
    serve_with(|server| {
        server
            .resources(resources![note])
            .prompts(prompts![ask])
            .method("example/unwritable", async |_: serde_json::Value, _: RequestContext| {
                Ok(Unwritable)
            })
            .method("example/panic", async |_: serde_json::Value, _: RequestContext| {
                if true {
                    panic!("s3cret");
                }
                Ok(json!({}))
            })
            .method("example/wanted", async |_: Wanted, _: RequestContext| Ok(json!({})))
            .visible(|_, item| match item {
                Item::Tool("sleep") | Item::Prompt("greeting") => panic!("s3cret"),
                _ => true,
            })
    })
    .await
}

#[tokio::test]
async fn a_panic_in_an_author_s_code_is_an_internal_error_wherever_it_is() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    let ask = json!({ "type": "ref/prompt", "name": "ask" });
    let about = json!({ "name": "about", "value": "" });
    for (method, params) in [
        ("tools/list", json!({})),
        ("tools/call", json!({ "name": "sleep", "arguments": { "millis": 0 } })),
        ("prompts/list", json!({})),
        ("prompts/get", json!({ "name": "greeting", "arguments": { "name": "x" } })),
        ("resources/list", json!({})),
        ("completion/complete", json!({ "ref": ask, "argument": about })),
        ("example/unwritable", json!({})),
        ("example/panic", json!({})),
    ] {
        let modern = server.modern(method, params.clone()).await;
        let legacy = session.request(1, method, params).await;
        for response in [modern, legacy] {
            assert_eq!((response.status, response.error_code()), (200, -32603), "{method}");
            assert_eq!(response.json()["id"], 1, "{method}");
            assert_discreet(&response);
        }
    }
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn wrong_parameters_of_an_author_s_method_do_not_tell_of_its_types() {
    let server = serve().await;
    for params in [json!({}), json!({ "inner": 5 }), json!({ "inner": [] }), json!({ "inner": {} })]
    {
        let response = server.modern("example/wanted", params.clone()).await;
        assert_eq!(response.error_code(), -32602, "{params}");
        assert_discreet(&response);
    }
}
