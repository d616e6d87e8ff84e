//! The official conformance suite, strictly: what may fail is in `conformance/baseline`.

use std::{path::Path, process::Stdio};

use tokio::{net::TcpListener, process::Command};

/// All legs in one test: each waits for the other anyway where processors are few.
#[tokio::test(flavor = "multi_thread")]
async fn official_suite() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    run(Command::new(tests.join("setup.sh")), "the Node side of the tests cannot be made ready")
        .await;
    let server = ::conformance::server().build().expect("the server can be built");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = listener.local_addr().expect("the listener has an address");
    let serving = tokio::spawn({
        let server = server.clone();
        async move { server.serve(listener, server.router("/mcp")).await }
    });
    let mut suite = Command::new(tests.join("node/conformance.sh"));
    suite.arg(format!("http://localhost:{}/mcp", address.port()));
    run(suite, "the suite fails").await;
    server.stop();
    serving.await.expect("the server does not panic").expect("the server ends well");
}

/// Runs a program to its end, and shows what it has said if it fails.
async fn run(mut program: Command, fault: &str) {
    program.stdin(Stdio::null()).kill_on_drop(true);
    let output = program.output().await.unwrap_or_else(|error| panic!("{fault}: {error}"));
    assert!(
        output.status.success(),
        "{fault}\n{}{}",
        summary(&String::from_utf8_lossy(&output.stdout)),
        String::from_utf8_lossy(&output.stderr),
    );
}

/// What the suite says of each leg, without its account of each scenario.
fn summary(log: &str) -> String {
    let mut shown = true;
    let mut summary = String::new();
    for line in log.lines() {
        if line.starts_with("##### ") || line.contains("=== SUMMARY ===") {
            shown = true;
        } else if line.starts_with("=== Running scenario") {
            shown = false;
        }
        if shown {
            summary.push_str(line);
            summary.push('\n');
        }
    }
    summary
}
