//! Functions that return what they ask.

use mcp_runtime::{
    InputRequired,
    prelude::*,
    protocol::Revision,
    testing::{Answer, TestClient, in_every_revision},
};
use serde_json::{Value, json};

fn form(ctx: &Context, message: &str) -> Value {
    let mut params = json!({
        "message": message,
        "requestedSchema": { "type": "object", "properties": { "name": { "type": "string" } } },
    });
    if ctx.revision() >= Revision::V2025_11_25 {
        params["mode"] = "form".into();
    }
    params
}

/// Ask for two names at once, then for a third.
#[mcp_tool]
async fn names(ctx: Context) -> Result<String> {
    let answers = ctx.input_responses()?;
    let name = |key: &str| answers.get(key).map(|it| it["content"]["name"].clone());
    let ask = |required: InputRequired, key: &str| {
        required.ask(key, "elicitation/create", form(&ctx, &format!("Who is {key}?")))
    };
    match (name("first"), name("second"), name("third")) {
        (Some(first), Some(second), Some(third)) => {
            Ok(format!("{first} {second} {third} {:?}", ctx.input_state()?))
        }
        (Some(_), Some(_), None) => {
            Err(ask(InputRequired::new().state("two are known"), "third").into())
        }
        _ => Err(ask(ask(InputRequired::new().state("none is known"), "first"), "second").into()),
    }
}

/// Ask without end.
#[mcp_tool]
async fn endless(ctx: Context) -> Result<String> {
    let count = ctx.input_responses()?.len();
    let key = format!("question {count}");
    let required = InputRequired::new().ask(key, "elicitation/create", form(&ctx, "Again?"));
    Err(required.into())
}

/// Ask nothing, by mistake.
#[mcp_tool]
async fn nothing() -> Result<String> {
    Err(InputRequired::new().state("lost").into())
}

fn server() -> Server {
    Server::new("by hand", "1.0.0").tools(tools![names, endless, nothing])
}

fn can_ask(client: &TestClient) -> bool {
    client.revision() >= Revision::V2025_06_18
}

#[tokio::test]
async fn the_answers_of_all_rounds_and_the_last_state_come_back() {
    let answers = || ["a", "b", "c"].map(|name| Answer::accept(json!({ "name": name })));
    in_every_revision(
        || TestClient::builder(server()).answers(answers()).strict(),
        async |client| {
            if can_ask(&client) {
                let named = client.call("names", json!({})).await?;
                assert_eq!(named.text(), r#""a" "b" "c" Some("two are known")"#);
                let asked = client.asked();
                let messages: Vec<&str> = asked.iter().map(|it| it.message()).collect();
                assert_eq!(messages, ["Who is first?", "Who is second?", "Who is third?"]);
            }
            Ok(())
        },
    )
    .await;
}

#[tokio::test]
async fn what_asks_without_end_is_stopped() {
    in_every_revision(
        || TestClient::builder(server()).answering(|_| Answer::accept(json!({ "name": "again" }))),
        async |client| {
            if can_ask(&client) {
                let error = client.call("endless", json!({})).await.unwrap_err();
                assert_eq!(error.message(), "the call has more than 8 rounds of questions");
            }
            Ok(())
        },
    )
    .await;
}

#[tokio::test]
async fn a_client_that_cannot_be_asked_is_told_so() {
    let client = TestClient::new(server()).expect("a client");
    let error = client.call("names", json!({})).await.unwrap_err();
    assert_eq!(error.code().map(|it| it.value()), Some(-32021));
}

#[tokio::test]
async fn to_ask_nothing_is_a_fault_of_the_server() {
    let client = TestClient::new(server()).expect("a client");
    let error = client.call("nothing", json!({})).await.unwrap_err();
    assert_eq!(error.message(), "internal error");
}
