//! What an author sees in the sessions of 2025-11-25 and in the rounds of 2026-07-28, and what goes
//! over the wire in a session.

use std::time::Duration;

use mcp_runtime::{
    protocol::Revision,
    testing::{Answer, TestClient, Transport, in_every_revision},
};
use serde_json::{Value, json};

use super::server::{Page, by_hand, client, found, id_of, limited, server, until_gone};

/// Calls a tool in all revisions that can send a user to a page, and compares the text.
async fn gives(tool: &str, page: Page, answer: Answer, text: &str) {
    let asked = || client(&server().build().expect("a server"), page, answer.clone());
    in_every_revision(asked, async |client| {
        if client.revision() >= Revision::V2025_11_25 {
            let result = client.call(tool, json!({})).await?;
            assert_eq!(result.text(), text, "{page:?}");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_page_completes_after_the_consent_or_before() {
    gives("pay", Page::CompletesAfterTheAnswer, Answer::consent(), "Completed").await;
    gives("pay", Page::CompletesBeforeTheAnswer, Answer::consent(), "Completed").await;
}

#[tokio::test]
async fn the_page_cancels() {
    gives("pay", Page::CancelsAfterTheAnswer, Answer::consent(), "Cancelled").await;
}

#[tokio::test]
async fn whoever_declines_has_not_completed() {
    for page in [Page::IsLeft, Page::CompletesBeforeTheAnswer] {
        gives("pay", page, Answer::decline(), "Declined").await;
        gives("pay", page, Answer::cancel(), "Cancelled").await;
    }
}

#[tokio::test]
async fn consent_alone_completes_nothing() {
    gives("hasty", Page::IsLeft, Answer::consent(), "TimedOut").await;
}

#[tokio::test]
async fn what_is_no_answer_is_asked_for_again() {
    let answer = Answer::result(json!({ "action": "completed" }));
    let handle = server().build().expect("a server");
    let client = client(&handle, Page::CompletesBeforeTheAnswer, answer)
        .revision(Revision::V2025_11_25)
        .connect()
        .await
        .expect("a session");
    let result = client.call("pay", json!({})).await.expect("a result");
    assert!(result.is_error());
    assert!(result.text().contains("do not fit the question"), "{}", result.text());
}

#[tokio::test]
async fn the_outcome_stays_for_the_rounds_to_come() {
    let page = Page::CompletesBeforeTheAnswer;
    gives("pay_and_confirm", page, Answer::consent(), "Completed true").await;
}

#[tokio::test]
async fn two_at_once_have_two_ids() {
    let handle = server().build().expect("a server");
    let builder = || client(&handle, Page::CompletesAfterTheAnswer, Answer::consent());
    in_every_revision(builder, async |client| {
        if client.revision() >= Revision::V2025_11_25 {
            let paid = client.call("pay_twice", json!({})).await?;
            assert_eq!(paid.text(), "Completed Completed");
            let asked = client.asked();
            let [one, other] = asked.as_slice() else { panic!("{asked:?}") };
            assert_ne!(id_of(one), id_of(other));
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_client_that_cannot_open_urls_is_never_asked() {
    let mute = || {
        TestClient::builder(server())
            .capabilities(json!({ "elicitation": {} }))
            .answering(|question| panic!("asked {question:?}"))
    };
    in_every_revision(mute, async |client| {
        for tool in ["pay", "connect"] {
            let outcome = client.call(tool, json!({})).await;
            if client.revision().is_stateless() {
                let error = outcome.unwrap_err();
                assert_eq!(error.code().map(|it| it.value()), Some(-32021));
                let needed = error.data().expect("what is missing");
                let expected = json!({ "elicitation": { "url": {} } });
                assert_eq!(needed["requiredCapabilities"], expected);
            } else {
                let result = outcome?;
                assert!(result.is_error());
                assert_eq!(result.text(), "the client lacks the capability `elicitation.url`");
            }
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn no_revision_before_2025_11_25_opens_urls_whatever_the_client_says() {
    for revision in [Revision::V2024_11_05, Revision::V2025_03_26, Revision::V2025_06_18] {
        let client = TestClient::builder(server())
            .revision(revision)
            .capabilities(json!({ "elicitation": { "url": {} } }))
            .connect()
            .await
            .expect("a session");
        let result = client.call("pay", json!({})).await.expect("a result");
        assert!(result.is_error(), "{revision}");
    }
}

async fn session(builder: mcp_runtime::testing::TestClientBuilder) -> TestClient {
    builder.revision(Revision::V2025_11_25).connect().await.expect("a session")
}

#[tokio::test]
async fn the_request_holds_the_id_and_the_client_hears_of_the_completion() {
    for &transport in Transport::ALL {
        let handle = server().build().expect("a server");
        let page = Page::CompletesAfterTheAnswer;
        let client = session(client(&handle, page, Answer::consent()).transport(transport)).await;
        let result = client.call("pay", json!({})).await.expect("a result");
        let asked = client.asked();
        let [question] = asked.as_slice() else { panic!("{asked:?}") };
        let id = id_of(question);
        let url = format!("https://pay.example.com/{id}");
        let expected = json!({
            "mode": "url", "message": "Please pay $5", "url": url, "elicitationId": id,
        });
        assert_eq!(question.params, expected);
        let told = match result.notifications() {
            [] => client.next_notification().await.expect("a notification"),
            [notification] => notification.clone(),
            more => panic!("{more:?}"),
        };
        assert_eq!(told.method(), "notifications/elicitation/complete");
        assert_eq!(told.params(), &json!({ "elicitationId": id }));
    }
}

#[tokio::test]
async fn only_the_client_that_asked_hears_of_the_completion() {
    for &transport in Transport::ALL {
        let handle = server().build().expect("a server");
        let connect = |page| session(client(&handle, page, Answer::consent()).transport(transport));
        let other = connect(Page::IsLeft).await;
        let paying = connect(Page::CompletesBeforeTheAnswer).await;
        let result = paying.call("pay", json!({})).await.expect("a result");
        assert_eq!(result.text(), "Completed");
        // What comes after it is here already.
        handle.tools_changed();
        let told = other.next_notification().await.expect("a notification");
        assert_eq!(told.method(), "notifications/tools/list_changed");
    }
}

#[tokio::test]
async fn silence_completes_nothing_even_when_the_page_does() {
    for &transport in Transport::ALL {
        let handle = server().build().expect("a server");
        let page = Page::CompletesBeforeTheAnswer;
        let client = session(client(&handle, page, Answer::silence()).transport(transport)).await;
        let result = client.call("hasty", json!({})).await.expect("a result");
        assert_eq!(result.text(), "TimedOut");
    }
}

#[tokio::test]
async fn a_user_at_a_page_is_no_idleness() {
    let handle = limited(|limits| {
        limits.call_idle = Duration::from_millis(100);
        limits.question_timeout = Duration::from_millis(400);
    });
    let handle = handle.build().expect("a server");
    let client = session(client(&handle, Page::IsLeft, Answer::consent())).await;
    let result = client.call("pay", json!({})).await.expect("a result");
    assert_eq!(result.text(), "TimedOut");
}

#[tokio::test]
async fn a_call_that_has_ended_takes_no_completion() {
    for (tool, answer) in [
        ("hasty", Answer::consent()),
        ("pay", Answer::decline()),
        ("pay", Answer::error(-32602, "undeclared")),
    ] {
        let handle = server().build().expect("a server");
        let (send, kept) = std::sync::mpsc::channel();
        let pages = handle.url_elicitations();
        let answering = move |question: &mcp_runtime::testing::Question| {
            let found = super::server::at_once(pages.find(&id_of(question), None));
            send.send(found.expect("a store").expect("open")).expect("the test listens");
            answer.clone()
        };
        let client = session(TestClient::builder(&handle).answering(answering)).await;
        client.call(tool, json!({})).await.expect("a result");
        let kept = kept.try_recv().expect("an elicitation");
        until_gone(&handle, kept.id()).await;
        assert!(!kept.complete().await.expect("a store"), "{tool}");
        assert!(!kept.cancel().await.expect("a store"), "{tool}");
    }
}

#[tokio::test]
async fn a_cancelled_call_takes_no_completion() {
    for &transport in Transport::ALL {
        for answer in [Answer::consent(), Answer::silence()] {
            let handle = server().build().expect("a server");
            let client = session(client(&handle, Page::IsLeft, answer).transport(transport)).await;
            let running = client.call("pay", json!({})).start().await.expect("a call");
            while client.asked().is_empty() {
                tokio::task::yield_now().await;
            }
            let id = id_of(&client.asked()[0]);
            assert!(found(&handle, &id).await.is_some());
            running.cancel().await.expect("cancelled");
            until_gone(&handle, &id).await;
        }
    }
}

#[tokio::test]
async fn a_call_can_be_refused_until_the_user_is_done() {
    for &transport in Transport::ALL {
        let handle = server().build().expect("a server");
        let client = session(client(&handle, Page::IsLeft, Answer::consent()).transport(transport));
        let client = client.await;
        let error = client.call("connect", json!({})).await.unwrap_err();
        assert_eq!(error.code().map(|it| it.value()), Some(-32042));
        assert_eq!(error.message(), "Connect your calendar");
        assert_eq!(client.asked(), [], "nothing is asked in a call that is refused");
        let elicitations = error.data().expect("data")["elicitations"].clone();
        let url = elicitations[0]["url"].as_str().expect("a URL").to_owned();
        let id = super::server::id_in(&url);
        let expected = json!([{
            "mode": "url", "message": "Connect your calendar", "url": url, "elicitationId": id,
        }]);
        assert_eq!(elicitations, expected);
        let asked = found(&handle, &id).await.expect("the page takes it after the call");
        assert!(asked.complete().await.expect("a store"));
    }
}

#[tokio::test]
async fn in_2026_07_28_nothing_is_refused_but_asked() {
    let client = by_hand(server()).await;
    let call: Value = json!({ "name": "connect", "arguments": {} });
    let result: Value = client.request("tools/call", call).await.expect("a question");
    assert_eq!(result["resultType"], "input_required");
}

#[tokio::test]
async fn a_url_that_could_mislead_is_a_fault_of_the_server() {
    let builder = || {
        let handle = server().build().expect("a server");
        client(&handle, Page::IsLeft, Answer::consent()).answering(|_| Answer::decline())
    };
    in_every_revision(builder, async |client| {
        if client.revision() < Revision::V2025_11_25 {
            return Ok(());
        }
        let go = |url: &str, insecure| {
            client.call("anywhere", json!({ "url": url, "insecure": insecure }))
        };
        for url in ["http://example.com", "https://a@example.com", "javascript:alert(1)"] {
            assert_eq!(go(url, false).await.unwrap_err().message(), "internal error", "{url}");
        }
        assert_eq!(client.asked(), []);
        assert_eq!(go("http://example.com", true).await?.text(), "Declined");
        assert_eq!(go("http://localhost:1/", false).await?.text(), "Declined");
        Ok(())
    })
    .await;
}
