//! The state that a client of 2026-07-28 carries from round to round: it can neither read it, nor
//! change it, nor use it for anything else.

use mcp_runtime::{
    KeyRing, Principal, Server,
    testing::{Answer, ClientError, TestClient},
};
use serde_json::{Value, json};

use super::server::{Counters, limited, server};

async fn client(server: Server) -> TestClient {
    TestClient::builder(server)
        .capabilities(json!({ "elicitation": {} }))
        .connect()
        .await
        .expect("a client")
}

async fn client_of(server: Server, user: &str) -> TestClient {
    TestClient::builder(server)
        .capabilities(json!({ "elicitation": {} }))
        .principal(Principal::new("https://issuer.example", user))
        .connect()
        .await
        .expect("a client")
}

fn call(tool: &str, arguments: Value) -> Value {
    json!({ "name": tool, "arguments": arguments })
}

async fn send(client: &TestClient, params: Value) -> Result<Value, ClientError> {
    client.request("tools/call", params).await
}

/// The state of a call that has asked its first question, and that question's key.
async fn first_round(client: &TestClient, params: &Value) -> (String, String) {
    let asked = send(client, params.clone()).await.expect("a question");
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let keys = asked["inputRequests"].as_object().expect("questions");
    let key = keys.keys().next().expect("a question").clone();
    (asked["requestState"].as_str().expect("a state").to_owned(), key)
}

fn with_answer(params: &Value, state: &str, key: &str, answer: Value) -> Value {
    let mut params = params.clone();
    params["requestState"] = state.into();
    params["inputResponses"] = json!({ key: { "action": "accept", "content": answer } });
    params
}

fn assert_refused(outcome: Result<Value, ClientError>, what: &str) {
    let error = outcome.expect_err(what);
    assert_eq!(error.code().map(|it| it.value()), Some(-32602), "{what}");
    assert_eq!(error.message(), "invalid `requestState`", "{what}");
}

#[tokio::test]
async fn a_state_that_is_changed_anywhere_is_refused() {
    let client = client(server(&Counters::default())).await;
    let params = call("greet", json!({}));
    let (state, key) = first_round(&client, &params).await;
    let sends = async |state: &str| {
        send(&client, with_answer(&params, state, &key, json!({ "name": "Ada" }))).await
    };
    for position in 0..state.len() {
        let mut changed = state.clone().into_bytes();
        changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("text");
        assert_refused(sends(&changed).await, &format!("changed at {position}"));
    }
    for length in 0..state.len() {
        assert_refused(sends(&state[..length]).await, &format!("cut to {length}"));
    }
    for other in [format!("{state}A"), format!("{state}="), "x".repeat(1 << 20), "ä".into()] {
        assert_refused(sends(&other).await, "another text");
    }
    let greeted = sends(&state).await.expect("the state itself");
    assert_eq!(greeted["content"][0]["text"], "hello Ada");
}

#[tokio::test]
async fn a_state_belongs_to_its_tool_its_arguments_and_its_method() {
    let client = client(server(&Counters::default())).await;
    let params = call("buy", json!({ "amount": 5 }));
    let (state, key) = first_round(&client, &params).await;
    for (what, other) in [
        ("another tool", call("wizard", json!({ "amount": 5 }))),
        ("other arguments", call("buy", json!({ "amount": 6 }))),
        ("no arguments", json!({ "name": "buy" })),
        ("a task", json!({ "name": "buy", "arguments": { "amount": 5 }, "task": {} })),
    ] {
        assert_refused(send(&client, with_answer(&other, &state, &key, json!({}))).await, what);
    }
    let mut read = json!({ "uri": "mood://today" });
    read["requestState"] = state.clone().into();
    assert_refused(client.request("resources/read", read).await, "another method");
    // The same request, written in another way.
    let params = json!({ "arguments": { "amount": 5.0 }, "name": "buy" });
    let went_on = send(&client, with_answer(&params, &state, &key, json!({}))).await;
    assert_eq!(went_on.expect("the next question")["resultType"], "input_required");
}

#[tokio::test]
async fn a_state_belongs_to_its_caller() {
    let params = call("greet", json!({}));
    let alice = client_of(server(&Counters::default()), "alice").await;
    let (state, key) = first_round(&alice, &params).await;
    let answered = with_answer(&params, &state, &key, json!({ "name": "Ada" }));
    let eve = client_of(server(&Counters::default()), "eve").await;
    assert_refused(send(&eve, answered.clone()).await, "another caller");
    let nobody = client(server(&Counters::default())).await;
    assert_refused(send(&nobody, answered.clone()).await, "nobody");
    // Her own, on another instance.
    let alice = client_of(server(&Counters::default()), "alice").await;
    assert_eq!(send(&alice, answered).await.expect("a result")["content"][0]["text"], "hello Ada");
}

