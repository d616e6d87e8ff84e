//! Work in steps that outlives the process that does it: what one process has done, another goes on
//! with, and does not do again.
//!
//! Start it twice on one Redis, each with the same keys, and kill either:
//!
//! ```sh
//! export MCP_KEYS=$(openssl rand -base64 32) MCP_BACKEND=redis://127.0.0.1:6379
//! cargo run -p pipeline -- --http 8000 &
//! cargo run -p pipeline -- --http 8001
//! ```

mod warehouse;

use std::time::Duration;

use mcp_runtime::{Limits, prelude::*};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warehouse::Warehouse;

/// What was imported.
#[derive(Debug, PartialEq, Deserialize, JsonSchema, Serialize)]
struct Imported {
    parts: usize,
    rows: usize,
}

/// Import a data set into the warehouse, part by part.
///
/// It is not idempotent: two imports are two. But one that has lost its process can be begun again,
/// because each of its steps is done once.
#[mcp_tool(task = "required", retries = 5, ttl = "6h", poll_interval = "1s", concurrency = 4)]
async fn import(
    /// How many parts the data set has.
    #[arg(range = 1..=1000)]
    parts: usize,
    progress: Progress,
    ctx: Context,
    State(warehouse): State<Warehouse>,
) -> Result<Imported> {
    progress.set_total(parts as f64);
    let mut rows = 0;
    for part in 1..=parts {
        // A process can be lost after it has loaded a part and before that is known. For that the
        // warehouse has the key: the same in whichever process, for this part of this import alone.
        let key = ctx.idempotency_key(&format!("part {part}"))?;
        rows += ctx.step(&format!("load part {part}"), || warehouse.load(&key, part)).await?;
        progress.report(part as f64, format!("part {part} of {parts}")).await;
    }
    Ok(Imported { parts, rows })
}

fn server(warehouse: Warehouse) -> Server {
    let mut limits = Limits::default();
    // How long a process can be silent before another takes its tasks over.
    limits.task_lease = Duration::from_secs(3);
    Server::new("pipeline", env!("CARGO_PKG_VERSION"))
        .state(warehouse)
        .limits(limits)
        .tools(tools![import])
}

#[tokio::main]
async fn main() -> Result<()> {
    let folder = std::env::var_os("WAREHOUSE").unwrap_or_else(|| "warehouse".into());
    let mut server = server(Warehouse::new(folder));
    if let Ok(backend) = std::env::var("MCP_BACKEND") {
        server = server.backend(backend);
    }
    server.run().await
}

#[cfg(test)]
mod tests;
