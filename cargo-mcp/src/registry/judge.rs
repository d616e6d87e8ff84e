//! Everything that is wrong with a `server.json`.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::Value;

use super::{
    Fault, package,
    reader::{Faults, Object, Place},
    text::{
        judge_https, judge_length, judge_link, judge_name, judge_repository, judge_subfolder, regex,
    },
    transport::judge_remote,
    version,
};

/// The `$schema` of the newest `server.json`.
pub const CURRENT_SCHEMA: &str =
    "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";

/// The schemas before the current one that the registry has kept. It refuses 2025-08-26.
const OLDER_SCHEMAS: [&str; 5] =
    ["2025-07-09", "2025-09-16", "2025-09-29", "2025-10-11", "2025-10-17"];

/// Where publishers keep data of their own.
const PUBLISHER: &str = "io.modelcontextprotocol.registry/publisher-provided";

/// How much of it the registry takes, in bytes of JSON.
const MAX_PUBLISHER_BYTES: usize = 4096;

/// Tells everything that is wrong with the text of a `server.json`.
///
/// # Examples
///
/// ```
/// let text = r#"{ "name": "io.github.user/weather", "version": "^1.0" }"#;
/// let faults = cargo_mcp::registry::judge_text(text);
/// let rules: Vec<_> = faults.iter().map(|fault| (fault.path.as_str(), fault.rule)).collect();
/// assert_eq!(
///     rules,
///     [
///         ("$schema", "schema-missing"),
///         ("description", "description-length"),
///         ("version", "version-is-range"),
///     ],
/// );
/// ```
#[must_use]
pub fn judge_text(text: &str) -> Vec<Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match serde_json::from_str(text) {
        Ok(document) => judge(&document),
        Err(error) => {
            let mut faults = Faults::default();
            faults.error(&Place::default(), "json", format!("is no JSON: {error}"));
            faults.into_vec()
        }
    }
}

/// Tells everything that is wrong with a `server.json`, in the order of its members.
///
/// The rules are those of schema [2025-12-11][CURRENT_SCHEMA] and of the validators of the official
/// registry. What only the registry can see (that a package is there and names the server, that
/// nobody else has the remote's URL, that the version is new) is not judged.
#[must_use]
pub fn judge(document: &Value) -> Vec<Fault> {
    let mut faults = Faults::default();
    judge_server(document, &mut faults);
    faults.into_vec()
}

const MEMBERS: [&str; 11] = [
    "$schema",
    "name",
    "title",
    "description",
    "version",
    "websiteUrl",
    "repository",
    "icons",
    "packages",
    "remotes",
    "_meta",
];

fn judge_server(document: &Value, faults: &mut Faults) {
    let Some(server) = Object::read(document, Place::default(), &MEMBERS, faults) else { return };
    judge_schema(&server, faults);
    let name = server.required("name", "name-missing", faults);
    if let Some(name) = name {
        judge_name(name, &server.at("name"), faults);
    }
    if let Some(title) = server.string("title", faults) {
        judge_length(title, 1..=100, &server.at("title"), "title-length", faults);
        if !title.is_empty() && title.trim().is_empty() {
            faults.error(&server.at("title"), "title-blank", "is blank; leave it out");
        }
    }
    if let Some(description) = server.required("description", "description-length", faults) {
        judge_length(description, 1..=100, &server.at("description"), "description-length", faults);
    }
    if let Some(found) = server.required("version", "version-missing", faults) {
        let at = server.at("version");
        judge_length(found, 1..=255, &at, "version-length", faults);
        let before = faults.len();
        version::judge(found, &at, faults);
        if faults.len() == before && !version::is_semantic(found) {
            faults.warning(
                &at,
                "version-not-semantic",
                format!("`{found}` is no semantic version; the registry orders it by time"),
            );
        }
    }
    if let Some(link) = server.string("websiteUrl", faults) {
        judge_link(link, &server.at("websiteUrl"), faults);
    }
    if let Some(value) = server.value("repository") {
        judge_repository_object(value, server.at("repository"), faults);
    }
    for (at, icon) in server.items("icons", faults) {
        judge_icon(icon, at, faults);
    }
    for (at, item) in server.items("packages", faults) {
        package::judge(item, at, name, faults);
    }
    for (at, remote) in server.items("remotes", faults) {
        judge_remote(remote, at, faults);
    }
    if let Some(value) = server.value("_meta") {
        judge_meta(value, server.at("_meta"), faults);
    }
}

