//! The commands, a file each.

mod init;
mod login;
mod publish;
mod status;
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
        Command::Registry(Registry::Login(arguments)) => wait(login::run(arguments)),
        Command::Registry(Registry::Logout(target)) => login::forget(&target.registry),
        Command::Registry(Registry::Publish(arguments)) => wait(publish::run(&arguments)),
        Command::Registry(Registry::Status(arguments)) => wait(status::run(&arguments)),
    }
}

fn wait<T>(command: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(command)
}

/// The time, in seconds since 1970.
fn now() -> i64 {
    chrono::Utc::now().timestamp()
}
