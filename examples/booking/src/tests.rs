//! The server as clients of every revision meet it.

use mcp_runtime::{
    KeyRing, Result,
    protocol::Revision,
    testing::{Answer, TestClient, TestClientBuilder, Transport, in_every_revision},
};
use serde_json::{Value, json};

use crate::restaurant::{Booking, Ledger, Restaurant, Seating};

fn christmas_eve() -> Value {
    json!({ "date": "2026-12-24", "party_size": 4 })
}

fn day_after() -> Answer {
    Answer::accept(json!({
        "check_alternative": true, "alternative_date": "2026-12-27", "seating": "outside",
    }))
}

/// A restaurant behind a load balancer: every other round of a call goes to another instance.
fn client(restaurant: &Restaurant, answers: &[Answer]) -> TestClientBuilder {
    let instance = || crate::server(restaurant.clone()).keys(KeyRing::new([7; 32]));
    let other = instance().build().expect("a server");
    TestClient::builder(instance()).answers(answers.to_vec()).retry_on(&other)
}

fn can_ask(client: &TestClient) -> bool {
    client.revision() >= Revision::V2025_06_18
}

/// Books a table in all revisions that can ask, and compares what comes of it.
async fn books(arguments: Value, answers: &[Answer], text: &str, ledger: Ledger) {
    let asked = || client(&Restaurant::default(), answers);
    in_every_revision(asked, async |client| {
        if can_ask(&client) {
            assert_eq!(client.call("book_table", arguments.clone()).await?.text(), text);
            assert_eq!(client.asked().len(), answers.len());
            let booked = client.call("list_bookings", json!({})).await?;
            assert_eq!(booked.structured::<Ledger>(), ledger);
        }
        Ok(())
    })
    .await;
}

fn one(date: &str, party_size: u32, seating: Seating) -> Ledger {
    let booking = Booking { date: date.into(), party_size, seating };
    Ledger { bookings: vec![booking], deposits: vec![10 * party_size] }
}

#[tokio::test]
async fn another_date_is_booked_and_its_deposit_is_charged_once() {
    let answers = [day_after(), Answer::consent(), Answer::consent()];
    let text = "a table for 4 is booked on 2026-12-27, with a reminder";
    books(christmas_eve(), &answers, text, one("2026-12-27", 4, Seating::Outside)).await;
}

#[tokio::test]
async fn the_last_table_is_booked_and_not_missed_in_the_next_run() {
    let arguments = json!({ "date": "2026-12-25", "party_size": 12 });
    let answers = [Answer::consent(), Answer::decline()];
    let text = "a table for 12 is booked on 2026-12-25, without a reminder";
    books(arguments, &answers, text, one("2026-12-25", 12, Seating::Inside)).await;
}

#[tokio::test]
async fn without_a_yes_nothing_is_booked_and_nothing_is_paid() {
    let no = json!({
        "check_alternative": false, "alternative_date": "2026-12-27", "seating": "inside",
    });
    for answers in [
        &[Answer::decline()][..],
        &[Answer::cancel()],
        &[Answer::accept(no)],
        &[day_after(), Answer::decline()],
        &[day_after(), Answer::cancel()],
    ] {
        books(christmas_eve(), answers, "nothing is booked", Ledger::default()).await;
    }
}

#[tokio::test]
async fn the_form_is_what_clients_show() -> Result<()> {
    let client = client(&Restaurant::default(), &[Answer::decline()]).connect().await?;
    client.call("book_table", christmas_eve()).await?;
    let asked = client.asked();
    assert_eq!(asked[0].message(), "No table for 4 on 2026-12-24. Another date?");
    assert_eq!(
        *asked[0].schema(),
        json!({
            "type": "object",
            "properties": {
                "check_alternative": { "type": "boolean", "description": "Try another date?" },
                "alternative_date": {
                    "type": "string",
                    "description": "The date to try instead.",
                    "format": "date",
                    "default": "2026-12-26",
                },
                "seating": {
                    "type": "string",
                    "description": "Where to sit.",
                    "oneOf": [
                        { "const": "inside", "title": "Inside, by the window" },
                        { "const": "outside", "title": "On the terrace" },
                    ],
                },
            },
            "required": ["check_alternative", "seating"],
        })
    );
    Ok(())
}

#[tokio::test]
async fn it_asks_the_same_in_every_run() -> Result<()> {
    for &transport in Transport::ALL {
        let restaurant = Restaurant::default();
        let answers = [day_after(), Answer::consent(), Answer::consent()];
        let strict = client(&restaurant, &answers).transport(transport).strict();
        strict.connect().await?.call("book_table", christmas_eve()).await?;
        assert_eq!(restaurant.ledger(), one("2026-12-27", 4, Seating::Outside));
    }
    Ok(())
}

#[tokio::test]
async fn a_client_that_cannot_ask_books_nothing() {
    let restaurant = Restaurant::default();
    in_every_revision(
        || crate::server(restaurant.clone()),
        async |client| {
            match client.call("book_table", christmas_eve()).await {
                Ok(result) => assert!(result.is_error()),
                Err(error) => assert_eq!(error.code().map(|it| it.value()), Some(-32021)),
            }
            Ok(())
        },
    )
    .await;
    assert_eq!(restaurant.ledger(), Ledger::default());
}
