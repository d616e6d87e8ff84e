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
    /// Write a `server.json` from Cargo.toml, and the README's line that the registry looks for.
    Init(Box<Init>),
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

#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    pub(crate) manifest: Manifest,
    /// The server's name in the registry, as in `io.github.user/weather`. Without it, it is that of
    /// `package.metadata.mcp.name`, or is made from the repository on GitHub.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// What people read instead of the name.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// What the server does, in up to 100 characters. Without it, it is that of Cargo.toml.
    #[arg(long)]
    pub(crate) description: Option<String>,
    /// Build the server and ask it for its title and description (`cargo run -- --describe`).
    #[arg(long)]
    pub(crate) describe: bool,
    /// A package of cargo. It goes without saying where there is no other package and no remote.
    #[arg(long)]
    pub(crate) cargo: bool,
    /// An image with its tag, as in `ghcr.io/user/weather:1.0.0`.
    #[arg(long, value_name = "IMAGE")]
    pub(crate) oci: Vec<String>,
    /// The URL of a bundle in a release.
    #[arg(long, value_name = "URL", requires = "mcpb_file")]
    pub(crate) mcpb: Option<String>,
    /// The bundle itself, whose hash clients compare.
    #[arg(long, value_name = "FILE", requires = "mcpb")]
    pub(crate) mcpb_file: Option<PathBuf>,
    /// Where the server runs already, over Streamable HTTP.
    #[arg(long, value_name = "URL")]
    pub(crate) remote: Vec<String>,
    /// An argument of the program.
    #[arg(long = "arg", value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) arguments: Vec<String>,
    /// An environment variable that the program needs.
    #[arg(long, value_name = "NAME")]
    pub(crate) env: Vec<String>,
    /// An environment variable that the program needs and nobody else may see.
    #[arg(long, value_name = "NAME")]
    pub(crate) secret: Vec<String>,
    /// Where to write.
    #[arg(short, long, value_name = "FILE", default_value = "server.json")]
    pub(crate) output: PathBuf,
    /// Replace the file if there is one.
    #[arg(long)]
    pub(crate) force: bool,
    /// Leave the README as it is.
    #[arg(long)]
    pub(crate) no_readme: bool,
}

/// Which package of Cargo is meant.
#[derive(Debug, Args)]
pub(crate) struct Manifest {
    /// The Cargo.toml, where it is not that of this folder.
    #[arg(long, value_name = "FILE")]
    pub(crate) manifest_path: Option<PathBuf>,
    /// The package, where the workspace has several.
    #[arg(short, long)]
    pub(crate) package: Option<String>,
}
