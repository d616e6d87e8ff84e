//! A tool that takes its time: progress on the way, a question in the middle, and tasks for clients
//! that know them.

use std::time::Duration;

use mcp_runtime::prelude::*;
use tokio::time::sleep;

/// What a model is made for.
#[derive(Clone, Copy, Debug, Elicit)]
enum Purpose {
    Testing,
    Production,
}

#[derive(Elicit)]
struct Release {
    /// The name of the model.
    #[elicit(length = 1..=40)]
    name: String,
    /// How many copies to serve.
    #[elicit(default = 1, range = 1..=9)]
    copies: u32,
    /// What it is for.
    purpose: Purpose,
    /// Tell the team?
    #[elicit(default = true)]
    announce: bool,
}

/// How long an epoch takes.
#[derive(Clone, Copy, Debug)]
struct EpochTime(Duration);

/// Train a model.
#[mcp_tool(task = true, idempotent, destructive = false, ttl = "1h", poll_interval = "100ms")]
async fn train_model(
    /// How often to go through the data.
    #[arg(default = 10, range = 1..=1000)]
    epochs: u32,
    progress: Progress,
    State(EpochTime(epoch_time)): State<EpochTime>,
) -> String {
    for epoch in 1..=epochs {
        sleep(epoch_time).await;
        let done = f64::from(epoch) / f64::from(epochs);
        progress.report(done, format!("epoch {epoch}/{epochs}")).await;
    }
    format!("trained for {epochs} epochs")
}

/// Release a model. The user is asked how.
#[mcp_tool(task = "required", destructive = false, poll_interval = "100ms")]
async fn release_model(ctx: Context) -> Result<String> {
    let Some(release) = ctx.elicit::<Release>("How to release it?").await?.into_accepted() else {
        return Ok("nothing is released".into());
    };
    let Release { name, copies, purpose, announce } = release;
    let told = if announce { "told" } else { "not told" };
    Ok(format!("{copies} of {name} are released for {purpose:?}, the team is {told}"))
}

fn server(epoch_time: Duration) -> Server {
    Server::new("release", env!("CARGO_PKG_VERSION"))
        .instructions("Train a model with `train_model`, then release it with `release_model`.")
        .state(EpochTime(epoch_time))
        .tools(tools![train_model, release_model])
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    server(Duration::from_millis(300)).run().await
}

#[cfg(test)]
mod tests;
