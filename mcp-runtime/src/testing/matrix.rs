use std::{
    any::Any,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};

use super::{TestClient, TestClientBuilder, Transport};
use crate::{Error, Result, protocol::Revision};

/// Runs one test in every revision, in memory and over HTTP, each time with a new server.
///
/// ```
/// use mcp_runtime::{prelude::*, testing::in_every_revision};
/// use serde_json::json;
///
/// /// Add two numbers.
/// #[mcp_tool]
/// async fn add(a: i64, b: i64) -> i64 {
///     a + b
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let server = || Server::new("calculator", "1.0.0").tools(tools![add]);
/// in_every_revision(server, async |client| {
///     let result = client.call("add", json!({ "a": 1, "b": 2 })).await?;
///     assert_eq!(result.structured::<i64>(), 3);
///     Ok(())
/// })
/// .await;
/// # }
/// ```
///
/// # Panics
///
/// When the test fails anywhere. All places are tried; the message names those that fail.
pub async fn in_every_revision<B>(
    server: impl Fn() -> B,
    test: impl AsyncFn(TestClient) -> Result<()>,
) where
    B: Into<TestClientBuilder>,
{
    let mut failures = Vec::new();
    for revision in Revision::ALL {
        for &transport in Transport::ALL {
            let client = server().into().revision(revision).transport(transport);
            let run = async {
                let client = client.connect().await?;
                test(client.clone()).await?;
                Ok(client.close().await?)
            };
            if let Err(failure) = caught(run).await {
                failures.push(format!("{revision} {transport}: {failure}"));
            }
        }
    }
    assert!(failures.is_empty(), "the test fails in\n{}", failures.join("\n"));
}

/// Runs a future; a panic is an error.
async fn caught(run: impl Future<Output = Result<()>>) -> Result<()> {
    let mut run = pin!(run);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| run.as_mut().poll(cx))) {
        Ok(poll) => poll,
        Err(panic) => Poll::Ready(Err(Error::new(text_of(&*panic)))),
    })
    .await
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref().copied()).unwrap_or("a panic").to_owned()
}
