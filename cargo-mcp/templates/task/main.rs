//! A server with a tool that takes its time. For clients that know tasks it is one: they get an
//! answer at once, look at it meanwhile, can cancel it, and ask for its result later. Others wait.

use std::time::Duration;

use mcp_runtime::prelude::*;
use tokio::time::sleep;

/// Train a model.
#[mcp_tool(task = true, idempotent, destructive = false, ttl = "1h", poll_interval = "500ms")]
async fn train_model(
    /// How often to go through the data.
    #[arg(default = 10, range = 1..=1000)]
    epochs: u32,
    progress: Progress,
    State(epoch_time): State<Duration>,
) -> String {
    for epoch in 1..=epochs {
        sleep(epoch_time).await; // here is the work; a task that is cancelled ends at an `.await`
        let done = f64::from(epoch) / f64::from(epochs);
        progress.report(done, format!("epoch {epoch}/{epochs}")).await;
    }
    format!("trained for {epochs} epochs")
}

fn server(epoch_time: Duration) -> Server {
    Server::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
        .description(env!("CARGO_PKG_DESCRIPTION"))
        .instructions("Train a model with `train_model`.")
        .state(epoch_time)
        .tools(tools![train_model])
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    server(Duration::from_millis(500)).run().await
}

#[cfg(test)]
mod tests;
