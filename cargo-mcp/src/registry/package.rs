//! Packages, by the registry that keeps them.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::Value;
use url::Url;

use super::{
    reader::{Faults, Object, Place},
    text::{judge_length, regex},
    transport::{judge_arguments, judge_key_values, judge_local},
    version,
};

const MEMBERS: [&str; 10] = [
    "registryType",
    "registryBaseUrl",
    "identifier",
    "version",
    "fileSha256",
    "runtimeHint",
    "transport",
    "runtimeArguments",
    "packageArguments",
    "environmentVariables",
];

/// Judges a package of the server `server_name`.
pub(super) fn judge(value: &Value, at: Place, server_name: Option<&str>, faults: &mut Faults) {
    let Some(package) = Object::read(value, at, &MEMBERS, faults) else { return };

    let identifier = package.required("identifier", "package-identifier", faults);
    if identifier.is_some_and(|identifier| identifier.contains(' ')) {
        faults.error(&package.at("identifier"), "package-identifier", "has a space");
    }
    if let Some(found) = package.string("version", faults) {
        let at = package.at("version");
        judge_length(found, 1..=255, &at, "package-version", faults);
        version::judge(found, &at, faults);
    }
    if let Some(hash) = package.string("fileSha256", faults)
        && !(hash.len() == 64 && hash.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')))
    {
        faults.error(
            &package.at("fileSha256"),
            "package-hash",
            "must be 64 digits from 0 to 9 and a to f",
        );
    }
    package.string("runtimeHint", faults);
    let mut variables = judge_key_values(&package, "environmentVariables", faults);
    variables.extend(judge_arguments(&package, "runtimeArguments", faults));
    variables.extend(judge_arguments(&package, "packageArguments", faults));
    if package.value("runtimeArguments").is_some() && package.value("runtimeHint").is_none() {
        faults.warning(
            &package.at("runtimeHint"),
            "package-runtime-hint",
            "is missing; `runtimeArguments` are for the runtime that it names",
        );
    }
    match package.value("transport") {
        Some(transport) => judge_local(transport, package.at("transport"), &variables, faults),
        None => faults.error(&package.at("transport"), "package-transport", "is missing"),
    }

    let Some(kind) = package.required("registryType", "package-registry", faults) else { return };
    match (kind, identifier) {
        ("oci", Some(image)) => judge_oci(&package, image, faults),
        ("mcpb", Some(download)) => judge_mcpb(&package, download, faults),
        ("cargo", Some(name)) => {
            judge_kept(&package, kind, faults);
            judge_cargo(&package, name, faults);
        }
        ("go", Some(module)) => {
            judge_kept(&package, kind, faults);
            judge_go(module, server_name, &package.at("identifier"), faults);
        }
        ("npm" | "pypi" | "nuget", Some(_)) => judge_kept(&package, kind, faults),
        ("oci" | "mcpb" | "cargo" | "go" | "npm" | "pypi" | "nuget", None) => {}
        _ => faults.error(
            &package.at("registryType"),
            "package-registry",
            format!("is `{kind}`, must be one of cargo, go, mcpb, npm, nuget, oci, pypi"),
        ),
    }
}

/// The only `registryBaseUrl` that the official registry takes for a type.
pub(super) fn base_url(kind: &str) -> String {
    let (labels, path): (&[&str], _) = match kind {
        "cargo" => (&["crates", "io"], ""),
        "npm" => (&["registry", "npmjs", "org"], ""),
        "pypi" => (&["pypi", "org"], ""),
        "nuget" => (&["api", "nuget", "org"], "/v3/index.json"),
        _ => (&["proxy", "golang", "org"], ""),
    };
    format!("https://{}{path}", labels.join("."))
}

/// Judges a package that a public registry keeps by name and version.
fn judge_kept(package: &Object<'_>, kind: &str, faults: &mut Faults) {
    if package.value("version").is_none() {
        faults.error(
            &package.at("version"),
            "package-version",
            format!("is missing; packages of {kind} have one"),
        );
    }
    forbid(package, "fileSha256", "package-hash-forbidden", "only mcpb packages have one", faults);
    let Some(base) = package.string("registryBaseUrl", faults) else { return };
    let only = base_url(kind);
    if base != only {
        faults.error(
            &package.at("registryBaseUrl"),
            "package-base-url",
            format!("is `{base}`; for {kind} it is {only}, or left out"),
        );
    }
}

fn judge_cargo(package: &Object<'_>, name: &str, faults: &mut Faults) {
    static NAME: LazyLock<Regex> = LazyLock::new(|| regex("^[a-zA-Z][a-zA-Z0-9_-]{0,63}$"));
    if !NAME.is_match(name) {
        faults.error(
            &package.at("identifier"),
            "package-crate-name",
            format!("`{name}` is no name of a crate"),
        );
    }
    if package.value("runtimeHint").is_some() {
        faults.warning(
            &package.at("runtimeHint"),
            "package-runtime-hint",
            "leave it out: what `cargo install` has installed is started by its name",
        );
    }
}

/// A module belongs to the owner of the GitHub namespace that its path names.
fn judge_go(module: &str, server_name: Option<&str>, at: &Place, faults: &mut Faults) {
    let Some((namespace, _)) = server_name.and_then(|name| name.split_once('/')) else { return };
    let Some(owner) = namespace.strip_prefix("io.github.") else {
        faults.error(at, "package-owner", "packages of go are for `io.github.*` servers only");
        return;
    };
    let module_owner = module
        .get(.."github.com/".len())
        .filter(|host| host.eq_ignore_ascii_case("github.com/"))
        .and_then(|host| module[host.len()..].split('/').next());
    if !module_owner.is_some_and(|found| found.eq_ignore_ascii_case(owner)) {
        faults.error(
            at,
            "package-owner",
            format!("the module must be below github.com/{owner}, as the server's name is"),
        );
    }
}

fn judge_oci(package: &Object<'_>, image: &str, faults: &mut Faults) {
    for (member, why) in [
        ("registryBaseUrl", "the identifier begins with the registry"),
        ("version", "the identifier ends with the tag"),
        ("fileSha256", "an image is known by its digest"),
    ] {
        forbid(package, member, "package-oci-member", why, faults);
    }
    let at = package.at("identifier");
    let reference = match OciReference::parse(image) {
        Ok(reference) => reference,
        Err(message) => {
            faults.error(&at, "package-oci-reference", message);
            return;
        }
    };
    if !reference.is_on_public_registry() {
        faults.error(
            &at,
            "package-oci-registry",
            format!("the registry takes no images of `{}`", reference.registry),
        );
    }
    if !reference.is_versioned {
        faults.warning(
            &at,
            "package-oci-tag",
            "has neither tag nor digest, as in `ghcr.io/owner/image:1.0.0`; it is read as `latest`",
        );
    }
}

struct OciReference<'a> {
    registry: &'a str,
    is_versioned: bool,
}

