//! `cargo mcp inspect`, `call`, `read`, `prompt` and `check`, against real servers.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::Place;
use crate::example;

fn notes_program() -> String {
    example::program("notes").to_str().expect("a path").to_owned()
}

/// Runs `cargo mcp` for the notes server, which it starts.
fn over_stdio(arguments: &[&str], era: &str) -> super::Ran {
    let program = notes_program();
    Place::new().run(&[arguments, &["--era", era, "--", &program]].concat())
}

#[test]
fn a_server_shows_what_it_offers() {
    for (era, revision) in
        [("auto", "2026-07-28"), ("stateless", "2026-07-28"), ("session", "2025-11-25")]
    {
        let shown = over_stdio(&["inspect"], era);
        assert_eq!(shown.code, Some(0), "{shown:?}");
        assert!(shown.stdout.starts_with("notes "), "{}", shown.stdout);
        assert!(shown.stdout.contains(&format!("(protocol {revision})")), "{}", shown.stdout);
        for wanted in
            ["TOOL", "add_note", "title: string", "RESOURCE TEMPLATE", "notes://{id}", "PROMPT"]
        {
            assert!(shown.stdout.contains(wanted), "{wanted}: {}", shown.stdout);
        }
    }
}

#[test]
fn what_a_server_offers_is_there_as_json() {
    let shown = over_stdio(&["inspect", "--json"], "auto");
    let described: Value = serde_json::from_str(&shown.stdout).expect("JSON");
    assert_eq!(described["serverInfo"]["name"], "notes");
    let tools = described["tools"].as_array().expect("tools");
    assert!(tools.iter().any(|tool| tool["name"] == "add_note"
        && tool["inputSchema"]["properties"]["title"]["type"] == "string"));
}

#[test]
fn a_tool_is_called_in_either_era() {
    for era in ["auto", "session"] {
        let call = ["call", "add_note", "title=Shopping", "body=Milk", "tags=[\"home\"]"];
        let called = over_stdio(&call, era);
        assert_eq!(called.code, Some(0), "{called:?}");
        let note: Value = serde_json::from_str(&called.stdout).expect("JSON");
        assert_eq!((&note["title"], &note["tags"]), (&json!("Shopping"), &json!(["home"])));
    }
}

#[test]
fn arguments_and_results_are_json_on_request() {
    let args = r#"{ "title": "7", "body": "" }"#;
    let called = over_stdio(&["call", "add_note", "--json", "--args", args], "auto");
    let result: Value = serde_json::from_str(&called.stdout).expect("JSON");
    assert_eq!(result["structuredContent"]["title"], "7");
}

#[test]
fn scripts_can_tell_what_went_wrong_by_the_code() {
    let failed = over_stdio(&["call", "delete_note", "id=1"], "auto");
    assert_eq!(failed.code, Some(3), "the tool says so: {failed:?}");
    assert!(!failed.stdout.is_empty());
    let unknown = over_stdio(&["call", "no_such_tool"], "auto");
    assert_eq!((unknown.code, unknown.stdout.as_str()), (Some(1), ""));
    assert!(unknown.stderr.contains("unknown tool"), "{unknown:?}");
    let missing = Place::new().run(&["inspect", "--", "/no/such/program"]);
    assert_eq!(missing.code, Some(1));
    assert!(missing.stderr.contains("/no/such/program"), "{missing:?}");
    let wrong = Place::new().run(&["call", "--timeout", "0", "x"]);
    assert_eq!(wrong.code, Some(2));
    let pair = over_stdio(&["call", "add_note", "title"], "auto");
    assert!(pair.stderr.contains("`title` is no NAME=VALUE"), "{pair:?}");
}

#[test]
fn progress_is_told_while_a_tool_runs() {
    let notes = json!({ "notes": [{ "title": "a", "body": "" }, { "title": "b", "body": "" }] });
    for era in ["auto", "session"] {
        let called = over_stdio(&["call", "import_notes", "--args", &notes.to_string()], era);
        assert_eq!(called.code, Some(0), "{called:?}");
        assert!(called.stderr.contains("progress 1/2"), "{called:?}");
        assert!(called.stderr.contains("progress 2/2"), "{called:?}");
    }
}

#[test]
fn a_resource_is_read_and_a_prompt_is_got() {
    let place = Place::new();
    let program = notes_program();
    let run = |arguments: &[&str]| {
        let mut command = place.command(&[arguments, &["--", &program]].concat());
        command.env("NOTES_DB", "notes.db");
        super::ran(command)
    };
    run(&["call", "add_note", "title=Shopping", "body=Milk"]);
    let read = run(&["read", "notes://1"]);
    assert!(read.stdout.starts_with("# Shopping\n\nMilk\n"), "{read:?}");
    let described = run(&["inspect", "--json"]);
    let described: Value = serde_json::from_str(&described.stdout).expect("JSON");
    let prompt = described["prompts"][0]["name"].as_str().expect("a prompt").to_owned();
    let argument = described["prompts"][0]["arguments"][0]["name"].as_str().expect("an argument");
    let got = run(&["prompt", &prompt, &format!("{argument}=1")]);
    assert_eq!(got.code, Some(0), "{got:?}");
    assert!(got.stdout.starts_with("[user]\n"), "{got:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_reached_by_its_url() {
    let server = example::OverHttp::start("notes").await;
    for era in ["auto", "session", "stateless"] {
        let arguments =
            ["call", "add_note", "title=a", "body=b", "--era", era, "--url", &server.url];
        let called = tokio::task::block_in_place(|| Place::new().run(&arguments));
        assert_eq!(called.code, Some(0), "{era}: {called:?}");
    }
}

#[test]
fn a_server_that_is_silent_is_given_up() {
    let ran =
        Place::new().run(&["inspect", "--timeout", "1", "--era", "session", "--", "sleep", "60"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("has not answered within 1 seconds"), "{ran:?}");
}

#[test]
fn a_server_is_checked_from_outside() {
    let program: PathBuf = example::program("notes");
    let program = program.to_str().expect("a path");
    let place = Place::new();
    let checked = place.run(&["check", "--", program]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(checked.stdout.trim_end().ends_with("warnings"), "{checked:?}");
    let strict = place.run(&["check", "--strict", "--style", "--max-tokens", "1", "--", program]);
    assert_eq!(strict.code, Some(1));
    assert!(strict.stdout.contains("[tools-size]"), "{strict:?}");
    let json = place.run(&["check", "--style", "--json", "--", program]);
    let findings: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert!(
        findings.as_array().is_some_and(|it| it.iter().any(|it| it["rule"] == "tool-name-style"))
    );
}
