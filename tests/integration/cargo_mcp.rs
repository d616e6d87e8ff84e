//! The program `cargo mcp`, as an author runs it.

mod asking;
mod init;
mod install;
mod new;
mod publish;
mod registry;
#[cfg(unix)]
mod tasks;
mod terminal;
mod try_out;

use std::{
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::example;

/// A folder with what a test needs, which is also the home of who runs the program.
struct Place(TempDir);

/// What the program has left behind.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn read(&self, name: &str) -> String {
        let path = self.path().join(name);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn read_json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).expect("JSON")
    }

    /// `cargo mcp ..` in this folder.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(example::program("notes").with_file_name("cargo-mcp"));
        command.arg("mcp").args(arguments).current_dir(self.path()).env("HOME", self.path());
        // Cargo and its toolchain are where they are, whatever the home is.
        if let Some(home) = std::env::home_dir() {
            for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
                let place = std::env::var_os(name).unwrap_or(home.join(folder).into());
                command.env(name, place);
            }
        }
        for name in ["XDG_CONFIG_HOME", "CARGO_TARGET_DIR", "MCP_REGISTRY"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::null());
        command
    }

    #[track_caller]
    fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments))
    }

    /// Runs what has to go well, and tells what it prints.
    #[track_caller]
    fn succeed(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:#?}");
        ran.stdout
    }

    /// Runs what has to fail, and tells why it does.
    #[track_caller]
    fn fail(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(1), "{arguments:?}: {ran:#?}");
        ran.stderr
    }
}

#[track_caller]
fn ran(mut command: Command) -> Ran {
    let output = command.output().expect("run `cargo build --workspace --bins` before this test");
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn the_help_tells_the_commands() {
    let help = Place::new().succeed(&["--help"]);
    assert!(help.contains("Usage: cargo mcp"), "{help}");
    assert!(help.contains("registry"), "{help}");
}

/// REG-16.
#[test]
fn the_registry_has_the_commands_and_logins_of_the_official_tool() {
    let place = Place::new();
    let help = place.succeed(&["registry", "--help"]);
    for command in ["init", "validate", "login", "logout", "publish", "status"] {
        assert!(help.contains(&format!("\n  {command} ")), "{command}: {help}");
    }
    let help = place.succeed(&["registry", "login", "--help"]);
    for method in ["github", "github-oidc", "dns", "http", "none"] {
        assert!(help.contains(&format!("\n  {method} ")), "{method}: {help}");
    }
}

#[test]
fn a_wrong_command_line_is_told_with_code_2() {
    let ran = Place::new().run(&["registry", "valdate"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("validate"), "{}", ran.stderr);
}
