//! The commands, a file each.

mod validate;

use std::process::ExitCode;

use crate::{
    cli::{Cli, Command, Registry},
    error::Result,
};

pub(crate) fn run(cli: Cli) -> Result<ExitCode> {
    match cli.command {
        Command::Registry(Registry::Validate(arguments)) => validate::run(&arguments),
    }
}
