//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Scaffold, try, check, publish and install MCP servers.
#[derive(Debug, Parser)]
#[command(name = "cargo mcp", bin_name = "cargo mcp", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Describe a server in `server.json` and publish it in the MCP registry.
    #[command(subcommand)]
    Registry(Registry),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Registry {
    /// Tell everything that is wrong with a `server.json`.
    Validate(Validate),
}

#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// The file to judge.
    #[arg(default_value = "server.json")]
    pub(crate) file: PathBuf,
    /// Tell the faults as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
