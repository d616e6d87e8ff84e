//! What the README shows of a console is what happens.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use tokio::time::{Instant, sleep};

use crate::{example, raw::PATIENCE};

struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn quickstart() -> (Program, String) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
    let address = port.expect("a free port").to_string();
    let child = Command::new(example::program("quickstart"))
        .args(["--http", &address])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let program = Program(child);
    let start = Instant::now();
    while tokio::net::TcpStream::connect(&address).await.is_err() {
        assert!(start.elapsed() < PATIENCE, "it never listens");
        sleep(std::time::Duration::from_millis(10)).await;
    }
    (program, address)
}

/// The blocks that a comment says are run: the commands of each, and what they print.
fn sessions(readme: &str, runs: &str) -> Vec<(String, String)> {
    readme
        .split(&format!("<!-- run: {runs} -->\n```console\n"))
        .skip(1)
        .map(|rest| {
            let (block, _) = rest.split_once("\n```").expect("a block ends");
            let (mut commands, mut printed) = (String::new(), String::new());
            let mut in_command = false;
            for line in block.lines() {
                let command = line.strip_prefix("$ ").or(in_command.then_some(line));
                let quotes = |text: &str| text.matches('\'').count() % 2 == 1;
                match command {
                    Some(command) => {
                        commands += command;
                        commands.push('\n');
                        in_command = command.ends_with('\\') || quotes(&commands);
                    }
                    None => {
                        printed += line;
                        printed.push('\n');
                    }
                }
            }
            (commands, printed)
        })
        .collect()
}

fn readme() -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join("README.md")).expect("a README")
}

#[tokio::test]
async fn the_calls_that_the_readme_shows_have_the_answers_that_it_shows() {
    let sessions = sessions(&readme(), "quickstart");
    assert_eq!(sessions.len(), 2, "one of each era");
    let (_program, address) = quickstart().await;
    for (commands, printed) in sessions {
        let commands = commands.replace("127.0.0.1:8000", &address);
        let output = Command::new("bash").args(["-c", &commands]).output().expect("bash");
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), printed.trim(), "{commands}");
    }
}

#[test]
fn what_the_readme_shows_of_cargo_mcp_is_what_it_does() {
    let sessions = sessions(&readme(), "cargo mcp");
    assert_eq!(sessions.len(), 1);
    let programs = crate::example::program("cargo-mcp");
    let programs = programs.parent().expect("a folder").display();
    let path = format!("{programs}:{}", std::env::var("PATH").expect("a path"));
    for (commands, printed) in sessions {
        let output =
            Command::new("bash").args(["-c", &commands]).env("PATH", &path).output().expect("bash");
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), printed.trim(), "{commands}");
    }
}
