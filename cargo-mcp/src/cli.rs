//! The command line.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use url::Url;

use crate::{
    install::Client,
    registry::{Algorithm, RegistryUrl, Status},
    template::Template,
};

/// Scaffold, try, check, publish and install MCP servers.
#[derive(Debug, Parser)]
#[command(name = "cargo mcp", bin_name = "cargo mcp", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a package with a server that builds and passes its tests.
    New(New),
    /// Show what a server offers.
    Inspect(Inspect),
    /// Call a tool, answer what it asks, and follow it when it runs as a task.
    ///
    /// Exits with 3 when the tool answers with an error, with 4 when the server asks and nobody can
    /// answer, and with 130 when Ctrl-C has cancelled the call.
    Call(Call),
    /// Read a resource.
    Read(Read),
    /// Get a prompt.
    Prompt(PromptArguments),
    /// Tell what clients and models will stumble over in a server.
    Check(Check),
    /// Enter a server in the configuration of a client.
    Install(Install),
    /// Take a server out of the configuration of a client.
    Uninstall(Uninstall),
    /// List, show and cancel the tasks that servers keep in Redis, as their operator.
    #[command(subcommand)]
    Tasks(crate::commands::tasks::Tasks),
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
    /// Get a token of a registry, and keep it.
    Login(Login),
    /// Forget the token of a registry.
    Logout(Target),
    /// Publish a server.
    Publish(Publish),
    /// Tell the versions of a server, or say which are to be used.
    Status(StatusArguments),
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

/// Which registry is meant.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// The registry, where it is not the official one.
    #[arg(long, value_name = "URL", env = "MCP_REGISTRY", default_value = RegistryUrl::OFFICIAL)]
    pub(crate) registry: RegistryUrl,
}

