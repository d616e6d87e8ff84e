//! Models that call the server's own functions.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use mcp_runtime::{
    Server,
    prelude::*,
    protocol::{ErrorCode, Revision},
    testing::{Answer, Question},
};
use serde_json::{Value, json};

use super::client::{Fleet, Outcome, WITH_TOOLS, calls, never, plays};

/// How often a function has run, in all servers of a fleet.
#[derive(Clone, Default)]
struct Runs(Arc<AtomicUsize>);

impl Runs {
    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Look something up.
#[mcp_tool]
async fn look_up(word: String, ctx: Context, State(runs): State<Runs>) -> Result<String> {
    if word == "nothing" {
        return Err(Error::new("no such word"));
    }
    if word == "secret" {
        return Err(Error::internal("the password is 1234"));
    }
    let run = runs.0.fetch_add(1, Ordering::SeqCst);
    let key = ctx.idempotency_key("look up")?;
    // The same name in each call of the function.
    let looked = ctx.step("look up", async || Ok::<_, Error>(format!("{word} {run}"))).await?;
    assert!(!key.is_empty());
    Ok(looked)
}

/// Add up.
#[mcp_tool]
async fn add(#[arg(range = 0..=9)] a: u8, b: u8, progress: Progress) -> u8 {
    progress.report(0.5, "half").await;
    a + b
}

/// The same key for the same work, another for other work.
#[mcp_tool]
async fn key(ctx: Context) -> Result<String> {
    ctx.idempotency_key("work")
}

/// Ask the user, inside the model's turn.
#[mcp_tool]
async fn ask_model(what: String, ctx: Context) -> Result<String> {
    Ok(ctx.sample(what).key("inner").await?.text())
}

/// Do something that takes a while.
#[mcp_tool]
async fn work(State(runs): State<Runs>) -> usize {
    let run = runs.0.fetch_add(1, Ordering::SeqCst);
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    run
}

/// Answer with the tools.
#[mcp_tool]
async fn analyze(question: String, ctx: Context) -> Result<String> {
    let answer = ctx
        .sample(question)
        .tools(tools![look_up, add, key, ask_model, work])
        .max_iterations(4)
        .key("analysis")
        .await?;
    Ok(answer.text())
}

/// Answer with one tool, which is named twice.
#[mcp_tool]
async fn confused(ctx: Context) -> Result<String> {
    Ok(ctx.sample("?").tools(tools![add]).tools(tools![add]).await?.text())
}

/// Say hello to a client that has folders.
#[mcp_tool(requires(roots))]
async fn needs_roots() -> &'static str {
    "hello"
}

/// Answer with a tool that needs more of the client.
#[mcp_tool]
async fn with_needs(ctx: Context) -> Result<String> {
    Ok(ctx.sample("?").tools(tools![needs_roots]).await?.text())
}

/// Ask something else from the third round on, as after an update of the server.
#[mcp_tool]
async fn updated(ctx: Context, State(runs): State<Runs>) -> Result<String> {
    let question = if runs.0.fetch_add(1, Ordering::SeqCst) < 3 { "old" } else { "new" };
    Ok(ctx.sample(question).tools(tools![look_up]).key("talk").await?.text())
}

fn server(runs: &Runs) -> Server {
    let tools = tools![analyze, confused, with_needs, updated];
    Server::new("analysis", "1").state(runs.clone()).tools(tools)
}

/// Lets a client with tools call `analyze`.
async fn analyze_in(
    revision: Revision,
    fleet: &Fleet,
    answer: impl FnMut(&Question) -> Answer + Send + 'static,
) -> Outcome {
    let capabilities = json!({ "sampling": { "tools": {} } });
    fleet.call(revision, capabilities, "analyze", json!({ "question": "?" }), answer).await
}

fn look_up_ox(id: &str) -> (&str, &str, Value) {
    (id, "look_up", json!({ "word": "ox" }))
}

