//! The program of the example `notes`, as a client starts it.

use std::{env, path::PathBuf, process::Stdio, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    time::{sleep, timeout},
};

/// Where cargo has put the program: beside the directory of this test.
pub(crate) fn program() -> PathBuf {
    let this = env::current_exe().expect("this test is a file");
    let profile = this.ancestors().nth(2).expect("this test is in target/<profile>/deps");
    let program = profile.join("notes").with_extension(env::consts::EXE_EXTENSION);
    let path = program.display();
    assert!(program.exists(), "{path} is missing: run `cargo build -p notes` before this test");
    program
}

/// The server over HTTP, until this is dropped.
pub(crate) struct OverHttp {
    _process: Child,
    pub(crate) url: String,
}

impl OverHttp {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = listener.local_addr().expect("the listener has an address");
        drop(listener);
        let process = Command::new(program())
            .args(["--http", &address.to_string()])
            .env_remove("NOTES_DB")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the server starts");
        let listening = async {
            while TcpStream::connect(address).await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(10), listening).await.expect("the server listens");
        Self { _process: process, url: format!("http://{address}/mcp") }
    }
}

/// Runs a client to its end, and shows what it has said if it fails.
pub(crate) async fn run(mut client: Command) {
    client.stdin(Stdio::null()).env_remove("NOTES_DB").kill_on_drop(true);
    let output = client.output().await.expect("the client can be started");
    assert!(
        output.status.success(),
        "the client fails\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}
