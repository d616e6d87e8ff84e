//! The commands, a file each.

mod init;
mod validate;

use std::process::ExitCode;

use crate::{
    cli::{Cli, Command, Registry},
    error::Result,
};

pub(crate) fn run(cli: Cli) -> Result<ExitCode> {
    match cli.command {
        Command::Registry(Registry::Init(arguments)) => init::run(&arguments),
        Command::Registry(Registry::Validate(arguments)) => validate::run(&arguments),
    }
}