#[tokio::test]
async fn a_model_is_told_of_tools_and_gets_what_they_give() {
    for revision in WITH_TOOLS {
        let runs = Runs::default();
        let fleet = Fleet::of(|| server(&runs));
        let turns = [
            calls([look_up_ox("a"), ("b", "add", json!({ "a": 1, "b": 2 }))]),
            calls([look_up_ox("c")]),
            Answer::sample("An ox."),
        ];
        let outcome = analyze_in(revision, &fleet, plays(turns)).await;
        assert_eq!(outcome.text(), "An ox.", "{revision}: {outcome:?}");
        assert_eq!(runs.count(), 2, "{revision}: each call ran once");

        let [first, second, third] = outcome.asked.as_slice() else { panic!("{outcome:?}") };
        let tools = first.params["tools"].as_array().expect("tools");
        assert_eq!(tools[0]["name"], "look_up");
        assert_eq!(tools[0]["description"], "Look something up.");
        assert_eq!(tools[0]["inputSchema"]["required"], json!(["word"]));
        assert_eq!(first.params.get("toolChoice"), None);

        // All calls are answered in the very next message, which holds nothing else.
        let result = |id: &str, text: &str| {
            let content = json!([{ "type": "text", "text": text }]);
            json!({ "type": "tool_result", "toolUseId": id, "content": content })
        };
        let mut sum = result("b", "3");
        sum["structuredContent"] = match revision.is_stateless() {
            true => json!(3),
            false => json!({ "result": 3 }),
        };
        let messages = second.params["messages"].as_array().expect("messages");
        let [_, said, results] = messages.as_slice() else { panic!("{messages:?}") };
        assert_eq!(said["role"], "assistant");
        assert_eq!(said.pointer("/content/1/input"), Some(&json!({ "a": 1, "b": 2 })));
        assert_eq!(*results, json!({ "role": "user", "content": [result("a", "ox 0"), sum] }));
        let messages = third.params["messages"].as_array().expect("messages");
        let [.., results] = messages.as_slice() else { panic!("{messages:?}") };
        assert_eq!(*results, json!({ "role": "user", "content": result("c", "ox 1") }));
        if revision.is_stateless() {
            assert_eq!(outcome.keys(), ["analysis/1", "analysis/2", "analysis/3"]);
        }
    }
}

#[tokio::test]
async fn faults_are_told_to_the_model() {
    for revision in WITH_TOOLS {
        let runs = Runs::default();
        let fleet = Fleet::of(|| server(&runs));
        let turns = [
            calls([
                ("a", "look_down", json!({})),
                ("b", "add", json!({ "a": 10, "b": 2 })),
                ("c", "look_up", json!({ "word": "nothing" })),
                ("d", "look_up", json!({ "word": "secret" })),
            ]),
            Answer::sample("Sorry."),
        ];
        let outcome = analyze_in(revision, &fleet, plays(turns)).await;
        assert_eq!(outcome.text(), "Sorry.", "{revision}");
        let results = &outcome.asked[1].params["messages"][2]["content"];
        let text = |index: usize| {
            assert_eq!(results[index]["isError"], true, "{results:?}");
            results[index]["content"][0]["text"].as_str().unwrap_or_default()
        };
        let unknown =
            "unknown tool: `look_down`; the tools are: look_up, add, key, ask_model, work";
        assert_eq!(text(0), unknown);
        assert_eq!(text(1), "invalid arguments: `a` must be at most 9");
        assert_eq!(text(2), "no such word");
        assert_eq!(text(3), "internal error");
    }
}

#[tokio::test]
async fn the_last_turn_is_asked_without_tools_and_a_model_that_goes_on_is_stopped() {
    for revision in WITH_TOOLS {
        let runs = Runs::default();
        let fleet = Fleet::of(|| server(&runs));
        let outcome = analyze_in(revision, &fleet, |_| calls([look_up_ox("x")])).await;
        assert!(outcome.result().is_error());
        assert_eq!(outcome.text(), "the model still calls tools after 4 turns");
        let choices: Vec<_> = outcome.asked.iter().map(|it| &it.params["toolChoice"]).collect();
        assert_eq!(choices, [&Value::Null, &Value::Null, &Value::Null, &json!({ "mode": "none" })]);
        assert_eq!(runs.count(), 3, "{revision}: none in the last turn");
    }
}

#[tokio::test]
async fn calls_of_one_function_are_different_work() {
    for revision in WITH_TOOLS {
        let fleet = Fleet::of(|| server(&Runs::default()));
        let key = |id| (id, "key", json!({}));
        let turns = [calls([key("a"), key("b")]), calls([key("a")]), Answer::sample("done")];
        let outcome = analyze_in(revision, &fleet, plays(turns)).await;
        let messages = &outcome.asked[2].params["messages"];
        let key = |pointer: &str| messages.pointer(pointer).and_then(Value::as_str).expect("a key");
        let keys = [
            key("/2/content/0/content/0/text"),
            key("/2/content/1/content/0/text"),
            key("/4/content/content/0/text"),
        ];
        assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2], "{keys:?}");
    }
}

#[tokio::test]
async fn a_tool_asks_while_others_do_their_work() {
    for revision in WITH_TOOLS {
        let runs = Runs::default();
        let fleet = Fleet::of(|| server(&runs));
        let ask = |id, what: &str| (id, "ask_model", json!({ "what": what }));
        let model = move |asked: &Question| match asked.params.get("tools") {
            None => Answer::sample("inner"),
            Some(_) if asked.params["messages"][1].is_null() => {
                let work = ("d", "work", json!({}));
                calls([look_up_ox("a"), ask("b", "one"), ask("c", "two"), work])
            }
            Some(_) => Answer::sample("outer"),
        };
        let outcome = analyze_in(revision, &fleet, model).await;
        assert_eq!(outcome.text(), "outer", "{revision}: {outcome:?}");
        assert_eq!((runs.count(), outcome.asked.len()), (2, 4), "{revision}");
        if revision.is_stateless() {
            let keys = outcome.keys();
            let [first, inner @ .., last] = keys.as_slice() else { panic!("{keys:?}") };
            assert_eq!([*first, *last], ["analysis/1", "analysis/2"]);
            assert!(inner.iter().all(|key| key.ends_with("/inner")) && inner[0] != inner[1]);
        }
    }
}

