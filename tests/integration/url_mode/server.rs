//! A server that sends its users to pages, and what the pages do.

use std::{
    pin::pin,
    task::{Context as Task, Poll, Waker},
    time::Duration,
};

use mcp_runtime::{
    KeyRing, Limits, ServerHandle, UrlElicitation, UrlElicitations,
    prelude::*,
    testing::{Answer, Question, TestClient, TestClientBuilder},
};
use serde_json::{Value, json};

/// The time of `hasty`: long enough for a page that is as quick as it can be.
pub(super) const HASTE: Duration = Duration::from_millis(500);

fn page(id: &str) -> String {
    format!("https://pay.example.com/{id}")
}

/// Pay in the browser.
#[mcp_tool]
async fn pay(ctx: Context) -> Result<String> {
    let paid = ctx.elicit_url("Please pay $5", page).await?;
    assert_eq!(paid.completed(), paid == mcp_runtime::UrlElicited::Completed);
    Ok(format!("{paid:?}"))
}

/// Wait a moment at most.
#[mcp_tool]
async fn hasty(ctx: Context) -> Result<String> {
    let paid = ctx.elicit_url("Quick!", page).key("pay").timeout(HASTE);
    Ok(format!("{:?}", paid.await?))
}

/// Pay, then say whether to send a receipt.
#[mcp_tool]
async fn pay_and_confirm(ctx: Context) -> Result<String> {
    let paid = ctx.elicit_url("Please pay", page).await?;
    let receipt = ctx.confirm("Do you need a receipt?").await?;
    Ok(format!("{paid:?} {receipt}"))
}

/// Pay twice at once.
#[mcp_tool]
async fn pay_twice(ctx: Context) -> Result<String> {
    let pay = async || ctx.elicit_url("Please pay", page).await;
    let (one, other) = tokio::join!(pay(), pay());
    Ok(format!("{:?} {:?}", one?, other?))
}

/// Connect another service.
#[mcp_tool]
async fn connect(ctx: Context) -> Result<String> {
    let connected = ctx.elicit_url("Connect your calendar", page).refuse_until_done().await?;
    Ok(format!("{connected:?}"))
}

/// Send the user anywhere.
#[mcp_tool]
async fn anywhere(
    url: String,
    #[arg(default = false)] insecure: bool,
    #[arg(default = "Go there")] message: String,
    ctx: Context,
) -> Result<String> {
    let asked = ctx.elicit_url(message, |_| url.as_str());
    let asked = if insecure { asked.insecure_http() } else { asked };
    Ok(format!("{:?}", asked.await?))
}

/// The server, with a key that all instances share.
pub(super) fn server() -> Server {
    Server::new("paying", "1.0.0").keys(KeyRing::new([9; 32])).tools(tools![
        pay,
        hasty,
        pay_and_confirm,
        pay_twice,
        connect,
        anywhere
    ])
}

pub(super) fn limited(change: impl FnOnce(&mut Limits)) -> Server {
    let mut limits = Limits::default();
    change(&mut limits);
    server().limits(limits)
}

/// The id that the page gets in its URL.
pub(super) fn id_of(question: &Question) -> String {
    id_in(question.url())
}

pub(super) fn id_in(url: &str) -> String {
    let id = url.rsplit('/').next().unwrap_or_default();
    assert!(id.len() == 32 && id.bytes().all(|it| it.is_ascii_hexdigit()), "{url}");
    id.to_owned()
}

/// What the user and the page do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Page {
    IsLeft,
    CompletesBeforeTheAnswer,
    CompletesAfterTheAnswer,
    CancelsAfterTheAnswer,
}

impl Page {
    pub(super) fn act(self, pages: &UrlElicitations, id: &str) {
        let Some(asked) = at_once(pages.find(id, None)).expect("a store") else { return };
        match self {
            Self::IsLeft => {}
            Self::CompletesBeforeTheAnswer => assert!(at_once(asked.complete()).expect("a store")),
            Self::CompletesAfterTheAnswer => {
                tokio::spawn(async move { assert!(asked.complete().await.expect("a store")) });
            }
            Self::CancelsAfterTheAnswer => {
                tokio::spawn(async move { assert!(asked.cancel().await.expect("a store")) });
            }
        }
    }
}

/// A client whose user answers so, and whose user's browser does that.
pub(super) fn client(handle: &ServerHandle, page: Page, answer: Answer) -> TestClientBuilder {
    let pages = handle.url_elicitations();
    TestClient::builder(handle).answering(move |question| {
        if !question.url().is_empty() {
            page.act(&pages, &id_of(question));
        }
        answer.clone()
    })
}

/// The elicitation of this id, for a user whom nobody knows.
pub(super) async fn found(handle: &ServerHandle, id: &str) -> Option<UrlElicitation> {
    handle.url_elicitations().find(id, None).await.expect("a store")
}

/// Waits until nobody can complete the elicitation any more.
pub(super) async fn until_gone(handle: &ServerHandle, id: &str) {
    let gone = async {
        while found(handle, id).await.is_some() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(crate::raw::PATIENCE, gone).await.expect("closed");
}

/// The output of what never waits.
pub(super) fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Task::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

/// A client of 2026-07-28 that sends each round by hand.
pub(super) async fn by_hand(server: impl Into<TestClientBuilder>) -> TestClient {
    server
        .into()
        .capabilities(json!({ "elicitation": { "form": {}, "url": {} } }))
        .connect()
        .await
        .expect("a client")
}

/// A round that ends with a question.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) state: String,
    pub(super) key: String,
    pub(super) params: Value,
}

impl Asked {
    #[track_caller]
    pub(super) fn read(result: &Value) -> Self {
        assert_eq!(result["resultType"], "input_required", "{result}");
        let requests = result["inputRequests"].as_object().expect("questions");
        let (key, request) = requests.iter().next().expect("a question");
        assert_eq!(request["method"], "elicitation/create");
        let state = result["requestState"].as_str().expect("a state").to_owned();
        Self { state, key: key.clone(), params: request["params"].clone() }
    }

    pub(super) fn id(&self) -> String {
        id_in(self.params["url"].as_str().expect("a URL"))
    }

    /// The parameters of the next round, in which the user has done this.
    pub(super) fn answered(&self, params: &Value, action: &str) -> Value {
        let mut params = params.clone();
        params["requestState"] = self.state.clone().into();
        params["inputResponses"] = json!({ &self.key: { "action": action } });
        params
    }
}
