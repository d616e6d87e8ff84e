//! A system whose clock is set while a server runs.

use serde_json::json;

use super::{
    issuer::Issuer,
    jwt::{RESOURCE, claims_with, now},
};
use crate::{
    clock::Clock,
    example::OverHttp,
    raw::{self, Response},
};

#[tokio::test]
async fn a_clock_that_is_set_changes_what_is_expired_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(clock) = Clock::find(folder.path()) else {
        eprintln!("there is no libfaketime: run `tests/setup.sh --all`");
        return;
    };
    let issuer = Issuer::start().await;
    let server = OverHttp::start_as("protected", |command| {
        clock.give(command);
        command
            .env("RESOURCE", RESOURCE)
            .env("ISSUER", &issuer.url)
            .env("PRIVATE_ADDRESSES", "yes");
    })
    .await;
    let address = server.url.split('/').nth(2).and_then(|it| it.parse().ok()).expect("an address");
    let ask = async |token: &str| -> Response {
        let (headers, body) = crate::fixture::modern("server/discover", json!({}));
        let bearer = format!("Bearer {token}");
        let mut headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        headers.extend([
            crate::fixture::ACCEPT,
            crate::fixture::JSON,
            ("authorization", bearer.as_str()),
        ]);
        raw::request(address, "POST", &headers, &body.to_string()).await
    };
    let token = |expires_in: u64, made: Option<u64>| {
        let times = json!({ "exp": now() + expires_in, "iat": made });
        issuer.key.token("1", &claims_with(&issuer.url, times))
    };
    let hour = 60 * 60;
    let short = token(600, Some(now()));
    let long = token(3 * hour, Some(now()));
    for token in [&short, &long] {
        let answer = ask(token).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    clock.set(3600);
    assert_eq!(ask(&short).await.status, 401, "it was verified, and has expired since");
    assert_eq!(ask(&long).await.status, 200);
    assert_eq!(ask(&token(600, None)).await.status, 401, "by this clock");
    clock.set(-3600);
    for token in [&short, &long] {
        assert_eq!(ask(token).await.status, 200, "what was good an hour later is good now");
    }
    assert_eq!(ask(&token(600, None)).await.status, 200);
    assert_eq!(ask(&token(601, Some(now()))).await.status, 401, "it is made in an hour from now");
    clock.set(0);
    for token in [&short, &long] {
        assert_eq!(ask(token).await.status, 200);
    }
    // Its keys were never older than the minute that this may have taken.
    assert_eq!(issuer.fetches(), 1);
}
