//! A model of the server's own, for clients without one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use mcp_runtime::{
    Server,
    prelude::*,
    protocol::Revision,
    sampling::{ModelAnswer, ModelRequest, Sampler, ToolChoice},
    testing::{Answer, TestClient},
};
use serde_json::{Value, json};

use super::client::{Fleet, never};

/// Counts how often it is asked, and repeats what it reads last.
#[derive(Clone, Default)]
struct Parrot(Arc<AtomicUsize>);

impl Sampler for Parrot {
    async fn sample(&self, request: ModelRequest) -> Result<ModelAnswer> {
        let turn = self.0.fetch_add(1, Ordering::SeqCst);
        let last = &request.messages.last().expect("a message").content[0];
        if last["text"] == "fail" {
            return Err(Error::new("out of words"));
        }
        if last["text"] == "sleep" {
            std::future::pending::<()>().await;
        }
        if request.tools.is_empty() || last["type"] == "tool_result" {
            let said = last["text"].as_str().or(last["content"][0]["text"].as_str());
            return Ok(ModelAnswer::text("parrot", said.unwrap_or_default()));
        }
        assert_eq!(request.tool_choice, ToolChoice::Auto);
        let arguments = [("text".to_owned(), json!(format!("turn {turn}")))];
        Ok(ModelAnswer::new("parrot", Vec::new()).with_tool_call("1", "shout", arguments))
    }
}

/// Write in capitals.
#[mcp_tool]
async fn shout(text: String) -> String {
    text.to_uppercase()
}

/// Ask the model.
#[mcp_tool]
async fn ask(text: String, ctx: Context) -> Result<String> {
    let answer = ctx.sample(text).key("ask").timeout(Duration::from_millis(500)).await?;
    // Another round, for clients of 2026-07-28 that have roots.
    let roots = if ctx.client_capabilities().roots() { ctx.roots().await?.len() } else { 0 };
    Ok(format!("{} says {}, {roots} roots", answer.model(), answer.text()))
}

/// Ask the model, with a tool.
#[mcp_tool]
async fn ask_with_tool(ctx: Context) -> Result<String> {
    Ok(ctx.sample("go").tools(tools![shout]).await?.text())
}

fn server(parrot: &Parrot) -> Server {
    Server::new("parrot", "1").sampler(parrot.clone()).tools(tools![ask, ask_with_tool])
}

async fn ask_in(revision: Revision, capabilities: Value, text: &str) -> (String, usize) {
    let parrot = Parrot::default();
    let fleet = Fleet::of(|| server(&parrot));
    let arguments = json!({ "text": text });
    let outcome = fleet
        .call(revision, capabilities, "ask", arguments, |asked| match asked.method.as_str() {
            "roots/list" => Answer::result(json!({ "roots": [{ "uri": "file:///a" }] })),
            _ => Answer::sample("hi"),
        })
        .await;
    (outcome.text(), parrot.0.load(Ordering::SeqCst))
}

#[tokio::test]
async fn it_answers_where_the_client_has_no_model_and_once() {
    for revision in Revision::ALL {
        let (text, asked) = ask_in(revision, json!({ "roots": {} }), "hello").await;
        assert_eq!((text.as_str(), asked), ("parrot says hello, 1 roots", 1), "{revision}");
        let (text, asked) = ask_in(revision, json!({ "sampling": {}, "roots": {} }), "hello").await;
        assert_eq!((text.as_str(), asked), ("test model says hi, 1 roots", 0), "{revision}");
    }
}

#[tokio::test]
async fn it_calls_tools_where_the_client_takes_none() {
    for revision in Revision::ALL {
        for capabilities in [json!({}), json!({ "sampling": {} })] {
            let parrot = Parrot::default();
            let fleet = Fleet::of(|| server(&parrot));
            let outcome =
                fleet.call(revision, capabilities, "ask_with_tool", json!({}), never).await;
            assert_eq!(outcome.text(), "TURN 0", "{revision}");
        }
    }
}

#[tokio::test]
async fn its_error_is_that_of_the_question() {
    let (text, asked) = ask_in(Revision::LATEST, json!({}), "fail").await;
    assert_eq!((text.as_str(), asked), ("out of words", 1));
    let (text, asked) = ask_in(Revision::LATEST, json!({}), "sleep").await;
    assert_eq!((text.as_str(), asked), ("there was no answer in time", 1));
}

#[tokio::test]
async fn it_is_not_asked_what_the_client_has_answered_before_it_lost_its_model() {
    let parrot = Parrot::default();
    let able = json!({ "sampling": {}, "roots": {} });
    let client = TestClient::builder(server(&parrot)).capabilities(able.clone()).connect().await;
    let client = client.expect("a client");
    let round = async |mut params: Value, capabilities: Value| {
        params["name"] = "ask".into();
        params["arguments"] = json!({ "text": "hello" });
        let call = client.request::<Value>("tools/call", params);
        call.meta("io.modelcontextprotocol/clientCapabilities", capabilities).await
    };
    let asked = round(json!({}), able).await.expect("a question");
    let answers = json!({ "ask": { "content": { "type": "text", "text": "hi" }, "model": "m" } });
    let params = json!({ "inputResponses": answers, "requestState": asked["requestState"] });
    let asked = round(params, json!({ "roots": {} })).await.expect("the other question");
    let answers = json!({ "roots": { "roots": [] } });
    let params = json!({ "inputResponses": answers, "requestState": asked["requestState"] });
    let done = round(params, json!({ "roots": {} })).await.expect("a result");
    assert_eq!(done["content"][0]["text"], "m says hi, 0 roots", "{done}");
    assert_eq!(parrot.0.load(Ordering::SeqCst), 0);
}