#[tokio::test]
async fn a_state_belongs_to_its_server_and_its_keys() {
    let params = call("greet", json!({}));
    let ours = client(server(&Counters::default())).await;
    let (state, key) = first_round(&ours, &params).await;
    let answered = with_answer(&params, &state, &key, json!({ "name": "Ada" }));
    let keys = async |ring| client(server(&Counters::default()).keys(ring)).await;
    assert_refused(send(&keys(KeyRing::new([8; 32])).await, answered.clone()).await, "another key");
    let rotated = keys(KeyRing::new([8; 32]).with_previous([9; 32])).await;
    let (new, _) = first_round(&rotated, &params).await;
    send(&rotated, answered).await.expect("the old key still opens");
    let answered = with_answer(&params, &new, &key, json!({ "name": "Ada" }));
    assert_refused(send(&ours, answered).await, "sealed with the new key");
}

#[tokio::test]
async fn a_state_expires() {
    for change in [
        (|limits| limits.state_lifetime = std::time::Duration::ZERO)
            as fn(&mut mcp_runtime::Limits),
        |limits| limits.call_lifetime = std::time::Duration::ZERO,
    ] {
        let client = client(limited(change)).await;
        let params = call("greet", json!({}));
        let (state, key) = first_round(&client, &params).await;
        let answered = with_answer(&params, &state, &key, json!({ "name": "Ada" }));
        assert_refused(send(&client, answered).await, "expired");
    }
}

#[tokio::test]
async fn a_state_shows_nothing_of_what_it_holds() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let client = client(server(&Counters::default())).await;
    let (state, _) = first_round(&client, &call("secretive", json!({}))).await;
    let bytes = URL_SAFE_NO_PAD.decode(&state).expect("Base64");
    for secret in ["planted-secret", "secret", "chain", "answers"] {
        let shown = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!shown && !state.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn each_round_has_a_state_of_its_own() {
    let client = client(server(&Counters::default())).await;
    let params = call("wizard", json!({}));
    let (first, key) = first_round(&client, &params).await;
    let answered = with_answer(&params, &first, &key, json!({ "name": "Ada" }));
    let second = send(&client, answered).await.expect("the next question");
    assert_ne!(second["requestState"], json!(first));
}

#[tokio::test]
async fn a_call_can_go_on_from_an_older_round() {
    // A client may repeat a request whose answer it has lost.
    let client = client(server(&Counters::default())).await;
    let params = call("greet", json!({}));
    let (state, key) = first_round(&client, &params).await;
    for name in ["Ada", "Eve"] {
        let answered = with_answer(&params, &state, &key, json!({ "name": name }));
        let greeted = send(&client, answered).await.expect("a result");
        assert_eq!(greeted["content"][0]["text"], format!("hello {name}"));
    }
}

#[tokio::test]
async fn the_first_answer_to_a_question_stays() {
    let client = client(server(&Counters::default())).await;
    let params = call("wizard", json!({}));
    let (state, key) = first_round(&client, &params).await;
    let answered = with_answer(&params, &state, &key, json!({ "name": "Ada" }));
    let asked = send(&client, answered).await.expect("the next question");
    let age = asked["inputRequests"].as_object().and_then(|it| it.keys().next()).expect("a key");
    let mut params = params;
    params["requestState"] = asked["requestState"].clone();
    params["inputResponses"] = json!({
        key: { "action": "accept", "content": { "name": "Eve" } },
        age: { "action": "accept", "content": { "age": 36 } },
        "stranger": { "action": "accept" },
    });
    let asked = send(&client, params).await.expect("the next question");
    let messages: Vec<&Value> = asked["inputRequests"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, request)| &request["params"]["message"])
        .collect();
    assert_eq!(messages, ["Ada, 36?"]);
}

#[tokio::test]
async fn an_answer_that_nobody_has_asked_for_is_taken_with_the_first_request() {
    let client = client(server(&Counters::default())).await;
    let mut params = call("greet", json!({}));
    params["inputResponses"] = json!({
        "user_name": { "action": "accept", "content": { "name": "Ada" } },
        "stranger": { "action": "decline" },
    });
    let greeted = send(&client, params.clone()).await.expect("a result");
    assert_eq!(greeted["content"][0]["text"], "hello Ada");
    params["inputResponses"] = json!({ "other": { "action": "decline" } });
    let asked = send(&client, params).await.expect("a question");
    assert_eq!(asked["resultType"], "input_required");
}

