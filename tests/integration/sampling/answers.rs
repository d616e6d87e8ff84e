//! One question, one answer.

use std::time::Duration;

use mcp_runtime::{
    AskError, PromptMessage, Server,
    prelude::*,
    protocol::{Content, ErrorCode, Revision},
    sampling::{IncludeContext, ModelPreferences, StopReason},
    testing::Answer,
};
use serde_json::{Value, json};

use super::client::{Fleet, REVISIONS, never, plays, text};

/// Ask with all that can be said.
#[mcp_tool]
async fn ask(question: String, ctx: Context) -> Result<String> {
    let answer = ctx
        .sample(question)
        .system("Be brief.")
        .max_tokens(100)
        .temperature(0.2)
        .stop(["END", "STOP"])
        .prefer(ModelPreferences::new().hint("sonnet").speed(0.5).cost(7.0))
        .include_context(IncludeContext::ThisServer)
        .key("question")
        .await?;
    let stop = match answer.stop_reason() {
        Some(StopReason::EndTurn) => "at its end",
        Some(StopReason::Other(other)) => other,
        _ => "somewhere",
    };
    Ok(format!("{} by {}, {stop}", answer.text(), answer.model()))
}

/// Ask about everything that a conversation can hold.
#[mcp_tool]
async fn talk(ctx: Context) -> Result<String> {
    let messages = [
        PromptMessage::user("What is this?"),
        PromptMessage::user(Content::image([1, 2, 3], "image/png")),
        PromptMessage::assistant("A dot."),
        PromptMessage::user(Content::audio([4], "audio/wav")),
        PromptMessage::user(Content::embedded_text("notes://1", "text/plain", "a note")),
        PromptMessage::user(Content::resource_link("notes://2", "another")),
    ];
    Ok(ctx.sample(messages).await?.text())
}

/// Ask, and tell the errors apart.
#[mcp_tool]
async fn careful(ctx: Context) -> Result<String> {
    let error = match ctx.sample("Hello?").timeout(Duration::from_millis(200)).await {
        Ok(answer) => return Ok(answer.text()),
        Err(error) => error,
    };
    Ok(match error.ask_error() {
        Some(AskError::Refused(why)) => format!("refused: {why}"),
        Some(AskError::MissingCapability(error)) => format!("cannot: {error}"),
        Some(AskError::TimedOut) => "too late".into(),
        Some(AskError::Unusable(_)) => "nonsense".into(),
        Some(AskError::Failed(_)) => "failed".into(),
        other => format!("{other:?}"),
    })
}

/// Ask, and pass the error on.
#[mcp_tool]
async fn careless(ctx: Context) -> Result<String> {
    Ok(ctx.sample("Hello?").await?.text())
}

/// Ask two things at once.
#[mcp_tool]
async fn twice(ctx: Context) -> Result<String> {
    let (a, b) = tokio::join!(ctx.sample("one"), ctx.sample("two"));
    Ok(format!("{} {}", a?.text(), b?.text()))
}

fn server() -> Server {
    Server::new("asks", "1").tools(tools![ask, talk, careful, careless, twice])
}

fn sampling() -> Value {
    json!({ "sampling": {} })
}

#[tokio::test]
async fn a_question_has_what_was_set_and_an_answer_what_was_said() {
    let fleet = Fleet::of(server);
    for revision in REVISIONS {
        let question = json!({ "question": "Why?" });
        let answer = |_: &_| Answer::sample("Because");
        let outcome = fleet.call(revision, sampling(), "ask", question, answer).await;
        assert_eq!(outcome.text(), "Because by test model, at its end", "{revision}");
        let [asked] = outcome.asked.as_slice() else { panic!("{outcome:?}") };
        assert_eq!(asked.method, "sampling/createMessage");
        let mut expected = json!({
            "messages": [{ "role": "user", "content": { "type": "text", "text": "Why?" } }],
            "modelPreferences": {
                "hints": [{ "name": "sonnet" }],
                "costPriority": 1.0,
                "speedPriority": 0.5,
            },
            "systemPrompt": "Be brief.",
            "temperature": 0.2,
            "maxTokens": 100,
            "stopSequences": ["END", "STOP"],
        });
        if revision < Revision::V2025_11_25 {
            expected["includeContext"] = "thisServer".into();
        }
        assert_eq!(asked.params, expected, "{revision}");
        let key = revision.is_stateless().then_some("question");
        assert_eq!(asked.key.as_deref(), key, "{revision}");
    }
}

#[tokio::test]
async fn context_is_asked_for_where_the_client_can_give_it() {
    let capabilities = json!({ "sampling": { "context": {} } });
    let question = json!({ "question": "Why?" });
    let answer = |_: &_| Answer::sample("Because");
    let outcome =
        Fleet::of(server).call(Revision::LATEST, capabilities, "ask", question, answer).await;
    assert_eq!(outcome.asked[0].params["includeContext"], "thisServer");
}

