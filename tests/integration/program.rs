//! A server as a program: arguments, log and errors.

use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    fixture::JSON,
    process::{OverHttp, Process, call, command, run},
    raw,
};

#[tokio::test]
async fn help_and_version_go_to_the_standard_output() {
    let help = run(command().arg("--help")).await;
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    assert!(help.stdout.starts_with("stdio-server 1.2.3"), "{}", help.stdout);
    assert!(help.stdout.contains("usage: stdio-server [--http ADDRESS"), "{}", help.stdout);
    let version = run(command().arg("--version")).await;
    assert_eq!((version.code, version.stdout.as_str()), (Some(0), "stdio-server 1.2.3\n"));
}

#[tokio::test]
async fn what_a_server_offers_is_told_as_json() {
    let described = run(command().arg("--describe")).await;
    assert_eq!((described.code, described.stderr.as_str()), (Some(0), ""));
    let described: serde_json::Value = serde_json::from_str(&described.stdout).expect("JSON");
    assert_eq!(described["serverInfo"], json!({ "name": "stdio-server", "version": "1.2.3" }));
    assert_eq!(described["protocolVersions"][0], "2026-07-28");
    assert!(described["capabilities"]["tools"].is_object());
    let tools = described["tools"].as_array().expect("tools");
    let echo = tools.iter().find(|tool| tool["name"] == "echo").expect("a tool `echo`");
    assert_eq!(echo["inputSchema"]["required"], json!(["text"]));
    assert!(described["prompts"].is_array());
}

#[tokio::test]
async fn wrong_usage_is_told_with_code_2() {
    for arguments in [&["--htp", "8000"][..], &["8000"], &["--http", "nowhere"]] {
        let ended = run(command().args(arguments)).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
        assert!(ended.stderr.starts_with("error: "), "{}", ended.stderr);
        assert!(ended.stderr.contains("usage: stdio-server"), "{}", ended.stderr);
    }
    let ended = run(command().env("MCP_LOG", "loud")).await;
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("MCP_LOG is \"loud\""), "{}", ended.stderr);
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_in_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").await.expect("there are ports");
    let address = taken.local_addr().expect("it has an address").to_string();
    let ended = run(command().args(["--http", &address])).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.starts_with(&format!("Error: cannot listen on {address}: ")));
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
}

#[tokio::test]
async fn http_is_served_where_the_start_says_until_a_signal_comes() {
    let server = OverHttp::start(command().args(["--path", "/tools"])).await;
    assert!(server.address.ip().is_loopback());
    let request = raw::head(server.address, "POST", &[JSON], "{}").replace("/mcp", "/tools");
    assert_eq!(raw::exchange(server.address, request.as_bytes()).await.status, 400);
    assert_eq!(server.stop().await, Some(0));
}

#[tokio::test]
async fn the_log_goes_to_the_standard_error_at_the_level_of_the_environment() {
    let logged = async |level: Option<(&str, &str)>| {
        let mut server = Process::start(command().envs(level));
        server.ask(call(1, "log", json!({"text": "something"}))).await;
        let stderr = server.hang_up().await.stderr;
        (stderr.contains("INFO"), stderr.contains("in detail"))
    };
    assert_eq!(logged(None).await, (true, false));
    assert_eq!(logged(Some(("MCP_LOG", "debug"))).await, (true, true));
    assert_eq!(logged(Some(("RUST_LOG", "warn"))).await, (false, false));
    assert_eq!(logged(Some(("RUST_LOG", "stdio_server=trace"))).await, (true, false));
}

#[tokio::test]
async fn a_client_gets_the_events_of_its_calls() {
    let mut server = Process::start(&mut command());
    let mut call = call(1, "log", json!({"text": "something"}));
    call["params"]["_meta"]["io.modelcontextprotocol/logLevel"] = "debug".into();
    let first = server.ask(call).await;
    assert_eq!(first["method"], "notifications/message");
    assert_eq!(first["params"]["data"], "something");
    assert_eq!(server.receive().await["params"]["level"], "debug");
    assert_eq!(server.receive().await["id"], 1);
}
