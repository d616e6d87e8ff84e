use mcp_runtime::{McpServer, prelude::*};

use std::marker::PhantomData;

struct Store<T> {
    of: PhantomData<T>,
}

/// Keeps things.
#[mcp_server(name = "store", version = "1.2.3", instructions = concat!("Keep ", "things."))]
impl<T> Store<T>
where
    T: Send + Sync + 'static,
{
    const LIMIT: u32 = 5;

    const fn new() -> Self {
        Self { of: PhantomData }
    }

    /// Keep it.
    #[mcp_tool(idempotent)]
    async fn keep(&self, #[arg(range = 1..=Self::LIMIT)] number: u32, ctx: Context) -> Result<u32> {
        let _ = ctx;
        Ok(number.min(Self::LIMIT))
    }

    /// Count them.
    #[mcp_runtime::mcp_tool]
    fn count(&self) -> usize {
        std::mem::size_of_val(self)
    }

    #[cfg(any())]
    #[mcp_tool]
    async fn never(&self) -> Missing {}

    /// One of them.
    #[mcp_resource("store://{id}", mime_type = "text/plain", size = 3, audience = "user", priority = 0.5)]
    async fn one(&self, id: u32) -> Option<String> {
        Some(id.to_string())
    }

    /// Ask for one.
    #[mcp_prompt]
    async fn ask(&self, #[arg(complete = ["a", "b"])] what: String) -> String {
        what
    }

    fn helper(&self) -> &str {
        "helper"
    }
}

struct Empty;

#[mcp_server]
impl Empty {}

fn main() {
    let store = Store::<String>::new();
    assert_eq!(store.count(), 0);
    assert_eq!(store.helper(), "helper");
    Server::from(store).build().unwrap();
    assert_eq!(Store::<u8>::NAME, "store");
    assert_eq!(Store::<u8>::INSTRUCTIONS, Some("Keep things."));
    assert_eq!(Empty::VERSION, env!("CARGO_PKG_VERSION"));
    Server::from(Empty).build().unwrap();
}