impl<'a> OciReference<'a> {
    fn parse(image: &'a str) -> Result<Self, String> {
        static NAME: LazyLock<Regex> = LazyLock::new(|| {
            regex(r"^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$")
        });
        static TAG: LazyLock<Regex> = LazyLock::new(|| regex(r"^\w[\w.-]{0,127}$"));
        static DIGEST: LazyLock<Regex> = LazyLock::new(|| regex("^sha256:[a-fA-F0-9]{64}$"));

        let (rest, digest) = match image.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (image, None),
        };
        if let Some(digest) = digest
            && !DIGEST.is_match(digest)
        {
            return Err(format!("`{digest}` is no digest, as in `sha256:` and 64 digits"));
        }
        // A colon before a slash is that of a port.
        let (path, tag) = match rest.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
            _ => (rest, None),
        };
        if tag.is_some_and(|tag| !TAG.is_match(tag)) {
            return Err("its tag has a character that tags do not have".into());
        }
        let (registry, name) = match path.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => {
                (first, rest)
            }
            _ => ("docker.io", path),
        };
        if !NAME.is_match(name) {
            return Err(format!("`{name}` is no name of an image"));
        }
        Ok(Self { registry, is_versioned: tag.is_some() || digest.is_some() })
    }

    fn is_on_public_registry(&self) -> bool {
        const HOSTS: [&str; 6] = [
            "docker.io",
            "index.docker.io",
            "registry-1.docker.io",
            "ghcr.io",
            "quay.io",
            "mcr.microsoft.com",
        ];
        HOSTS.contains(&self.registry)
            || [".pkg.dev", ".azurecr.io"].iter().any(|domain| self.registry.ends_with(domain))
    }
}

fn judge_mcpb(package: &Object<'_>, download: &str, faults: &mut Faults) {
    let why = "the identifier is the whole URL";
    forbid(package, "registryBaseUrl", "package-mcpb-member", why, faults);
    if package.value("fileSha256").is_none() {
        faults.error(
            &package.at("fileSha256"),
            "package-hash-missing",
            "is missing; clients check the download with it (`sha256sum FILE`)",
        );
    }
    let at = package.at("identifier");
    if !download.to_ascii_lowercase().contains("mcp") {
        faults.error(&at, "package-mcpb-name", "must have `mcp` somewhere, as in its ending");
    }
    if !is_release_download(download) {
        faults.error(
            &at,
            "package-mcpb-url",
            "must be the https download of a GitHub or GitLab release, as in \
             https://github.com/owner/name/releases/download/v1.0.0/name.mcpb",
        );
    }
}

fn is_release_download(download: &str) -> bool {
    static GITHUB: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"^/[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,37}[a-zA-Z0-9])?/[\w.-]+/releases/download/[^/]+/[^/]+$",
        )
    });
    static GITLAB: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"^/[\w.-]+(?:/[\w.-]+)*/-/(?:releases/[^/]+/downloads/[^/]+|package_files/\d+/download)$",
        )
    });
    let Ok(url) = Url::parse(download) else { return false };
    let path = url.path();
    url.scheme() == "https"
        && url.port().is_none()
        && match url.host_str() {
            Some("github.com" | "www.github.com") => GITHUB.is_match(path),
            Some("gitlab.com" | "www.gitlab.com") => GITLAB.is_match(path),
            _ => false,
        }
}

fn forbid(package: &Object<'_>, member: &str, rule: &'static str, why: &str, faults: &mut Faults) {
    if package.value(member).is_some() {
        faults.error(&package.at(member), rule, format!("must be left out: {why}"));
    }
}
