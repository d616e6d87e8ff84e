//! Files of which each caller has their own, on a server that asks an authorization server who
//! calls.

mod files;
mod settings;

use mcp_runtime::Result;

use settings::Settings;

#[tokio::main]
async fn main() -> Result<()> {
    let settings = Settings::from_environment()?;
    files::server().auth(settings.resource_server()).run().await
}

#[cfg(test)]
mod tests;
