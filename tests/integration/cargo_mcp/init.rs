//! `cargo mcp registry init` and `validate`: REG-17.

use serde_json::{Value, json};

use super::Place;

const MANIFEST: &str = r#"
[package]
name = "weather-mcp"
version = "0.3.0"
edition = "2024"
description = "Forecasts for any place."
repository = "https://github.com/user/weather"
homepage = "https://example.com/weather"

[workspace]
"#;

fn crate_with(manifest: &str) -> Place {
    let place = Place::new();
    place.write("Cargo.toml", manifest);
    place.write("src/main.rs", "fn main() {}");
    place
}

/// What is written keeps the official schema, where that is at hand.
#[track_caller]
fn keeps_official_schema(written: &Value) {
    let Some(directory) = std::env::var_os("MCP_SCHEMAS") else {
        println!("not compared: MCP_SCHEMAS does not name the directory of the official schemas");
        return;
    };
    let path = std::path::Path::new(&directory).join("../registry/server-2025-12-11.json");
    let schema = std::fs::read_to_string(path).expect("the schema of the registry");
    let schema = serde_json::from_str(&schema).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("a sound schema");
    let faults: Vec<_> = validator.iter_errors(written).map(|it| it.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn a_crate_tells_what_the_registry_has_to_know() {
    let place = crate_with(MANIFEST);
    place.write("README.md", "# Weather\n\nForecasts.");
    place.succeed(&["registry", "init"]);
    assert_eq!(
        place.read_json("server.json"),
        json!({
            "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
            "name": "io.github.user/weather-mcp",
            "description": "Forecasts for any place.",
            "version": "0.3.0",
            "websiteUrl": "https://example.com/weather",
            "repository": { "url": "https://github.com/user/weather", "source": "github" },
            "packages": [{
                "registryType": "cargo",
                "identifier": "weather-mcp",
                "version": "0.3.0",
                "transport": { "type": "stdio" },
            }],
        })
    );
    assert_eq!(
        place.read("README.md"),
        "# Weather\n\nForecasts.\n\n- MCP Registry name: `mcp-name: io.github.user/weather-mcp`\n"
    );
    keeps_official_schema(&place.read_json("server.json"));
    let validated = place.succeed(&["registry", "validate"]);
    assert_eq!(validated, "server.json: 0 errors, 0 warnings\n");
}

#[test]
fn what_is_written_for_each_example_is_sound() {
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let place = Place::new();
    let mut described = 0;
    for example in std::fs::read_dir(examples).expect("examples") {
        let manifest = example.expect("an example").path().join("Cargo.toml");
        let name = manifest.parent().and_then(|it| it.file_name()).expect("a name");
        let server = format!("com.example/{}", name.display());
        place.succeed(&[
            "registry",
            "init",
            "--manifest-path",
            manifest.to_str().expect("a path"),
            "--name",
            &server,
            "--description",
            "An example.",
            "--no-readme",
            "--force",
        ]);
        keeps_official_schema(&place.read_json("server.json"));
        place.succeed(&["registry", "validate"]);
        described += 1;
    }
    assert!(described > 5, "{described} are not all");
}

#[test]
fn flags_say_what_cargo_does_not_know() {
    let place = crate_with(MANIFEST);
    place.write("weather.mcpb", "a bundle");
    let url = "https://github.com/user/weather/releases/download/v0.3.0/weather.mcpb";
    place.succeed(&[
        "registry",
        "init",
        "--name",
        "com.example/weather",
        "--title",
        "Weather",
        "--description",
        "Short.",
        "--oci",
        "ghcr.io/user/weather:0.3.0",
        "--mcpb",
        url,
        "--mcpb-file",
        "weather.mcpb",
        "--remote",
        "https://example.com/mcp",
        "--arg",
        "--quiet",
        "--env",
        "PLACE",
        "--secret",
        "API_KEY",
        "-o",
        "out.json",
    ]);
    let written = place.read_json("out.json");
    assert_eq!(written["name"], "com.example/weather");
    assert_eq!((&written["title"], &written["description"]), (&json!("Weather"), &json!("Short.")));
    assert_eq!(written["packages"][0]["registryType"], "oci");
    assert_eq!(
        written["packages"][1],
        json!({
            "registryType": "mcpb",
            "identifier": url,
            "fileSha256": "cd98c950d629c66548537b4ecd68dab3e8cf59974ba6e40df5a1a7354b39db5f",
            "transport": { "type": "stdio" },
            "packageArguments": [{ "type": "positional", "value": "--quiet" }],
            "environmentVariables": [
                { "name": "PLACE", "isRequired": true },
                { "name": "API_KEY", "isRequired": true, "isSecret": true },
            ],
        })
    );
    assert_eq!(written["packages"].as_array().map(Vec::len), Some(2), "no package of cargo");
    assert_eq!(
        written["remotes"],
        json!([{ "type": "streamable-http", "url": "https://example.com/mcp" }])
    );
    keeps_official_schema(&written);
    place.succeed(&["registry", "validate", "out.json"]);
}

#[test]
fn a_crate_in_a_repository_tells_its_folder() {
    let place = Place::new();
    place.write(".git/HEAD", "");
    place.write("servers/weather/Cargo.toml", MANIFEST);
    place.write("servers/weather/src/main.rs", "fn main() {}");
    place.succeed(&["registry", "init", "--manifest-path", "servers/weather/Cargo.toml"]);
    assert_eq!(place.read_json("server.json")["repository"]["subfolder"], "servers/weather");
    assert!(place.read("servers/weather/README.md").contains("mcp-name: io.github.user/weather"));
}

#[test]
fn the_manifest_can_name_the_server() {
    let metadata =
        "\n[package.metadata.mcp]\nname = \"com.example/weather\"\ntitle = \"Weather\"\n";
    let place = crate_with(&format!("{MANIFEST}{metadata}"));
    place.succeed(&["registry", "init"]);
    let written = place.read_json("server.json");
    assert_eq!(
        (&written["name"], &written["title"]),
        (&json!("com.example/weather"), &json!("Weather"))
    );
}

#[test]
fn what_the_registry_would_refuse_is_not_written() {
    let place = crate_with(&MANIFEST.replace("Forecasts for any place.", &"x".repeat(101)));
    let told = place.fail(&["registry", "init"]);
    assert!(told.contains("description: has 101 characters"), "{told}");
    assert!(!place.path().join("server.json").exists());
    assert!(!place.path().join("README.md").exists());
}

#[test]
fn a_crate_without_repository_needs_a_name() {
    let place = crate_with(&MANIFEST.replace("repository", "documentation"));
    assert!(place.fail(&["registry", "init"]).contains("--name"));
    place.succeed(&["registry", "init", "--name", "com.example/weather"]);
}

#[test]
fn a_file_is_replaced_only_on_request() {
    let place = crate_with(MANIFEST);
    place.write("server.json", "{}");
    assert!(place.fail(&["registry", "init"]).contains("--force"));
    assert_eq!(place.read("server.json"), "{}");
    place.succeed(&["registry", "init", "--force"]);
    assert_ne!(place.read("server.json"), "{}");
}

#[test]
fn the_readme_is_written_once_and_checked() {
    let place = crate_with(MANIFEST);
    place.write("README.md", "# Weather\n\n<!-- mcp-name: io.github.user/weather-mcp -->\n");
    place.succeed(&["registry", "init", "--no-readme"]);
    let ran = place.run(&["registry", "validate"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("[readme-names-server]"), "{}", ran.stdout);
    place.succeed(&["registry", "init", "--force"]);
    let readme = place.read("README.md");
    place.succeed(&["registry", "init", "--force"]);
    assert_eq!(place.read("README.md"), readme, "the second run adds nothing");
}

#[test]
fn a_server_tells_its_title_and_description() {
    let place = crate_with(&MANIFEST.replace("description = \"Forecasts for any place.\"\n", ""));
    place.write(
        "src/main.rs",
        r##"fn main() {
            assert_eq!(std::env::args().nth(1).as_deref(), Some("--describe"));
            println!(r#"{{"serverInfo":{{"name":"w","version":"1","title":"Weather","description":"Told."}}}}"#);
        }"##,
    );
    place.succeed(&["registry", "init", "--describe"]);
    let written = place.read_json("server.json");
    assert_eq!((&written["title"], &written["description"]), (&json!("Weather"), &json!("Told.")));
}

#[test]
fn faults_are_told_as_json_as_well() {
    let place = Place::new();
    place.write("server.json", r#"{ "name": "weather" }"#);
    let ran = place.run(&["registry", "validate", "--json"]);
    assert_eq!(ran.code, Some(1));
    let faults: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(faults[1]["path"], "name");
    assert_eq!(faults[1]["rule"], "name-slash");
    assert_eq!(faults[1]["severity"], "error");
}
