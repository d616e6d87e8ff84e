//! What an author sees is the same in every revision that can ask.

use mcp_runtime::{
    protocol::Revision,
    testing::{Answer, TestClient, in_every_revision},
};
use serde_json::{Value, json};

use super::server::{Counters, limited, server};

const ASKING: Revision = Revision::V2025_06_18;

fn name(name: &str) -> Answer {
    Answer::accept(json!({ "name": name }))
}

fn age(age: u32) -> Answer {
    Answer::accept(json!({ "age": age }))
}

/// Calls a tool in all revisions that can ask, with these answers, and compares the text.
async fn gives(tool: &str, answers: &[Answer], text: &str) {
    let asked = || TestClient::builder(server(&Counters::default())).answers(answers.to_vec());
    in_every_revision(asked, async |client| {
        if client.revision() >= ASKING {
            assert_eq!(client.call(tool, json!({})).await?.text(), text);
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_accepted_form_reaches_the_function() {
    gives("greet", &[name("Ada")], "hello Ada").await;
}

#[tokio::test]
async fn no_and_a_closed_form_are_told_apart_and_hold_nothing() {
    gives("greet", &[Answer::decline()], "declined").await;
    gives("greet", &[Answer::cancel()], "cancelled").await;
}

#[tokio::test]
async fn three_questions_one_after_the_other() {
    gives("wizard", &[name("Ada"), age(36), Answer::consent()], "Ada 36 true").await;
}

#[tokio::test]
async fn a_no_in_the_middle_ends_the_call() {
    gives("wizard", &[name("Ada"), Answer::decline()], "the user has declined").await;
    gives("wizard", &[name("Ada"), age(36), Answer::decline()], "Ada 36 false").await;
}

#[tokio::test]
async fn two_questions_at_once() {
    gives("pair", &[name("Ada"), age(36)], "Ada 36").await;
}

#[tokio::test]
async fn one_of_some_options() {
    gives("size", &[Answer::accept(json!({ "choice": "large" }))], "large").await;
}

#[tokio::test]
async fn one_question_twice_is_two_questions_unless_it_has_a_key() {
    gives("twice", &[name("Ada"), name("Eve")], "Ada Eve").await;
    gives("again", &[name("Ada")], "Ada Ada").await;
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_asked_for_again() {
    let wrong = json!({ "name": "" });
    let answers = [Answer::accept(wrong), Answer::consent(), name("Ada")];
    gives("greet", &answers, "hello Ada").await;
}

#[tokio::test]
async fn what_fits_no_form_never_reaches_the_function() {
    for content in [
        json!({ "name": 7 }),
        json!({ "name": null }),
        json!({ "name": "x".repeat(41) }),
        json!({ "nam": "Ada" }),
        json!([]),
        json!("Ada"),
        json!({ "name": { "nested": ["Ada"] } }),
        json!({ "name": "x".repeat(100_000) }),
    ] {
        gives("greet", &[Answer::accept(&content), name("Ada")], "hello Ada").await;
    }
    for action in [json!({}), json!({ "action": "ACCEPT" }), json!({ "action": true }), json!([])] {
        gives("greet", &[Answer::result(&action), name("Ada")], "hello Ada").await;
    }
}

#[tokio::test]
async fn a_client_that_never_answers_rightly_ends_the_call() {
    let asked = || {
        TestClient::builder(server(&Counters::default()))
            .answering(|_| Answer::accept(json!({ "name": 1 })))
    };
    in_every_revision(asked, async |client| {
        match client.revision() {
            Revision::V2026_07_28 => {
                let error = client.call("greet", json!({})).await.unwrap_err();
                assert_eq!(error.data().map(|it| &it["reason"]), Some(&json!("too_many_rounds")));
            }
            revision if revision >= ASKING => {
                let result = client.call("greet", json!({})).await?;
                assert!(result.is_error());
                assert!(result.text().contains("do not fit the question"), "{}", result.text());
                assert_eq!(client.asked().len(), 3);
            }
            _ => {}
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_body_that_swallows_every_error_still_asks() {
    gives("stubborn", &[name("Ada")], "Ada after 1").await;
}

#[tokio::test]
async fn work_on_another_task_can_ask() {
    gives("delegate", &[Answer::consent()], "true").await;
}

#[tokio::test]
async fn resources_and_prompts_ask_as_tools_do() {
    let asked = || {
        TestClient::builder(server(&Counters::default())).answering(|question| {
            match question.message() {
                "Who signs?" => name("Ada"),
                _ => Answer::consent(),
            }
        })
    };
    in_every_revision(asked, async |client| {
        if client.revision() >= ASKING {
            assert_eq!(client.read("mood://today").await?.text(), "well");
            let letter = client.prompt("letter", json!({ "to": "Eve" })).await?;
            assert_eq!(letter.text(), "Write to Eve from Ada.");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_client_that_cannot_be_asked_is_never_asked() {
    let mute = || {
        TestClient::builder(server(&Counters::default()))
            .capabilities(json!({ "sampling": {} }))
            .answering(|question| panic!("asked {question:?}"))
    };
    in_every_revision(mute, async |client| {
        if client.revision().is_stateless() {
            let error = client.call("greet", json!({})).await.unwrap_err();
            assert_eq!(error.code().map(|it| it.value()), Some(-32021));
            let needed = error.data().expect("what is missing");
            assert_eq!(needed["requiredCapabilities"], json!({ "elicitation": { "form": {} } }));
            assert!(error.status().is_none_or(|status| status == 400));
        } else {
            let result = client.call("greet", json!({})).await?;
            assert!(result.is_error());
            assert_eq!(result.text(), "the client lacks the capability `elicitation`");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_function_that_requires_a_capability_does_not_run_without() {
    let counters = Counters::default();
    in_every_revision(
        || TestClient::builder(server(&counters)).capabilities(json!({ "roots": {} })),
        async |client| {
            let stateless = client.revision().is_stateless();
            if stateless {
                let error = client.call("demanding", json!({})).await.unwrap_err();
                assert_eq!(error.code().map(|it| it.value()), Some(-32021));
                let needed = &error.data().expect("what is missing")["requiredCapabilities"];
                let elicitation = json!({ "form": {}, "url": {} });
                assert_eq!(*needed, json!({ "elicitation": elicitation, "sampling": {} }));
                assert!(error.status().is_none_or(|status| status == 400));
            } else {
                let result = client.call("demanding", json!({})).await?;
                assert!(result.is_error());
                assert_eq!(
                    result.text(),
                    "the client lacks the capability `elicitation` and `elicitation.url` and \
                     `sampling`"
                );
            }
            let code = if stateless { -32021 } else { -32603 };
            let error = client.read("demanding://").await.unwrap_err();
            assert_eq!(error.code().map(|it| it.value()), Some(code));
            let error = client.prompt("demand", json!({})).await.unwrap_err();
            assert_eq!(error.code().map(|it| it.value()), Some(code));
            Ok(())
        },
    )
    .await;
    assert_eq!(counters.runs(), 0);
}

#[tokio::test]
async fn a_revision_without_forms_has_none_whatever_the_client_says() {
    for revision in [Revision::V2024_11_05, Revision::V2025_03_26] {
        let client = TestClient::builder(server(&Counters::default()))
            .revision(revision)
            .capabilities(json!({ "elicitation": {} }))
            .connect()
            .await
            .expect("a session");
        let result = client.call("greet", json!({})).await.expect("a result");
        assert!(result.is_error(), "{revision}");
    }
}

#[tokio::test]
async fn sequential_questions_are_rounds_and_parallel_ones_share_one() {
    for (tool, rounds, answers) in [
        ("wizard", 4, vec![name("Ada"), age(36), Answer::consent()]),
        ("pair", 2, vec![name("Ada"), age(36)]),
    ] {
        let counters = Counters::default();
        let client = TestClient::builder(server(&counters))
            .answers(answers)
            .connect()
            .await
            .expect("a client");
        client.call(tool, json!({})).await.expect("a result");
        assert_eq!(counters.runs(), rounds, "{tool}");
    }
}

#[tokio::test]
async fn another_instance_with_the_same_keys_goes_on() {
    let other = server(&Counters::default()).build().expect("a server");
    let asked = || {
        TestClient::builder(server(&Counters::default())).retry_on(&other).strict().answers([
            name("Ada"),
            age(36),
            Answer::consent(),
        ])
    };
    in_every_revision(asked, async |client| {
        if client.revision() >= ASKING {
            assert_eq!(client.call("wizard", json!({})).await?.text(), "Ada 36 true");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_strict_client_finds_questions_that_change_from_run_to_run() {
    let client = TestClient::builder(server(&Counters::default()))
        .strict()
        .answering(|_| Answer::consent())
        .connect()
        .await
        .expect("a client");
    let error = client.call("fickle", json!({})).await.unwrap_err();
    assert!(error.to_string().contains("asks something else"), "{error}");
}

#[tokio::test]
async fn a_function_that_never_stops_asking_is_stopped() {
    let server = limited(|limits| limits.rounds = 3);
    let client = TestClient::builder(server)
        .answering(|_| Answer::consent())
        .connect()
        .await
        .expect("a client");
    let error = client.call("fickle", json!({})).await.unwrap_err();
    assert_eq!(error.message(), "the call has more than 3 rounds of questions");
    assert_eq!(client.asked().len(), 3);
}

#[tokio::test]
async fn a_question_that_has_changed_is_asked_again() {
    let client = TestClient::builder(server(&Counters::default()))
        .answers([name("old"), name("new")])
        .connect()
        .await
        .expect("a client");
    assert_eq!(client.call("drifting", json!({})).await.expect("a result").text(), "new");
}

#[tokio::test]
async fn progress_goes_before_the_question_and_never_after() {
    let asked =
        || TestClient::builder(server(&Counters::default())).answering(|_| Answer::consent());
    in_every_revision(asked, async |client| {
        if client.revision() >= ASKING {
            let result = client.call("chatty", json!({})).progress().await?;
            let reported: Vec<f64> = result.progress().iter().map(|it| it.progress).collect();
            let expected: &[f64] =
                if client.revision().is_stateless() { &[0.5, 0.5, 1.0] } else { &[0.5, 1.0] };
            assert_eq!(reported, expected);
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_question_carries_what_the_revision_has() {
    let asked = || TestClient::builder(server(&Counters::default())).answers([name("Ada")]);
    in_every_revision(asked, async |client| {
        if client.revision() >= ASKING {
            client.call("greet", json!({})).await?;
            let asked = client.asked();
            let [question] = asked.as_slice() else { panic!("{asked:?}") };
            assert_eq!(question.message(), "Who are you?");
            assert_eq!(
                question.key.as_deref(),
                client.revision().is_stateless().then_some("user_name")
            );
            let mode = (client.revision() >= Revision::V2025_11_25).then(|| json!("form"));
            assert_eq!(question.params.get("mode"), mode.as_ref());
            let name: &Value = &question.schema()["properties"]["name"];
            assert_eq!((&name["type"], &name["maxLength"]), (&json!("string"), &json!(40)));
            assert_eq!(question.schema()["required"], json!(["name"]));
        }
        Ok(())
    })
    .await;
}