#[tokio::test]
async fn an_answer_that_nobody_has_asked_for_needs_the_capability_all_the_same() {
    let client = TestClient::new(server(&Counters::default())).expect("a client");
    let mut params = call("greet", json!({}));
    params["inputResponses"] =
        json!({ "user_name": { "action": "accept", "content": { "name": "Ada" } } });
    let error = send(&client, params).await.unwrap_err();
    assert_eq!(error.code().map(|it| it.value()), Some(-32021));
}

#[tokio::test]
async fn a_capability_can_be_withdrawn_between_two_rounds() {
    let params = call("wizard", json!({}));
    let able = client(server(&Counters::default())).await;
    let (state, key) = first_round(&able, &params).await;
    let unable = TestClient::new(server(&Counters::default())).expect("a client");
    let answered = with_answer(&params, &state, &key, json!({ "name": "Ada" }));
    let error = send(&unable, answered).await.unwrap_err();
    assert_eq!(error.code().map(|it| it.value()), Some(-32021));
}

#[tokio::test]
async fn a_missing_answer_is_asked_for_again() {
    let client = client(server(&Counters::default())).await;
    let mut params = call("greet", json!({}));
    let (state, key) = first_round(&client, &params).await;
    params["requestState"] = state.into();
    let asked = send(&client, params.clone()).await.expect("the question");
    assert!(asked["inputRequests"].get(&key).is_some());
    params["inputResponses"] = json!({});
    let asked = send(&client, params).await.expect("the question");
    assert!(asked["inputRequests"].get(&key).is_some());
}

#[tokio::test]
async fn of_more_answers_than_anyone_asks_for_the_first_are_read() {
    let client = client(server(&Counters::default())).await;
    let answer = json!({ "action": "accept", "content": { "name": "Ada" } });
    let others = (0..300).map(|number| (format!("other {number}"), json!({})));
    for (first, result_type) in [(true, "complete"), (false, "input_required")] {
        let asked = [("user_name".to_owned(), answer.clone())].into_iter();
        let responses: serde_json::Map<String, Value> = if first {
            asked.chain(others.clone()).collect()
        } else {
            others.clone().chain(asked).collect()
        };
        let mut params = call("greet", json!({}));
        params["inputResponses"] = responses.into();
        assert_eq!(send(&client, params).await.expect("a result")["resultType"], result_type);
    }
}

#[tokio::test]
async fn a_call_with_large_arguments_goes_on_when_they_come_back_as_they_were() {
    let client = client(server(&Counters::default())).await;
    let numbers: Vec<usize> = (0..20_000).collect();
    let params = call("pile", json!({ "numbers": numbers }));
    let (state, key) = first_round(&client, &params).await;
    let answered = with_answer(&params, &state, &key, json!({}));
    let piled = send(&client, answered).await.expect("a result");
    assert_eq!(piled["structuredContent"], 20_000);
    let other = call("pile", json!({ "numbers": &numbers[1..] }));
    assert_refused(send(&client, with_answer(&other, &state, &key, json!({}))).await, "others");
}

#[tokio::test]
async fn answers_that_are_no_object_and_a_state_that_is_no_text_are_refused() {
    let client = client(server(&Counters::default())).await;
    for (name, value) in [
        ("inputResponses", json!([])),
        ("inputResponses", json!("yes")),
        ("requestState", json!(7)),
        ("requestState", json!({})),
    ] {
        let mut params = call("greet", json!({}));
        params[name] = value;
        let error = send(&client, params).await.unwrap_err();
        assert_eq!(error.code().map(|it| it.value()), Some(-32602), "{name}");
        assert!(error.message().contains(name), "{}", error.message());
    }
}

#[tokio::test]
async fn a_late_answer_is_none() {
    let client = TestClient::builder(limited(|_| ()))
        .answering(|_| {
            std::thread::sleep(std::time::Duration::from_millis(1100));
            Answer::accept(json!({ "name": "Ada" }))
        })
        .connect()
        .await
        .expect("a client");
    assert_eq!(client.call("hasty", json!({})).await.expect("a result").text(), "None");
}

#[tokio::test]
async fn what_asks_nothing_gives_no_state_and_reads_none() {
    let client = client(server(&Counters::default())).await;
    let listed: Value =
        client.request("tools/list", json!({ "requestState": 7 })).await.expect("a list");
    assert!(listed.get("requestState").is_none());
}
