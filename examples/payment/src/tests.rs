//! The tool, the page and the user's browser together.

use std::net::SocketAddr;

use mcp_runtime::{
    Error, Principal, Result, ServerHandle,
    protocol::Revision,
    testing::{Answer, Question, TestClient, TestClientBuilder},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

use crate::payments::{Payment, Payments};

const REVISIONS: [Revision; 2] = [Revision::V2025_11_25, Revision::V2026_07_28];

/// The application on a port of its own: its MCP server, and where it is.
async fn start(payments: &Payments) -> Result<(ServerHandle, String)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let (app, server) = crate::app(base.clone(), payments.clone())?;
    let serving = server.clone();
    tokio::spawn(async move { serving.serve(listener, app).await });
    Ok((server, base))
}

/// The assistant of Alice.
fn assistant(server: &ServerHandle, revision: Revision) -> TestClientBuilder {
    let alice = Principal::new("https://shop.example.com", "alice").with_client("assistant");
    TestClient::builder(server).revision(revision).principal(alice)
}

/// A browser in which `user` is signed in: gives the status, and the answer without its time.
async fn browse(method: &str, url: &str, user: &str) -> Result<(u16, String)> {
    let authority = url.strip_prefix("http://").and_then(|it| it.split_once('/'));
    let (address, path) = authority.ok_or_else(|| Error::new("no URL of this server"))?;
    let request = format!(
        "{method} /{path} HTTP/1.1\r\nhost: {address}\r\ncookie: a=b; session=demo-{user}\r\n\
         connection: close\r\ncontent-length: 0\r\n\r\n"
    );
    let mut stream = TcpStream::connect(address.parse::<SocketAddr>()?).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let status = answer.split(' ').nth(1).unwrap_or_default().parse()?;
    let lines: Vec<_> = answer.lines().filter(|line| !line.starts_with("date:")).collect();
    Ok((status, lines.join("\n")))
}

/// What Alice does, and others try, at the URL of a payment of $12.
async fn visit(url: &str, payments: &Payments) -> Result<()> {
    let (_, id) = url.rsplit_once('/').ok_or_else(|| Error::new("no page"))?;
    let unknown = url.replace(id, "0");
    assert_eq!(browse("GET", url, "bob").await?, browse("GET", &unknown, "bob").await?);
    for (stranger, status) in [("bob", 404), ("nobody", 401)] {
        assert_eq!(browse("POST", url, stranger).await?.0, status);
    }
    let (status, page) = browse("GET", url, "alice").await?;
    assert_eq!((status, page.contains("Pay $12?")), (200, true), "{page}");
    assert_eq!(payments.get(id), Some(Payment { amount: 12, paid: false }));
    assert_eq!(browse("POST", url, "alice").await?.0, 200);
    assert_eq!(browse("POST", url, "alice").await?.0, 404, "once");
    assert_eq!(payments.get(id), Some(Payment { amount: 12, paid: true }));
    Ok(())
}

#[tokio::test]
async fn a_user_pays_on_the_page_once_and_nobody_else_does() -> Result<()> {
    for revision in REVISIONS {
        let payments = Payments::default();
        let (server, _) = start(&payments).await?;
        let (visited, mut visits) = mpsc::unbounded_channel();
        let answering = move |question: &Question| {
            let (url, payments) = (question.url().to_owned(), payments.clone());
            let visited = visited.clone();
            tokio::spawn(async move { visited.send(visit(&url, &payments).await) });
            Answer::consent()
        };
        let client = assistant(&server, revision).answering(answering).connect().await?;
        let result = client.call("secure_payment", json!({ "amount": 12 })).await?;
        visits.recv().await.ok_or_else(|| Error::new("nobody was asked"))??;
        assert_eq!(result.text(), "Payment successful", "{revision}");
    }
    Ok(())
}

#[tokio::test]
async fn a_user_who_declines_pays_nothing_any_more() -> Result<()> {
    for revision in REVISIONS {
        let (server, _) = start(&Payments::default()).await?;
        let client = assistant(&server, revision).answers([Answer::decline()]).connect().await?;
        let result = client.call("secure_payment", json!({ "amount": 12 })).await?;
        assert_eq!(result.text(), "Payment cancelled");
        assert_eq!(browse("POST", client.asked()[0].url(), "alice").await?.0, 404);
    }
    Ok(())
}

#[tokio::test]
async fn a_browser_is_signed_in_by_name() -> Result<()> {
    let (_, base) = start(&Payments::default()).await?;
    let (status, answer) = browse("GET", &format!("{base}/sign-in/alice"), "").await?;
    assert_eq!((status, answer.contains("session=demo-alice; ")), (200, true), "{answer}");
    assert_eq!(browse("GET", &format!("{base}/sign-in/eve"), "").await?.0, 404);
    Ok(())
}