#[derive(Debug, Args)]
pub(crate) struct Login {
    #[command(subcommand)]
    pub(crate) method: LoginMethod,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LoginMethod {
    /// As a person of GitHub, for `io.github.<you or your organization>/*`.
    #[command(name = "github")]
    GitHub(LoginGitHub),
    /// As a workflow of GitHub Actions, for `io.github.<owner>/*`.
    #[command(name = "github-oidc")]
    GitHubOidc(Target),
    /// As the owner of a domain, by a key in its DNS, for the domain and all below it.
    Dns(LoginKey),
    /// As the owner of a domain, by a key on its web server.
    Http(LoginKey),
    /// As nobody, to a registry that is there for tries.
    None(Target),
}

#[derive(Debug, Args)]
pub(crate) struct LoginGitHub {
    #[command(flatten)]
    pub(crate) target: Target,
    /// A token of GitHub, in the place of a confirmation in the browser.
    #[arg(long, env = "MCP_GITHUB_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// GitHub, where it is another one.
    #[arg(long, value_name = "URL", default_value = "https://github.com", hide = true)]
    pub(crate) github: Url,
}

#[derive(Debug, Args)]
pub(crate) struct LoginKey {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The domain, as in `example.com` for servers `com.example/*`.
    #[arg(long)]
    pub(crate) domain: String,
    /// The kind of the key.
    #[arg(long, value_enum, default_value_t = Algorithm::Ed25519)]
    pub(crate) algorithm: Algorithm,
    /// A file with the private key: PEM, or hexadecimal digits.
    #[arg(long, value_name = "FILE", required_unless_present = "private_key")]
    pub(crate) key_file: Option<PathBuf>,
    /// The private key itself. Others on this machine can see it in a command line, but not in the
    /// environment.
    #[arg(long, env = "MCP_PRIVATE_KEY", hide_env_values = true, conflicts_with = "key_file")]
    pub(crate) private_key: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Publish {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The file that describes the server.
    #[arg(default_value = "server.json")]
    pub(crate) file: PathBuf,
    /// Do all but publish.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The server, where it is not that of the `server.json` here.
    pub(crate) name: Option<String>,
    /// What becomes of a version.
    #[arg(long, value_enum, value_name = "STATUS")]
    pub(crate) set: Option<Status>,
    /// The version that `--set` is for.
    #[arg(long, requires = "set")]
    pub(crate) version: Option<String>,
    /// Set it for all versions.
    #[arg(long, requires = "set", conflicts_with = "version")]
    pub(crate) all_versions: bool,
    /// Why, for those who use it.
    #[arg(long, requires = "set")]
    pub(crate) message: Option<String>,
    /// Tell the versions as JSON.
    #[arg(long, conflicts_with = "set")]
    pub(crate) json: bool,
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

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The folder of the package, whose last part is its name.
    pub(crate) path: PathBuf,
    /// What the server is like.
    #[arg(long, value_enum, default_value_t = Template::Stdio)]
    pub(crate) template: Template,
    /// Depend on `mcp-runtime` in this folder, in the place of a release.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) runtime: Option<PathBuf>,
}

/// Which server is meant: a command that is started, or a URL.
#[derive(Debug, Args)]
pub(crate) struct Server {
    /// The server's URL, where it runs already.
    #[arg(long, conflicts_with = "command")]
    pub(crate) url: Option<String>,
    /// A header for the server, as in `Authorization: Bearer ..`.
    #[arg(long, value_name = "NAME: VALUE", requires = "url")]
    pub(crate) header: Vec<String>,
    /// How to speak to the server.
    #[arg(long, value_enum, default_value_t = Era::Auto)]
    pub(crate) era: Era,
    /// How long the server may take for an answer, in seconds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: u64,
    /// The command that starts the server. Without it and without URL, it is the package of this
    /// folder.
    #[arg(last = true)]
    pub(crate) command: Vec<OsString>,
}

/// The protocol has two eras: with sessions until 2025-11-25, without them since 2026-07-28.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Era {
    /// Whichever the server speaks, preferably without sessions.
    Auto,
    /// With a session, as before 2026-07-28.
    Session,
    /// Without session, as since 2026-07-28.
    Stateless,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    #[command(flatten)]
    pub(crate) server: Server,
    /// Show it as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Call {
    /// The tool.
    pub(crate) tool: String,
    #[command(flatten)]
    pub(crate) arguments: Arguments,
    #[command(flatten)]
    pub(crate) answers: Answers,
    #[command(flatten)]
    pub(crate) server: Server,
    /// Show the whole result as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Arguments: a value that is JSON is taken as such, any other as a string.
    #[arg(value_name = "NAME=VALUE")]
    pub(crate) pairs: Vec<String>,
    /// All arguments as a JSON object.
    #[arg(long, value_name = "JSON", conflicts_with = "pairs")]
    pub(crate) args: Option<String>,
}

/// How questions of the server are answered. What is not answered here is asked in the terminal.
#[derive(Debug, Args)]
pub(crate) struct Answers {
    /// A value for the field NAME of the forms that have one.
    #[arg(long = "answer", value_name = "NAME=VALUE")]
    pub(crate) named: Vec<String>,
    /// A JSON file with answers: an object has values for fields by their names, an array answers
    /// the questions in their order, each by an object, "accept", "decline" or "cancel".
    #[arg(long = "answers", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Say yes where nothing else is asked for, and to opening web pages.
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Read {
    /// The resource.
    pub(crate) uri: String,
    #[command(flatten)]
    pub(crate) answers: Answers,
    #[command(flatten)]
    pub(crate) server: Server,
    /// Show the whole result as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PromptArguments {
    /// The prompt.
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) arguments: Arguments,
    #[command(flatten)]
    pub(crate) answers: Answers,
    #[command(flatten)]
    pub(crate) server: Server,
    /// Show the whole result as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) server: Server,
    /// Ask for names in the form `{service}_{action}_{resource}`.
    #[arg(long)]
    pub(crate) style: bool,
    /// How many tokens the list of tools may have, about.
    #[arg(long, value_name = "TOKENS", default_value_t = 10_000)]
    pub(crate) max_tokens: usize,
    /// Fail for warnings as well.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Tell the findings as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which entry of which configuration is meant.
#[derive(Debug, Args)]
pub(crate) struct Entry {
    /// The client.
    #[arg(value_enum)]
    pub(crate) client: Client,
    /// The name of the entry, where it is not that of the package of this folder.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Use the configuration of this folder, and not the user's.
    #[arg(long)]
    pub(crate) project: bool,
    /// Use this file.
    #[arg(long, value_name = "FILE", conflicts_with = "project")]
    pub(crate) config: Option<PathBuf>,
    /// Show what the file would be, and leave it as it is.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Install {
    #[command(flatten)]
    pub(crate) entry: Entry,
    /// The server's URL, where it runs already.
    #[arg(long, conflicts_with_all = ["command", "env"])]
    pub(crate) url: Option<String>,
    /// What the server finds in its environment.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) env: Vec<String>,
    /// The program and its arguments. Without them, it is what `cargo install` or
    /// `cargo build --release` has made of the package of this folder.
    #[arg(last = true)]
    pub(crate) command: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Uninstall {
    #[command(flatten)]
    pub(crate) entry: Entry,
}
