//! `cargo mcp install` and `uninstall`.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::Place;
use crate::example;

/// Each client, its file in the home of the user, and the member that holds the servers.
#[cfg(target_os = "linux")]
const CLIENTS: [(&str, &str, &str); 4] = [
    ("claude-desktop", ".config/Claude/claude_desktop_config.json", "mcpServers"),
    ("claude-code", ".claude.json", "mcpServers"),
    ("cursor", ".cursor/mcp.json", "mcpServers"),
    ("vscode", ".config/Code/User/mcp.json", "servers"),
];

/// Starts what a configuration names, as a client does, and tells what the server says of itself.
fn start(entry: &Value) -> Value {
    let strings = |value: &Value| -> Vec<String> {
        serde_json::from_value(value.clone()).expect("an array of strings")
    };
    let mut command = Command::new(entry["command"].as_str().expect("a command"));
    command.args(strings(&entry["args"])).stdin(Stdio::piped()).stdout(Stdio::piped());
    for (name, value) in entry["env"].as_object().into_iter().flatten() {
        command.env(name, value.as_str().expect("a string"));
    }
    // A client starts servers somewhere.
    let mut server = command.current_dir("/").spawn().expect("it starts");
    let hello = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        },
    });
    let mut input = server.stdin.take().expect("it is piped");
    writeln!(input, "{hello}").expect("it reads");
    let mut line = String::new();
    let mut output = BufReader::new(server.stdout.take().expect("it is piped"));
    output.read_line(&mut line).expect("it answers");
    drop(input);
    server.wait().expect("it ends");
    serde_json::from_str(&line).expect("JSON")
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_written_starts_the_server() {
    let program = example::program("notes");
    let program = program.to_str().expect("a path");
    for (client, file, servers) in CLIENTS {
        let place = Place::new();
        place.succeed(&[
            "install",
            client,
            "--name",
            "notes",
            "--env",
            "NOTES_DB=:memory:",
            "--",
            program,
        ]);
        let entry = &place.read_json(file)[servers]["notes"];
        assert_eq!(start(entry)["result"]["serverInfo"]["name"], "notes", "{client}: {entry}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_second_run_changes_nothing_and_uninstall_restores_the_file() {
    const FOUND: &str = "{\n    \"theme\": \"dark\",\n    \"KEY\": {\"other\": {\"command\":\"x\"}},\n  \"last\": [1,2 ]\n}";
    for (client, file, servers) in CLIENTS {
        let place = Place::new();
        let found = FOUND.replace("KEY", servers);
        place.write(file, &found);
        let install = ["install", client, "--name", "notes", "--", "notes-mcp", "--quiet"];
        place.succeed(&install);
        let first = place.read(file);
        let written: Value = serde_json::from_str(&first).expect("JSON");
        assert_eq!(written[servers]["notes"]["args"], json!(["--quiet"]));
        assert_eq!(written[servers]["other"]["command"], "x");
        assert_eq!((&written["theme"], &written["last"]), (&json!("dark"), &json!([1, 2])));
        assert_eq!(place.read(&format!("{file}.before-cargo-mcp")), found, "a backup");

        assert!(place.succeed(&install).contains("already"));
        assert_eq!(place.read(file), first);
        assert_eq!(place.read(&format!("{file}.before-cargo-mcp")), found);

        place.succeed(&["uninstall", client, "--name", "notes"]);
        assert_eq!(place.read(file), found, "{client}");
        assert!(!place.path().join(format!("{file}.before-cargo-mcp")).exists());
        assert!(place.succeed(&["uninstall", client, "--name", "notes"]).contains("has no"));
        assert_eq!(place.read(file), found);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_was_not_there_goes_again() {
    for (client, file, _) in CLIENTS {
        let place = Place::new();
        place.succeed(&["install", client, "--name", "notes", "--", "notes-mcp"]);
        place.succeed(&["uninstall", client, "--name", "notes"]);
        assert!(!place.path().join(file).exists(), "{client}");
    }
}

const WITH_COMMENTS: &str = r#"{
  // What I use every day.
  "servers": {
    "other": { "command": "x" }, // do not touch
  },
  /* the rest */
  "inputs": [],
}
"#;

fn vscode(place: &Place, more: &[&str]) -> String {
    place.succeed(
        &[&["install", "vscode", "--config", "mcp.json", "--name", "notes"], more].concat(),
    )
}

#[test]
fn comments_are_kept() {
    let place = Place::new();
    place.write("mcp.json", WITH_COMMENTS);
    vscode(&place, &["--", "notes-mcp"]);
    let written = place.read("mcp.json");
    for comment in ["// What I use every day.", "// do not touch", "/* the rest */"] {
        assert!(written.contains(comment), "{written}");
    }
    assert!(written.contains("\"notes-mcp\""), "{written}");
    place.succeed(&["uninstall", "vscode", "--config", "mcp.json", "--name", "notes"]);
    assert_eq!(place.read("mcp.json"), WITH_COMMENTS);
}

#[test]
fn what_others_have_changed_since_stays() {
    let place = Place::new();
    place.write("mcp.json", WITH_COMMENTS);
    vscode(&place, &["--", "notes-mcp"]);
    let changed = place.read("mcp.json").replace("\"inputs\": []", "\"inputs\": [1]");
    place.write("mcp.json", &changed);
    place.succeed(&["uninstall", "vscode", "--config", "mcp.json", "--name", "notes"]);
    let left = place.read("mcp.json");
    assert!(left.contains("\"inputs\": [1]") && left.contains("// do not touch"), "{left}");
    assert!(!left.contains("notes"), "{left}");
}

#[test]
fn an_entry_is_replaced_by_a_new_one() {
    let place = Place::new();
    vscode(&place, &["--", "notes-mcp", "--old"]);
    vscode(&place, &["--env", "A=b=c", "--", "notes-mcp"]);
    assert_eq!(
        place.read_json("mcp.json"),
        json!({ "servers": { "notes": {
            "type": "stdio", "command": "notes-mcp", "args": [], "env": { "A": "b=c" },
        } } })
    );
}

#[test]
fn a_dry_run_shows_the_file_and_leaves_it() {
    let place = Place::new();
    place.write("mcp.json", WITH_COMMENTS);
    let shown = vscode(&place, &["--dry-run", "--", "notes-mcp"]);
    assert!(shown.contains("\"notes-mcp\"") && shown.contains("// do not touch"), "{shown}");
    assert_eq!(place.read("mcp.json"), WITH_COMMENTS);
    vscode(&place, &["--", "notes-mcp"]);
    let uninstall = ["uninstall", "vscode", "--config", "mcp.json", "--name", "notes", "--dry-run"];
    assert!(!place.succeed(&uninstall).contains("notes-mcp"));
    assert!(place.read("mcp.json").contains("notes-mcp"));
}

#[test]
fn what_is_no_configuration_is_left_alone() {
    for text in ["{ \"servers\": { }", "[]", "{ \"servers\": [] }", "{ servers: {} }", "{ 'a': 1 }"]
    {
        let place = Place::new();
        place.write("mcp.json", text);
        let install = ["install", "vscode", "--config", "mcp.json", "--name", "n", "--", "x"];
        let told = place.fail(&install);
        assert!(told.contains("mcp.json"), "{told}");
        assert_eq!(place.read("mcp.json"), text);
    }
}

#[test]
fn a_url_is_entered_where_clients_take_one() {
    let place = Place::new();
    let url = ["--name", "notes", "--url", "https://example.com/mcp", "--project"];
    for (client, file, servers) in [
        ("claude-code", ".mcp.json", "mcpServers"),
        ("cursor", ".cursor/mcp.json", "mcpServers"),
        ("vscode", ".vscode/mcp.json", "servers"),
    ] {
        place.succeed(&[&["install", client], &url[..]].concat());
        let entry = &place.read_json(file)[servers]["notes"];
        assert_eq!(entry["url"], "https://example.com/mcp");
        let kind = if client == "cursor" { Value::Null } else { json!("http") };
        assert_eq!(entry["type"], kind);
    }
    let desktop = ["install", "claude-desktop", "--name", "n", "--url", "https://example.com/mcp"];
    assert!(place.fail(&desktop).contains("connector"));
}

#[test]
fn the_package_of_the_folder_is_installed_under_its_name() {
    let place = Place::new();
    place.write("Cargo.toml", "[package]\nname = \"weather\"\nedition = \"2024\"\n[workspace]\n");
    place.write("src/main.rs", "fn main() {}");
    let install = ["install", "cursor", "--project"];
    assert!(place.fail(&install).contains("cargo build --release"));
    place.write("target/release/weather", "");
    place.succeed(&install);
    let command = &place.read_json(".cursor/mcp.json")["mcpServers"]["weather"]["command"];
    assert!(
        command.as_str().is_some_and(|it| it.ends_with("/target/release/weather")),
        "{command}"
    );
}

#[cfg(unix)]
#[test]
fn permissions_and_links_are_kept() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let place = Place::new();
    place.write("dotfiles/mcp.json", "{}");
    let real = place.path().join("dotfiles/mcp.json");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).expect("it is ours");
    symlink(&real, place.path().join("mcp.json")).expect("a link");
    vscode(&place, &["--", "notes-mcp"]);
    assert!(place.read("dotfiles/mcp.json").contains("notes-mcp"));
    let mode = |path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(real), 0o640);
    // A file of one's own may hold secrets.
    place.succeed(&["install", "cursor", "--project", "--name", "n", "--", "x"]);
    assert_eq!(mode(place.path().join(".cursor/mcp.json")), 0o600);
}
