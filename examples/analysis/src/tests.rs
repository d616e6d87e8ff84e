//! The server as a client meets it whose model plays a script.

use mcp_runtime::{
    Result,
    protocol::Revision,
    testing::{Answer, Question, TestClient, Transport},
};
use serde_json::{Value, json};

/// Looks up both in its first turn, and answers with what it was given in its second.
fn model(asked: &Question) -> Answer {
    match asked.params["messages"].as_array().map(Vec::as_slice) {
        Some([_question]) => Answer::result(json!({
            "role": "assistant",
            "content": [
                tool_use("1", "analyze_data", json!({ "series": "rainfall" })),
                tool_use("2", "fetch_reference", json!({ "word": "rainfall" })),
                tool_use("3", "analyze_data", json!({ "series": "snow" })),
            ],
            "model": "script",
            "stopReason": "toolUse",
        })),
        Some([_question, _calls, results]) => {
            let result = |index: usize| results["content"][index]["content"][0]["text"].as_str();
            let results = [0, 1, 2].map(|index| result(index).unwrap_or_default());
            Answer::sample(&results.join(" | "))
        }
        messages => panic!("an unexpected turn: {messages:?}"),
    }
}

fn tool_use(id: &str, name: &str, input: Value) -> Value {
    json!({ "type": "tool_use", "id": id, "name": name, "input": input })
}

async fn client(
    revision: Revision,
    transport: Transport,
    model: impl Fn(&Question) -> Answer + Send + Sync + 'static,
) -> Result<TestClient> {
    let builder = TestClient::builder(crate::server());
    builder.revision(revision).transport(transport).answering(model).strict().connect().await
}

#[tokio::test]
async fn the_model_answers_with_the_servers_tools() -> Result<()> {
    for revision in [Revision::V2025_11_25, Revision::V2026_07_28] {
        for &transport in Transport::ALL {
            let client = client(revision, transport, model).await?;
            let query = json!({ "query": "Was there more rain than usual?" });
            let answer = client.call("complex_analysis", query).await?;
            assert_eq!(
                answer.text(),
                "{\"count\":4,\"least\":39.0,\"mean\":50.0,\"greatest\":61.0} | \
                 Millimetres a month. The mean of many years is 45. | \
                 no such series; there are rainfall and sunshine",
                "{revision} {transport}"
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_model_without_tools_cannot_analyze() -> Result<()> {
    let client = client(Revision::V2025_06_18, Transport::Memory, model).await?;
    let answer = client.call("complex_analysis", json!({ "query": "?" })).await?;
    assert!(answer.is_error());
    assert_eq!(answer.text(), "the client lacks the capability `sampling.tools`");
    Ok(())
}

#[tokio::test]
async fn topics_are_a_value_in_every_revision() -> Result<()> {
    let model = |_: &Question| {
        Answer::sample("```json\n{\"topics\": [\"rain\"], \"quantitative\": true}\n```")
    };
    for revision in Revision::ALL {
        let client = client(revision, Transport::Memory, model).await?;
        let answer = client.call("classify", json!({ "text": "It rained 48 mm." })).await?;
        assert_eq!(answer.text(), "{\"topics\":[\"rain\"],\"quantitative\":true}", "{revision}");
    }
    Ok(())
}
