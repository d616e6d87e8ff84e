//! Names, links and paths.

use std::sync::LazyLock;

use regex_lite::Regex;
use url::Url;

use super::reader::{Faults, Place};

fn matches(pattern: &'static LazyLock<Regex>, text: &str) -> bool {
    pattern.is_match(text)
}

/// Judges the name of a server, `namespace/name`.
pub(super) fn judge_name(name: &str, at: &Place, faults: &mut Faults) {
    static NAMESPACE: LazyLock<Regex> =
        LazyLock::new(|| regex(r"^[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9]$"));
    static OWN: LazyLock<Regex> =
        LazyLock::new(|| regex(r"^[a-zA-Z0-9][a-zA-Z0-9._-]*[a-zA-Z0-9]$"));

    let length = name.chars().count();
    if !(3..=200).contains(&length) {
        faults.error(at, "name-length", format!("has {length} characters; 3 to 200 are allowed"));
    }
    let parts: Vec<&str> = name.split('/').collect();
    let [namespace, own] = parts[..] else {
        faults.error(
            at,
            "name-slash",
            format!(
                "has {} slashes; it is `namespace/name`, as in `io.github.user/weather`",
                parts.len() - 1
            ),
        );
        return;
    };
    if !matches(&NAMESPACE, namespace) {
        faults.error(
            at,
            "name-namespace",
            format!("the namespace `{namespace}` must be at least two letters, digits, dots or hyphens, with a letter or digit at both ends"),
        );
    }
    if !matches(&OWN, own) {
        faults.error(
            at,
            "name-own",
            format!("the name `{own}` must be at least two letters, digits, dots, underscores or hyphens, with a letter or digit at both ends"),
        );
    }
}

pub(super) fn judge_length(
    text: &str,
    allowed: std::ops::RangeInclusive<usize>,
    at: &Place,
    rule: &'static str,
    faults: &mut Faults,
) {
    let length = text.chars().count();
    if !allowed.contains(&length) {
        let (least, most) = allowed.into_inner();
        faults.error(at, rule, format!("has {length} characters; {least} to {most} are allowed"));
    }
}

/// Judges a link that a user follows: absolute, https and without what ends an HTML attribute.
pub(super) fn judge_link(link: &str, at: &Place, faults: &mut Faults) {
    match link.chars().find(|c| "\"'<> ".contains(*c)) {
        Some(found) => forbid_character(found, at, faults),
        None => judge_https(link, at, faults),
    }
}

/// Judges an address that a client fetches: absolute and https.
pub(super) fn judge_https(link: &str, at: &Place, faults: &mut Faults) {
    if let Some(found) = link.chars().find(char::is_ascii_control) {
        forbid_character(found, at, faults);
        return;
    }
    match Url::parse(link) {
        Ok(url) if url.scheme() == "https" => {}
        Ok(url) => {
            let scheme = url.scheme();
            faults.error(at, "link-scheme", format!("has the scheme `{scheme}`; it must be https"));
        }
        Err(error) => {
            faults.error(at, "link-absolute", format!("`{link}` is no absolute URL: {error}"));
        }
    }
}

fn forbid_character(found: char, at: &Place, faults: &mut Faults) {
    faults.error(at, "link-character", format!("has {found:?}; encode it in percent"));
}

/// Judges the address of a repository by the service that hosts it.
pub(super) fn judge_repository(source: &str, url: &str, at: &Place, faults: &mut Faults) {
    static GITHUB: LazyLock<Regex> =
        LazyLock::new(|| regex(r"^https?://(www\.)?github\.com/[\w.-]+/[\w.-]+/?$"));
    static GITLAB: LazyLock<Regex> =
        LazyLock::new(|| regex(r"^https?://(www\.)?gitlab\.com/[\w.-]+(/[\w.-]+)+/?$"));

    let sound = match source {
        "github" => matches(&GITHUB, url),
        "gitlab" => matches(&GITLAB, url),
        other => {
            faults.error(
                &at.member("source"),
                "repository-source",
                format!("is `{other}`; the registry knows github and gitlab"),
            );
            return;
        }
    };
    if !sound {
        faults.error(
            &at.member("url"),
            "repository-url",
            format!("`{url}` is no repository of {source}, as in https://{source}.com/owner/name"),
        );
    }
}

/// Judges the folder of a server in its repository: relative and clean.
pub(super) fn judge_subfolder(path: &str, at: &Place, faults: &mut Faults) {
    let clean = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    if !path.split('/').all(clean) {
        faults.error(
            at,
            "repository-subfolder",
            format!("`{path}` is no clean relative path, as in `servers/weather`"),
        );
    }
}

pub(super) fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a sound pattern")
}
