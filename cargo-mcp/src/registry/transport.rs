//! Transports of packages and of remotes, and the inputs that fill their templates.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::Value;
use url::Url;

use super::{
    reader::{Faults, Object, Place},
    text::regex,
};

/// The members of a transport, which the registry takes in a package as in a remote.
const MEMBERS: [&str; 4] = ["type", "url", "headers", "variables"];

/// The members of an input that a user or a client fills in.
const INPUT: [&str; 8] = [
    "description",
    "isRequired",
    "isSecret",
    "format",
    "default",
    "placeholder",
    "choices",
    "value",
];

/// Judges how a client reaches the server of a package. The URL may use the `variables` of the
/// package, not those of the transport.
pub(super) fn judge_local(value: &Value, at: Place, variables: &[&str], faults: &mut Faults) {
    let Some(transport) = Object::read(value, at, &MEMBERS, faults) else { return };
    match transport.required("type", "transport-type", faults) {
        Some("stdio") => judge_no_url(&transport, faults),
        Some("streamable-http" | "sse") => {
            if let Some(url) = transport.required("url", "transport-url-missing", faults) {
                judge_url(url, &transport.at("url"), variables, faults);
            }
        }
        Some(other) => faults.error(
            &transport.at("type"),
            "transport-type",
            format!("is `{other}`, must be one of stdio, streamable-http, sse"),
        ),
        None => {}
    }
    judge_variables(&transport, faults);
    judge_key_values(&transport, "headers", faults);
}

fn judge_no_url(transport: &Object<'_>, faults: &mut Faults) {
    if transport.string("url", faults).is_some_and(|url| !url.is_empty()) {
        faults.error(
            &transport.at("url"),
            "transport-stdio-url",
            "a server on stdio has no URL; leave it out",
        );
    }
}

/// Judges a server that is already running somewhere.
pub(super) fn judge_remote(value: &Value, at: Place, faults: &mut Faults) {
    let Some(remote) = Object::read(value, at, &MEMBERS, faults) else { return };
    if let Some(kind) = remote.required("type", "remote-type", faults)
        && !matches!(kind, "streamable-http" | "sse")
    {
        faults.error(
            &remote.at("type"),
            "remote-type",
            format!("is `{kind}`; a remote is streamable-http or sse"),
        );
    }
    let variables = judge_variables(&remote, faults);
    if let Some(url) = remote.required("url", "transport-url-missing", faults) {
        let at = remote.at("url");
        judge_url(url, &at, &variables, faults);
        if let Ok(url) = Url::parse(&filled(url)) {
            if url.scheme() == "http" {
                faults.error(&at, "remote-https", "a remote is reached by https");
            }
            let host = url.host_str().unwrap_or_default();
            if matches!(host, "localhost" | "127.0.0.1") || host.ends_with(".localhost") {
                faults.error(&at, "remote-localhost", format!("nobody else reaches `{host}`"));
            }
        }
    }
    judge_key_values(&remote, "headers", faults);
}

fn judge_url(url: &str, at: &Place, variables: &[&str], faults: &mut Faults) {
    let web = url.starts_with("http://") || url.starts_with("https://");
    let sound = web
        && !url.contains(char::is_whitespace)
        && Url::parse(&filled(url)).is_ok_and(|url| url.has_host());
    if !sound {
        faults.error(at, "transport-url", format!("`{url}` is no http or https URL"));
    }
    for name in template_names(url) {
        if !variables.contains(&name) {
            let declared = match variables {
                [] => "none is declared".to_owned(),
                names => format!("declared are {}", names.join(", ")),
            };
            faults.error(
                at,
                "transport-url-variable",
                format!("uses `{{{name}}}`, which is not declared; {declared}"),
            );
        }
    }
}

static TEMPLATE: LazyLock<Regex> = LazyLock::new(|| regex(r"\{([^}]+)\}"));

fn template_names(url: &str) -> Vec<&str> {
    TEMPLATE.captures_iter(url).filter_map(|found| found.get(1)).map(|name| name.as_str()).collect()
}

