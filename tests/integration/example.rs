//! The programs of the examples, as clients start them.

use std::{env, path::PathBuf, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStderr, Command},
    time::timeout,
};

/// The variables that the examples read.
const VARIABLES: [&str; 2] = ["MCP_KEYS", "NOTES_DB"];

/// Where cargo has put the program: beside the directory of this test.
pub(crate) fn program(name: &str) -> PathBuf {
    let this = env::current_exe().expect("this test is a file");
    let profile = this.ancestors().nth(2).expect("this test is in target/<profile>/deps");
    let program = profile.join(name).with_extension(env::consts::EXE_EXTENSION);
    let path = program.display();
    assert!(program.exists(), "{path} is missing: run `cargo build -p {name}` before this test");
    program
}

/// The server over HTTP, until this is dropped.
pub(crate) struct OverHttp {
    _process: Child,
    pub(crate) url: String,
}

impl OverHttp {
    pub(crate) async fn start(name: &str) -> Self {
        Self::with_keys(name, None).await
    }

    /// Starts it with the value of `MCP_KEYS`.
    pub(crate) async fn with_keys(name: &str, keys: Option<&str>) -> Self {
        Self::start_as(name, |command| {
            command.envs(keys.map(|keys| ("MCP_KEYS", keys)));
        })
        .await
    }

    pub(crate) async fn start_as(name: &str, change: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(program(name));
        change(without_variables(&mut command));
        let mut process = command
            .args(["--http", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the server starts");
        let mut log = BufReader::new(process.stderr.take().expect("it is piped")).lines();
        let url = timeout(Duration::from_secs(10), announced_url(&mut log)).await;
        let url = url.expect("the server says in time where it listens");
        // Someone has to read on, so that the server can write on.
        tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
        Self { _process: process, url }
    }
}

async fn announced_url(log: &mut Lines<BufReader<ChildStderr>>) -> String {
    let mut lines = String::new();
    while let Ok(Some(line)) = log.next_line().await {
        if let Some(url) = line.strip_prefix("serving MCP at ") {
            return url.to_owned();
        }
        lines.push_str(&line);
    }
    panic!("the server does not say where it listens: {lines}");
}

/// Runs a client to its end, and shows what it has said if it fails.
pub(crate) async fn run(mut client: Command) {
    let client = without_variables(&mut client).stdin(Stdio::null()).kill_on_drop(true);
    let output = client.output().await.expect("the client can be started");
    assert!(
        output.status.success(),
        "the client fails\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}

fn without_variables(command: &mut Command) -> &mut Command {
    VARIABLES.iter().fold(command, |command, variable| command.env_remove(variable))
}
