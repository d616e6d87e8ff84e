//! Answers that are values.

use mcp_runtime::{AskError, JsonSchema, Server, prelude::*, testing::Answer};
use serde::Deserialize;
use serde_json::json;

use super::client::{Fleet, REVISIONS, plays, text};

#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "mcp_runtime::schemars")]
struct Plan {
    /// In order.
    steps: Vec<String>,
    #[schemars(range(min = 1))]
    days: u8,
}

/// Make a plan.
#[mcp_tool]
async fn plan(ctx: Context) -> Result<String> {
    match ctx.sample("A trip to Rome.").key("plan").json::<Plan>().await {
        Ok(plan) => Ok(format!("{} days: {}", plan.days, plan.steps.join(", "))),
        Err(error) if matches!(error.ask_error(), Some(AskError::Unusable(_))) => {
            Ok(format!("no plan: {error}"))
        }
        Err(error) => Err(error),
    }
}

fn server() -> Server {
    Server::new("plans", "1").tools(tools![plan])
}

#[tokio::test]
async fn a_value_is_read_however_the_model_wraps_it() {
    let fleet = Fleet::of(server);
    for revision in REVISIONS {
        for answer in [
            r#"{"steps":["fly","walk"],"days":3}"#,
            "```json\n{\"steps\": [\"fly\", \"walk\"], \"days\": \"3\"}\n```",
            "Sure! {\"steps\": [\"fly\", \"walk\"], \"days\": 3.0}\nHave fun {there}.",
        ] {
            let model = plays([Answer::sample(answer)]);
            let capabilities = json!({ "sampling": {} });
            let outcome = fleet.call(revision, capabilities, "plan", json!({}), model).await;
            assert_eq!(outcome.text(), "3 days: fly, walk", "{revision}: {answer}");
            let [asked] = outcome.asked.as_slice() else { panic!("{outcome:?}") };
            assert_eq!(text(asked, 0), "A trip to Rome.");
            assert!(text(asked, 1).contains(r#""description":"In order.""#), "{asked:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_repaired_once() {
    let fleet = Fleet::of(server);
    for revision in REVISIONS {
        let (wrong, right) = (r#"{"steps":[],"days":0}"#, r#"{"steps":[],"days":1}"#);
        let model = plays([Answer::sample(wrong), Answer::sample(right)]);
        let capabilities = || json!({ "sampling": {} });
        let outcome = fleet.call(revision, capabilities(), "plan", json!({}), model).await;
        assert_eq!(outcome.text(), "1 days: ", "{revision}");
        let [_, repair] = outcome.asked.as_slice() else { panic!("{outcome:?}") };
        assert_eq!(text(repair, 2), wrong);
        assert!(text(repair, 3).starts_with("That does not fit: `days`"), "{repair:?}");
        let key = revision.is_stateless().then_some("plan/repair");
        assert_eq!(repair.key.as_deref(), key);

        let model = |_: &_| Answer::sample("I cannot.");
        let outcome = fleet.call(revision, capabilities(), "plan", json!({}), model).await;
        let expected = "no plan: the answers do not fit the question: there is no JSON in it";
        assert_eq!(outcome.text(), expected, "{revision}");
        assert_eq!(outcome.asked.len(), 2);
    }
}