#[tokio::test]
async fn messages_are_what_the_revision_knows() {
    let fleet = Fleet::of(server);
    for revision in REVISIONS {
        let answer = |_: &_| Answer::sample("seen");
        let outcome = fleet.call(revision, sampling(), "talk", json!({}), answer).await;
        assert_eq!(outcome.text(), "seen", "{revision}");
        let params = &outcome.asked[0].params;
        assert_eq!(params["maxTokens"], 1024, "the default");
        let audio = match revision {
            Revision::V2024_11_05 => json!({ "type": "text", "text": "[audio, audio/wav]" }),
            _ => json!({ "type": "audio", "data": "BA==", "mimeType": "audio/wav" }),
        };
        let image = json!({ "type": "image", "data": "AQID", "mimeType": "image/png" });
        let text = |text: &str| json!({ "type": "text", "text": text });
        let expected = json!([
            { "role": "user", "content": text("What is this?") },
            { "role": "user", "content": image },
            { "role": "assistant", "content": text("A dot.") },
            { "role": "user", "content": audio },
            { "role": "user", "content": text("a note") },
            { "role": "user", "content": text("another: notes://2") },
        ]);
        assert_eq!(params["messages"], expected, "{revision}");
    }
}

#[tokio::test]
async fn an_answer_is_one_content_or_several() {
    let fleet = Fleet::of(server);
    for revision in REVISIONS {
        let answer = json!({
            "role": "assistant",
            "content": [
                { "type": "text", "text": "one " },
                { "type": "image", "data": "AQID", "mimeType": "image/png" },
                { "type": "text", "text": "two" },
            ],
            "model": "m",
            "stopReason": "boredom",
        });
        let question = json!({ "question": "?" });
        let answer = plays([Answer::result(answer)]);
        let outcome = fleet.call(revision, sampling(), "ask", question, answer).await;
        assert_eq!(outcome.text(), "one two by m, boredom", "{revision}");
    }
}

#[tokio::test]
async fn questions_of_one_moment_are_one_round() {
    let fleet = Fleet::limited(server, |limits| limits.rounds = 1);
    for revision in REVISIONS {
        let echo = |asked: &_| Answer::sample(text(asked, 0));
        let outcome = fleet.call(revision, sampling(), "twice", json!({}), echo).await;
        assert_eq!(outcome.text(), "one two", "{revision}");
        assert_eq!(outcome.asked.len(), 2);
    }
}

#[tokio::test]
async fn a_client_without_a_model_is_not_asked() {
    let fleet = Fleet::of(server);
    for revision in REVISIONS {
        let forms = || json!({ "elicitation": {} });
        let outcome = fleet.call(revision, forms(), "careful", json!({}), never).await;
        assert_eq!(outcome.text(), "cannot: the client lacks the capability `sampling`");

        let outcome = fleet.call(revision, forms(), "careless", json!({}), never).await;
        if revision.is_stateless() {
            let error = outcome.error();
            assert_eq!(error.code(), Some(ErrorCode::MISSING_CLIENT_CAPABILITY));
            let required = json!({ "requiredCapabilities": { "sampling": {} } });
            assert_eq!(error.data(), Some(&required));
        } else {
            assert!(outcome.result().is_error(), "{outcome:?}");
            assert_eq!(outcome.text(), "the client lacks the capability `sampling`");
        }
    }
}

#[tokio::test]
async fn a_refusal_is_told_apart_from_a_failure() {
    let fleet = Fleet::of(server);
    let revision = Revision::V2025_11_25;
    for (code, expected) in [(-1, "refused: No."), (-32601, "failed"), (7, "failed")] {
        let answer = plays([Answer::error(code, "No.")]);
        let outcome = fleet.call(revision, sampling(), "careful", json!({}), answer).await;
        assert_eq!(outcome.text(), expected, "{code}");
    }
    let answer = plays([Answer::error(-1, "No.")]);
    let outcome = fleet.call(revision, sampling(), "careless", json!({}), answer).await;
    assert!(outcome.result().is_error());
    assert_eq!(outcome.text(), "the user has refused: No.");
}

#[tokio::test]
async fn a_silent_model_is_given_up() {
    let silent = plays([Answer::silence()]);
    let revision = Revision::V2025_11_25;
    let outcome = Fleet::of(server).call(revision, sampling(), "careful", json!({}), silent).await;
    assert_eq!(outcome.text(), "too late");
}

#[tokio::test]
async fn an_answer_that_is_none_is_asked_for_again() {
    let fleet = Fleet::of(server);
    let nonsense = [
        json!({}),
        json!("text"),
        json!({ "content": 7 }),
        json!({ "content": { "type": "video" } }),
        json!({ "content": { "type": "text" } }),
        json!({ "content": [{ "type": "tool_use", "id": "1", "name": "ask", "input": {} }] }),
        json!({ "content": { "type": "tool_result", "toolUseId": "1", "content": [] } }),
    ];
    for revision in REVISIONS {
        for answer in &nonsense {
            let answers = plays([Answer::result(answer), Answer::sample("sorry")]);
            let outcome = fleet.call(revision, sampling(), "careful", json!({}), answers).await;
            assert_eq!(outcome.text(), "sorry", "{revision}: {answer}");
        }
    }
    let nonsense = |_: &_| Answer::result(json!({}));
    let revision = Revision::V2025_06_18;
    let outcome = fleet.call(revision, sampling(), "careful", json!({}), nonsense).await;
    assert_eq!(outcome.text(), "nonsense");
    assert_eq!(outcome.asked.len(), 3);
}
