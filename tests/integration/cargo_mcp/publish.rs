//! `cargo mcp registry login`, `publish` and `status`, against a registry: REG-13, REG-14, REG-15.

use serde_json::json;

use super::{Place, ran, registry::Registry};

const SEED: &str = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
const OTHER_SEED: &str = "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7";
const P384: &str = "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8\
                    96d5724e4c70a825f872c9ea60d2edf5";

fn place_with(name: &str, version: &str) -> Place {
    let place = Place::new();
    describe(&place, name, version);
    place
}

fn describe(place: &Place, name: &str, version: &str) {
    let server = json!({
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": name,
        "description": "Forecasts for any place.",
        "version": version,
        "remotes": [{ "type": "streamable-http", "url": "https://example.com/mcp" }],
    });
    place.write("server.json", &server.to_string());
}

/// The record that a login asks its user to publish.
fn record(told: &str) -> String {
    told.lines().next().and_then(|line| line.split('"').nth(1)).expect("a record").to_owned()
}

/// Logs in with a key, which is published in between.
fn login_by_dns(place: &Place, registry: &Registry, algorithm: &str, key: &str) -> String {
    place.write("key", key);
    let login = [
        "registry",
        "login",
        "dns",
        "--registry",
        &registry.url,
        "--domain",
        "example.com",
        "--algorithm",
        algorithm,
        "--key-file",
        "key",
    ];
    let refused = place.run(&login);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("no MCP public key found"), "{refused:?}");
    let record = record(&refused.stdout);
    registry.world().dns.insert("example.com".into(), vec!["v=spf1 -all".into(), record.clone()]);
    place.succeed(&login);
    record
}

#[test]
fn the_owner_of_a_domain_publishes_with_a_key_of_ed25519() {
    let (registry, place) = (Registry::start(), place_with("com.example/weather", "1.0.0"));
    let record = login_by_dns(&place, &registry, "ed25519", SEED);
    assert!(record.starts_with("v=MCPv1; k=ed25519; p="), "{record}");
    let told = place.succeed(&["registry", "publish", "--registry", &registry.url]);
    let said = format!("published com.example/weather 1.0.0 in {}\n", registry.url);
    assert_eq!(told, said);
    assert_eq!(registry.world().published[0].server, place.read_json("server.json"));
}

#[test]
fn the_owner_of_a_domain_publishes_with_a_key_of_p384() {
    let (registry, place) = (Registry::start(), place_with("com.example.api/weather", "1.0.0"));
    let record = login_by_dns(&place, &registry, "ecdsap384", P384);
    assert!(record.starts_with("v=MCPv1; k=ecdsap384; p="), "{record}");
    place.succeed(&["registry", "publish", "--registry", &registry.url]);
}

#[test]
fn a_web_server_proves_one_domain_and_none_below_it() {
    let (registry, place) = (Registry::start(), place_with("com.example/weather", "1.0.0"));
    let login = |place: &Place| {
        let login =
            ["registry", "login", "http", "--registry", &registry.url, "--domain", "example.com"];
        let mut command = place.command(&login);
        // The environment hides a key from others.
        command.env("MCP_PRIVATE_KEY", SEED);
        ran(command)
    };
    let record = record(&login(&place).stdout);
    registry.world().http.insert("example.com".into(), record);
    assert_eq!(login(&place).code, Some(0));
    place.succeed(&["registry", "publish", "--registry", &registry.url]);
    describe(&place, "com.example.api/weather", "1.0.0");
    let told = place.fail(&["registry", "publish", "--registry", &registry.url]);
    assert!(told.contains("You have permission to publish: com.example/*"), "{told}");
}

#[test]
fn another_key_proves_nothing() {
    let (registry, place) = (Registry::start(), place_with("com.example/weather", "1.0.0"));
    login_by_dns(&place, &registry, "ed25519", SEED);
    place.write("key", OTHER_SEED);
    let told = place.fail(&[
        "registry",
        "login",
        "dns",
        "--registry",
        &registry.url,
        "--domain",
        "example.com",
        "--key-file",
        "key",
    ]);
    assert!(told.contains("signature verification failed"), "{told}");
    assert!(!told.contains(&OTHER_SEED[..8]), "{told}");
}

#[test]
fn a_person_confirms_in_the_browser() {
    let (registry, place) = (Registry::start(), place_with("io.github.octocat/weather", "1.0.0"));
    registry.world().pending = vec!["authorization_pending"];
    let login = |place: &Place| {
        place.run(&[
            "registry",
            "login",
            "github",
            "--registry",
            &registry.url,
            "--github",
            &registry.url,
        ])
    };
    let told = login(&place);
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(
        told.stdout
            .contains("open https://github.example/login/device and enter the code WDJB-MJHT"),
        "{told:?}"
    );
    place.succeed(&["registry", "publish", "--registry", &registry.url]);
    registry.world().pending = vec!["access_denied"];
    let told = login(&place);
    assert_eq!(told.code, Some(1));
    assert!(told.stderr.contains("Not this time."), "{told:?}");
}

#[test]
fn a_token_of_github_needs_no_browser() {
    let (registry, place) = (Registry::start(), Place::new());
    let login = ["registry", "login", "github", "--registry", &registry.url];
    for (token, code) in [("gho-of-octocat", 0), ("gho-of-nobody", 1)] {
        let mut command = place.command(&login);
        command.env("MCP_GITHUB_TOKEN", token);
        let ran = ran(command);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert!(!ran.stderr.contains(token), "{ran:?}");
    }
}