#[tokio::test]
async fn what_was_done_for_another_question_is_done_again() {
    let runs = Runs::default();
    let fleet = Fleet::of(|| server(&runs));
    let model = |asked: &Question| {
        let word = asked.params["messages"][0]["content"]["text"].clone();
        let result = &asked.params["messages"][2]["content"]["content"][0]["text"];
        match result.as_str() {
            None => calls([("a", "look_up", json!({ "word": word }))]),
            Some(result) => Answer::sample(result),
        }
    };
    let capabilities = json!({ "sampling": { "tools": {} } });
    let outcome = fleet.call(Revision::LATEST, capabilities, "updated", json!({}), model).await;
    assert!(outcome.text().starts_with("new"), "{outcome:?}");
    assert_eq!(outcome.keys(), ["talk/1", "talk/2", "talk/1", "talk/2"]);
}

#[tokio::test]
async fn what_a_tool_needs_of_the_client_is_told_to_the_model() {
    for revision in WITH_TOOLS {
        let fleet = Fleet::of(|| server(&Runs::default()));
        let turns = [calls([("a", "needs_roots", json!({}))]), Answer::sample("done")];
        let capabilities = json!({ "sampling": { "tools": {} } });
        let outcome =
            fleet.call(revision, capabilities, "with_needs", json!({}), plays(turns)).await;
        let result = &outcome.asked[1].params["messages"][2]["content"];
        let expected = "the client lacks the capability `roots`";
        assert_eq!(result["content"][0]["text"], expected, "{revision}");
    }
}

#[tokio::test]
async fn tools_are_not_sent_to_a_client_that_takes_none() {
    let fleet = Fleet::of(|| server(&Runs::default()));
    for revision in Revision::ALL {
        // Only 2025-11-25 and newer have `sampling.tools` at all.
        let declared = match revision < Revision::V2025_11_25 {
            true => json!({ "sampling": { "tools": {} } }),
            false => json!({ "sampling": {} }),
        };
        let question = json!({ "question": "?" });
        let outcome = fleet.call(revision, declared, "analyze", question, never).await;
        if revision.is_stateless() {
            let required = json!({ "requiredCapabilities": { "sampling": { "tools": {} } } });
            assert_eq!(outcome.error().data(), Some(&required));
        } else {
            assert_eq!(outcome.text(), "the client lacks the capability `sampling.tools`");
        }
    }
}

#[tokio::test]
async fn calls_that_no_model_makes_are_refused() {
    let runs = Runs::default();
    let fleet = Fleet::of(|| server(&runs));
    let ids: [_; 33] = std::array::from_fn(|index| format!("id{index}"));
    for answer in [
        calls([look_up_ox("a"), look_up_ox("a")]),
        calls([("a", "look_up", json!("ox"))]),
        calls(ids.each_ref().map(|id| look_up_ox(id))),
    ] {
        let turns = plays([answer, Answer::sample("ok")]);
        let outcome = analyze_in(Revision::V2025_11_25, &fleet, turns).await;
        assert_eq!(outcome.text(), "ok");
        assert_eq!(outcome.asked.len(), 2);
    }
    assert_eq!(runs.count(), 0);
}

#[tokio::test]
async fn two_tools_of_one_name_are_a_mistake_of_the_author() {
    let fleet = Fleet::of(|| server(&Runs::default()));
    let capabilities = json!({ "sampling": { "tools": {} } });
    let outcome = fleet.call(Revision::LATEST, capabilities, "confused", json!({}), never).await;
    assert_eq!(outcome.error().code(), Some(ErrorCode::INTERNAL_ERROR));
}

#[tokio::test]
async fn a_talk_that_is_longer_than_a_call_may_be_ends_it() {
    let runs = Runs::default();
    let reason = |outcome: &Outcome| outcome.error().data().expect("data")["reason"].clone();
    let endless = |_: &_| calls([look_up_ox("a")]);
    let fleet = Fleet::limited(|| server(&runs), |limits| limits.rounds = 2);
    let outcome = analyze_in(Revision::LATEST, &fleet, endless).await;
    assert_eq!(reason(&outcome), "too_many_rounds");
    assert_eq!(outcome.asked.len(), 2);

    let long = |_: &_| calls([("a", "look_up", json!({ "word": "x".repeat(1500) }))]);
    let fleet = Fleet::limited(|| server(&runs), |limits| limits.state_bytes = 2048);
    let outcome = analyze_in(Revision::LATEST, &fleet, long).await;
    assert_eq!(reason(&outcome), "state_too_large");
    assert_eq!(outcome.asked.len(), 1);
}
