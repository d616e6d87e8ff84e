#![doc = include_str!("../README.md")]

mod asking;
mod check;
mod cli;
mod client;
mod commands;
mod error;
mod install;
mod manifest;
mod paths;
pub mod registry;
mod table;
mod template;

use std::{ffi::OsString, io::Write as _, process::ExitCode};

use clap::Parser as _;

use self::cli::Cli;
pub use self::error::{Error, Result};

/// Runs the command line and tells the code to exit with: 0 when all went well, 1 when what was
/// asked for failed or has faults, 2 when the command line is wrong, 3 when a tool answered with an
/// error, 4 when the server asked and nobody could answer, 130 when Ctrl-C ended it.
///
/// # Examples
///
/// ```
/// let arguments = ["cargo-mcp", "mcp", "registry", "validate", "no-such-file.json"];
/// assert_eq!(cargo_mcp::main(arguments.map(Into::into)), 1.into());
/// ```
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(without_subcommand(arguments)) {
        Ok(cli) => cli,
        Err(error) => {
            // Nothing can be told when the terminal is gone.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match commands::run(cli) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            error.code()
        }
    }
}

/// Cargo starts `cargo-mcp mcp ..` for `cargo mcp ..`.
fn without_subcommand(
    arguments: impl IntoIterator<Item = OsString>,
) -> impl Iterator<Item = OsString> {
    arguments
        .into_iter()
        .enumerate()
        .filter(|(index, it)| !(*index == 1 && it == "mcp"))
        .map(|(_, it)| it)
}