/// A URL with something in the place of its variables, so that it can be parsed.
fn filled(url: &str) -> String {
    static PORT: LazyLock<Regex> = LazyLock::new(|| regex(r":\{[^}]+\}(/|$)"));
    let url = url.replace("{host}", "example.com").replace("{port}", "8080");
    let url = PORT.replace_all(&url, ":8080$1");
    TEMPLATE.replace_all(&url, "placeholder").into_owned()
}

/// Judges inputs with names, as environment variables and headers are; tells the names.
pub(super) fn judge_key_values<'a>(
    holder: &Object<'a>,
    member: &str,
    faults: &mut Faults,
) -> Vec<&'a str> {
    let mut names = Vec::new();
    for (at, item) in holder.items(member, faults) {
        let known = [&INPUT[..], &["name", "variables"]].concat();
        let Some(input) = Object::read(item, at, &known, faults) else { continue };
        names.extend(input.required("name", "input-name", faults));
        judge_input(&input, faults);
        judge_variables(&input, faults);
    }
    names
}

/// Judges the variables of a template; tells their names.
fn judge_variables<'a>(holder: &Object<'a>, faults: &mut Faults) -> Vec<&'a str> {
    let Some(value) = holder.value("variables") else { return Vec::new() };
    let Some(variables) = Object::open(value, holder.at("variables"), faults) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for (name, value) in variables.members() {
        names.push(name.as_str());
        if let Some(input) = Object::read(value, variables.at(name), &INPUT, faults) {
            judge_input(&input, faults);
        }
    }
    names
}

fn judge_input(input: &Object<'_>, faults: &mut Faults) {
    for name in ["description", "default", "placeholder", "value"] {
        input.string(name, faults);
    }
    for name in ["isRequired", "isSecret"] {
        input.boolean(name, faults);
    }
    input.one_of("format", &["string", "number", "boolean", "filepath"], "input-format", faults);
    input.strings("choices", faults);
}

/// Judges command line arguments; tells the names that a URL may use.
pub(super) fn judge_arguments<'a>(
    holder: &Object<'a>,
    member: &str,
    faults: &mut Faults,
) -> Vec<&'a str> {
    let mut names = Vec::new();
    for (at, item) in holder.items(member, faults) {
        let known =
            [&INPUT[..], &["type", "name", "valueHint", "isRepeated", "variables"]].concat();
        let Some(argument) = Object::read(item, at, &known, faults) else { continue };
        judge_input(&argument, faults);
        judge_variables(&argument, faults);
        argument.boolean("isRepeated", faults);
        match argument.required("type", "argument-type", faults) {
            Some("positional") => judge_positional(&argument, faults),
            Some("named") => judge_named(&argument, faults),
            Some(other) => faults.error(
                &argument.at("type"),
                "argument-type",
                format!("is `{other}`, must be positional or named"),
            ),
            None => {}
        }
        names.extend(argument.string("name", &mut Faults::default()));
        names.extend(argument.string("valueHint", faults));
    }
    names
}

fn judge_positional(argument: &Object<'_>, faults: &mut Faults) {
    let says = |name: &str| argument.value(name).is_some_and(|value| value.as_str() != Some(""));
    if !says("value") && !says("valueHint") {
        faults.error(
            &argument.at,
            "argument-positional-value",
            "a positional argument needs `value`, or `valueHint` that says what is asked for",
        );
    }
}

fn judge_named(argument: &Object<'_>, faults: &mut Faults) {
    let Some(name) = argument.required("name", "argument-name-missing", faults) else { return };
    if let Some(found) = name.chars().find(|c| "<>$ ".contains(*c)) {
        faults.error(
            &argument.at("name"),
            "argument-name",
            format!("has {found:?}; it is the flag alone, as in `--port`"),
        );
    }
    for member in ["value", "default"] {
        let value = argument.value(member).and_then(Value::as_str);
        if value.is_some_and(|value| value.starts_with(name)) {
            faults.error(
                &argument.at(member),
                "argument-value-repeats-name",
                format!("starts with `{name}`, which stands before it anyway"),
            );
        }
    }
}
