//! The commands, a file each.

mod check;
mod init;
mod install;
mod login;
mod new;
mod publish;
mod status;
pub(crate) mod tasks;
mod try_out;
mod validate;

use std::process::ExitCode;

use crate::{
    cli::{Cli, Command, Registry},
    error::Result,
};

pub(crate) fn run(cli: Cli) -> Result<ExitCode> {
    match cli.command {
        Command::New(arguments) => new::run(&arguments),
        Command::Inspect(arguments) => wait(try_out::inspect(&arguments)),
        Command::Call(arguments) => wait(try_out::call(&arguments)),
        Command::Read(arguments) => wait(try_out::read(&arguments)),
        Command::Prompt(arguments) => wait(try_out::prompt(&arguments)),
        Command::Check(arguments) => wait(check::run(&arguments)),
        Command::Install(arguments) => install::run(&arguments),
        Command::Uninstall(arguments) => install::undo(&arguments.entry),
        Command::Tasks(arguments) => wait(tasks::run(&arguments)),
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
