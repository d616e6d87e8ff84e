//! A client for tests: in memory or over a real socket, in any revision.
//!
//! A tool is a function, and most of what it does is tested by calling it. What clients see of it
//! (its schema, its output, its errors, its progress) is tested with a [`TestClient`]. Put this into
//! the manifest:
//!
//! ```toml
//! [dev-dependencies]
//! mcp-runtime = { version = "0.1", features = ["testing"] }
//! ```
//!
//! # A test
//!
//! ```
//! use mcp_runtime::{prelude::*, testing::TestClient};
//! use serde_json::json;
//!
//! /// Add two numbers.
//! #[mcp_tool]
//! async fn add(a: i64, b: i64) -> i64 {
//!     a + b
//! }
//!
//! # /*
//! #[tokio::test]
//! # */
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> mcp_runtime::Result<()> { adds().await }
//! async fn adds() -> mcp_runtime::Result<()> {
//!     let client = TestClient::new(Server::new("calculator", "1.0.0").tools(tools![add]))?;
//!     let result = client.call("add", json!({ "a": 1, "b": 2 })).await?;
//!     assert_eq!(result.structured::<i64>(), 3);
//!     Ok(())
//! }
//! ```
//!
//! The client goes through the same bytes as every other client, and checks each message that comes
//! back against the revision that it speaks: shapes, ids, members that the revision does not have.
//! A server that breaks the protocol makes the test panic with the message's text. So each test is a
//! test of the protocol as well.
//!
//! # Errors
//!
//! A tool that fails has a result all the same: [`CallResult::is_error`] says so, and
//! [`CallResult::text`] what the model reads. What the protocol refuses is a [`ClientError`], with
//! the code and the data of the server's error and, over HTTP, the status.
//!
//! ```
//! # use mcp_runtime::{prelude::*, testing::TestClient};
//! # use serde_json::json;
//! use mcp_runtime::protocol::ErrorCode;
//!
//! /// Divide.
//! #[mcp_tool]
//! async fn divide(a: f64, b: f64) -> Result<f64> {
//!     if b == 0.0 {
//!         return Err(Error::new("cannot divide by zero"));
//!     }
//!     Ok(a / b)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> mcp_runtime::Result<()> {
//! let client = TestClient::new(Server::new("calculator", "1.0.0").tools(tools![divide]))?;
//! let result = client.call("divide", json!({ "a": 1, "b": 0 })).await?;
//! assert!(result.is_error());
//! assert_eq!(result.text(), "cannot divide by zero");
//!
//! let error = client.call("devide", json!({ "a": 1, "b": 1 })).await.unwrap_err();
//! assert_eq!(error.code(), Some(ErrorCode::INVALID_PARAMS));
//! assert_eq!(error.message(), "unknown tool: `devide`");
//! # Ok(())
//! # }
//! ```
//!
//! # Every revision
//!
//! [`in_every_revision`] runs one test in all revisions, in memory and over HTTP. Where a test is
//! about one of them, the client is built:
//!
//! ```
//! # use mcp_runtime::{prelude::*, testing::TestClient};
//! use mcp_runtime::protocol::Revision;
//!
//! # async fn run(server: Server) -> mcp_runtime::Result<()> {
//! let client = TestClient::builder(server).revision(Revision::V2025_06_18).http().connect().await?;
//! client.ping().await?;
//! client.close().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Progress, log messages, cancellation
//!
//! A request takes options before it is awaited, and can be watched while it runs.
//!
//! ```
//! # use mcp_runtime::{prelude::*, testing::TestClient};
//! # use serde_json::json;
//! /// Import files.
//! #[mcp_tool]
//! async fn import(files: Vec<String>, progress: Progress, ctx: Context) -> String {
//!     progress.set_total(files.len() as f64);
//!     for file in &files {
//!         progress.increment(1.0, file).await;
//!     }
//!     ctx.log(LogLevel::Info, "done");
//!     format!("{} files", files.len())
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> mcp_runtime::Result<()> {
//! let client = TestClient::new(Server::new("files", "1.0.0").tools(tools![import]))?;
//! let files = json!({ "files": ["a", "b"] });
//!
//! let result = client.call("import", &files).progress().log_level(LogLevel::Info).await?;
//! assert_eq!(result.progress()[1].progress, 2.0);
//! assert_eq!(result.logs()[0].data, "done");
//!
//! let mut running = client.call("import", &files).progress().start().await?;
//! running.next_notification().await?;
//! running.cancel().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Changes
//!
//! [`TestClient::listen`] listens for changes of lists and resources, in the way of the revision.
//!
//! ```
//! # use mcp_runtime::{prelude::*, testing::TestClient};
//! use mcp_runtime::testing::Changes;
//!
//! # /// Add.
//! # #[mcp_tool]
//! # async fn add() {}
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> mcp_runtime::Result<()> {
//! let server = Server::new("calculator", "1.0.0").tools(tools![add]).build()?;
//! let client = TestClient::new(&server)?;
//! let _subscription = client.listen(Changes::of_lists()).await?;
//! server.remove_tool("add");
//! let changed = client.next_notification().await?;
//! assert_eq!(changed.method(), "notifications/tools/list_changed");
//! # Ok(())
//! # }
//! ```
//!
//! # What no client should send
//!
//! [`TestClient::request`] sends any method with any parameters, [`TestClient::raw`] any bytes, and
//! [`Request::header`] another header than the client would send.

mod answers;
mod builder;
mod check;
mod client;
mod error;
mod inbox;
mod inner;
mod link;
mod matrix;
mod notification;
mod raw;
mod reply;
mod request;
mod rounds;
mod subscription;

pub use answers::{Answer, Question};
pub use builder::{TestClientBuilder, Transport};
pub use client::TestClient;
pub use error::ClientError;
pub use matrix::in_every_revision;
pub use notification::{LogMessage, Notification, ProgressReport};
pub use raw::{RawReply, RawRequest};
pub use reply::{CallResult, Completion, PromptMessages, ReadResult, Reply};
pub use request::{Request, Running};
pub use subscription::{Changes, Subscription};
