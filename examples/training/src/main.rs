//! A tool that works for minutes: a task for clients that know tasks, an ordinary call for others. It
//! tells how far it is, asks the user in its middle, and can be cancelled.

mod trainer;

use mcp_runtime::{prelude::*, protocol::ClientCapability};
use trainer::Trainer;

/// Train a model on a data set.
#[mcp_tool(
    task = true,
    idempotent,
    ttl = "1h",
    time_limit = "30m",
    poll_interval = "2s",
    immediate_response = "The training has begun. Go on, and look at it later."
)]
async fn train_model(
    /// The name of the data set.
    #[arg(length = 1..=100)]
    data: String,
    /// How often the model sees all of the data.
    #[arg(default = 10, range = 1..=10_000)]
    epochs: u32,
    progress: Progress,
    ctx: Context,
    State(trainer): State<Trainer>,
) -> Result<String> {
    let mut training = trainer.begin(&data);
    progress.set_total(epochs.into());
    for epoch in 1..=epochs {
        let loss = training.epoch().await;
        progress.report(epoch.into(), format!("epoch {epoch} of {epochs}, loss {loss:.3}")).await;

        // Once, in the middle, where there is somebody to ask.
        let can_ask = ctx.client_capabilities().has(ClientCapability::ElicitationForm);
        if epoch == epochs / 2 && can_ask {
            let question = format!("The loss is {loss:.3} after {epoch} epochs. Go on?");
            if !ctx.confirm(question).await? {
                return Ok(format!("stopped after {epoch} epochs, loss {loss:.3}"));
            }
        }
    }
    Ok(format!("trained on {data} for {epochs} epochs, loss {:.3}", training.loss()))
}

fn server(trainer: Trainer) -> Server {
    Server::new("training", env!("CARGO_PKG_VERSION")).state(trainer).tools(tools![train_model])
}

#[tokio::main]
async fn main() -> Result<()> {
    server(Trainer::default()).run().await
}

#[cfg(test)]
mod tests;