fn judge_schema(server: &Object<'_>, faults: &mut Faults) {
    let at = server.at("$schema");
    match server.string("$schema", faults) {
        Some(CURRENT_SCHEMA) => {}
        Some(other) => {
            let is_older = OLDER_SCHEMAS.iter().any(|date| *other == schema_of(date));
            if is_older {
                let message = format!("is older than the current one, {CURRENT_SCHEMA}");
                faults.warning(&at, "schema-older", message);
            } else {
                let message = format!("`{other}` is unknown; the current one is {CURRENT_SCHEMA}");
                faults.error(&at, "schema-unknown", message);
            }
        }
        None if server.value("$schema").is_none() => {
            faults.error(&at, "schema-missing", format!("is missing; it is {CURRENT_SCHEMA}"));
        }
        None => {}
    }
}

fn schema_of(date: &str) -> String {
    CURRENT_SCHEMA.replace("2025-12-11", date)
}

fn judge_repository_object(value: &Value, at: Place, faults: &mut Faults) {
    let known = ["url", "source", "id", "subfolder"];
    let Some(repository) = Object::read(value, at, &known, faults) else { return };
    let url = repository.required("url", "repository-url", faults);
    let source = repository.required("source", "repository-source", faults);
    if let (Some(url), Some(source)) = (url, source) {
        judge_repository(source, url, &repository.at, faults);
    }
    repository.string("id", faults);
    if let Some(path) = repository.string("subfolder", faults) {
        judge_subfolder(path, &repository.at("subfolder"), faults);
    }
}

fn judge_icon(value: &Value, at: Place, faults: &mut Faults) {
    static SIZE: LazyLock<Regex> = LazyLock::new(|| regex(r"^(\d+x\d+|any)$"));
    const TYPES: [&str; 5] =
        ["image/png", "image/jpeg", "image/jpg", "image/svg+xml", "image/webp"];

    let known = ["src", "mimeType", "sizes", "theme"];
    let Some(icon) = Object::read(value, at, &known, faults) else { return };
    if let Some(src) = icon.required("src", "icon-src", faults) {
        judge_length(src, 1..=255, &icon.at("src"), "icon-src", faults);
        judge_https(src, &icon.at("src"), faults);
    }
    icon.one_of("mimeType", &TYPES, "icon-type", faults);
    icon.one_of("theme", &["light", "dark"], "icon-theme", faults);
    for (at, size) in icon.strings("sizes", faults) {
        if !SIZE.is_match(size) {
            faults.error(&at, "icon-size", format!("is `{size}`; it is as in `48x48`, or `any`"));
        }
    }
}

fn judge_meta(value: &Value, at: Place, faults: &mut Faults) {
    let Some(meta) = Object::open(value, at, faults) else { return };
    for (key, value) in meta.members() {
        let at = meta.at(key);
        if key != PUBLISHER {
            faults.warning(
                &at,
                "meta-key",
                format!("is not kept by the registry; keep your data below `{PUBLISHER}`"),
            );
        } else if Object::open(value, at.clone(), faults).is_some() {
            let size = json_size(value);
            if size > MAX_PUBLISHER_BYTES {
                faults.error(
                    &at,
                    "meta-size",
                    format!("has {size} bytes; {MAX_PUBLISHER_BYTES} are allowed"),
                );
            }
        }
    }
}

/// The bytes of JSON as the registry counts them: compact, and with `<`, `>` and `&` escaped.
fn json_size(value: &Value) -> usize {
    let text = value.to_string();
    let escaped = text.bytes().filter(|byte| b"<>&".contains(byte)).count();
    text.len() + escaped * (r"\u003c".len() - 1)
}