#[test]
fn a_workflow_publishes_for_its_owner() {
    let (registry, place) = (Registry::start(), place_with("io.github.octo-org/weather", "1.0.0"));
    let login = ["registry", "login", "github-oidc", "--registry", &registry.url];
    let mut outside = place.command(&login);
    outside.env_remove("ACTIONS_ID_TOKEN_REQUEST_URL");
    assert!(ran(outside).stderr.contains("id-token: write"));
    let mut inside = place.command(&login);
    inside
        .env(
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            format!("{}/actions/token?api-version=2.0", registry.url),
        )
        .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token");
    let ran = ran(inside);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    place.succeed(&["registry", "publish", "--registry", &registry.url]);
}

fn logged_in() -> (Registry, Place) {
    const NAME: &str = "io.modelcontextprotocol.anonymous/weather";
    let (registry, place) = (Registry::start(), place_with(NAME, "1.0.0"));
    place.succeed(&["registry", "login", "none", "--registry", &registry.url]);
    (registry, place)
}

#[cfg(unix)]
#[test]
fn tokens_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (registry, place) = logged_in();
    let path = place.path().join(".config/cargo-mcp/registry.json");
    let mode = || std::fs::metadata(&path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("it is ours");
    place.succeed(&["registry", "login", "none", "--registry", &registry.url]);
    assert_eq!(mode(), 0o600);
}

#[test]
fn a_token_is_for_one_registry() {
    let ((registry, place), other) = (logged_in(), Registry::start());
    let told = place.fail(&["registry", "publish", "--registry", &other.url]);
    assert!(told.contains("you are not logged in"), "{told}");
    place.succeed(&["registry", "publish", "--registry", &registry.url]);
}

#[test]
fn a_token_that_has_expired_is_not_sent() {
    let (registry, place) = logged_in();
    registry.world().token_life = -1;
    place.succeed(&["registry", "login", "none", "--registry", &registry.url]);
    let told = place.fail(&["registry", "publish", "--registry", &registry.url]);
    assert!(told.contains("has expired"), "{told}");
}

#[test]
fn who_logs_out_has_to_log_in_again() {
    let (registry, place) = logged_in();
    let logout = ["registry", "logout", "--registry", &registry.url];
    assert!(place.succeed(&logout).starts_with("logged out"));
    assert!(place.succeed(&logout).starts_with("you were not logged in"));
    place.fail(&["registry", "publish", "--registry", &registry.url]);
}

#[test]
fn nothing_is_sent_that_the_registry_would_refuse() {
    let (registry, place) = logged_in();
    describe(&place, "io.modelcontextprotocol.anonymous/weather", "latest");
    let ran = place.run(&["registry", "publish", "--registry", &registry.url]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("[version-is-latest]"), "{ran:?}");
    assert!(registry.world().published.is_empty());
}

#[test]
fn a_dry_run_publishes_nothing() {
    let (registry, place) = logged_in();
    let told = place.succeed(&["registry", "publish", "--dry-run", "--registry", &registry.url]);
    assert!(told.starts_with("would publish"), "{told}");
    assert!(registry.world().published.is_empty());
}

#[test]
fn what_the_registry_says_is_told() {
    let (registry, place) = logged_in();
    let publish = ["registry", "publish", "--registry", &registry.url];
    place.succeed(&publish);
    let told = place.fail(&publish);
    assert!(told.contains("refused with 400 Bad Request: Failed to publish server"), "{told}");
    assert!(told.contains("cannot publish duplicate version"), "{told}");
}

#[test]
fn a_registry_is_not_spoken_to_in_the_clear() {
    let ran = Place::new().run(&["registry", "login", "none", "--registry", "http://example.com"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("a registry is reached by https"), "{ran:?}");
}

#[test]
fn versions_are_listed_and_get_a_status() {
    let (registry, place) = logged_in();
    let at = ["--registry", registry.url.as_str()];
    let status = |more: &[&'static str]| [&["registry", "status"][..], &at, more].concat();
    assert!(place.fail(&status(&[])).contains("Server not found"));
    place.succeed(&["registry", "publish", at[0], at[1]]);
    describe(&place, "io.modelcontextprotocol.anonymous/weather", "1.1.0+build.7");
    place.succeed(&["registry", "publish", at[0], at[1]]);

    let set = ["--set", "deprecated", "--version", "1.0.0", "--message", "Use 1.1."];
    assert_eq!(
        place.succeed(&status(&set)),
        "io.modelcontextprotocol.anonymous/weather\n\
         VERSION        STATUS      PUBLISHED\n\
         1.1.0+build.7  active      2026-07-28T00:00:00Z  latest\n\
         1.0.0          deprecated  2026-07-28T00:00:00Z  Use 1.1.\n"
    );
    assert!(place.fail(&status(&["--set", "deleted"])).contains("--all-versions"));
    place.succeed(&status(&["--set", "deleted", "--version", "1.1.0+build.7"]));
    place.succeed(&status(&["--set", "active", "--all-versions"]));
    let ran = place.run(&status(&["io.modelcontextprotocol.anonymous/weather", "--json"]));
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(told["versions"][1]["status"], "active");
    assert_eq!(told["versions"][1]["version"], "1.0.0");
}
