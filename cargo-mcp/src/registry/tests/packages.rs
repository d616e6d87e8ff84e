//! Packages by their registries: REG-4 to REG-9.

use serde_json::{Value, json};

use super::{base_url, breaks, breaks_schema, npm, passes, with, with_package};
use crate::registry::{Severity, judge};

const HASH: &str = "fe333e598595000ae021bd27117db32ec69af6987f507ba7a63c90638ff633ce";

/// A package on stdio.
fn package(kind: &str, identifier: &str, more: Value) -> Value {
    let mut package = json!({
        "registryType": kind,
        "identifier": identifier,
        "transport": { "type": "stdio" },
    });
    super::merge(&mut package, more);
    package
}

fn versioned(kind: &str, identifier: &str) -> Value {
    package(kind, identifier, json!({ "version": "1.7.2" }))
}

#[test]
fn a_package_has_a_registry_an_identifier_and_a_transport() {
    passes(&with_package(npm(json!({}))));
    breaks_schema(
        &with_package(json!({})),
        &[
            "packages[0].identifier package-identifier",
            "packages[0].transport package-transport",
            "packages[0].registryType package-registry",
        ],
    );
    breaks(
        &with_package(npm(json!({ "identifier": "test package" }))),
        &["packages[0].identifier package-identifier"],
    );
    breaks_schema(&with("packages", json!({})), &["packages wrong-type"]);
    breaks_schema(&with_package(json!("npm")), &["packages[0] wrong-type"]);
}

#[test]
fn of_several_packages_the_wrong_one_is_named() {
    let packages = json!([npm(json!({})), package("pypi", "a b", json!({ "version": "1" }))]);
    breaks(&with("packages", packages), &["packages[1].identifier package-identifier"]);
}

#[test]
fn the_version_of_a_package_is_concrete() {
    for version in ["1.2.3-alpha.1", "snapshot", "2021.03.15"] {
        passes(&with_package(npm(json!({ "version": version }))));
    }
    for (version, rule) in [("latest", "version-is-latest"), (">=1.2.3", "version-is-range")] {
        breaks(
            &with_package(npm(json!({ "version": version }))),
            &[&format!("packages[0].version {rule}")],
        );
    }
    breaks_schema(
        &with_package(npm(json!({ "version": "" }))),
        &["packages[0].version package-version"],
    );
    passes(&with_package(npm(json!({ "version": "1".repeat(255) }))));
    breaks(
        &with_package(npm(json!({ "version": "1".repeat(256) }))),
        &["packages[0].version package-version"],
    );
}

#[test]
fn registries_are_known_by_their_type() {
    for kind in ["npm", "pypi", "nuget", "cargo"] {
        passes(&with_package(versioned(kind, "weather-mcp")));
        let based = json!({ "version": "1.7.2", "registryBaseUrl": base_url(kind) });
        passes(&with_package(package(kind, "weather-mcp", based)));
    }
    for kind in ["maven", "gem", "unknown", "docker", "github", "NPM"] {
        breaks(
            &with_package(versioned(kind, "weather")),
            &["packages[0].registryType package-registry"],
        );
    }
    breaks(&with_package(versioned("", "weather")), &["packages[0].registryType package-registry"]);
}

#[test]
fn a_registry_and_its_address_belong_together() {
    for (kind, other) in [("nuget", "npm"), ("cargo", "pypi"), ("npm", "cargo")] {
        let based = json!({ "version": "1.0.2", "registryBaseUrl": base_url(other) });
        breaks(
            &with_package(package(kind, "weather", based)),
            &["packages[0].registryBaseUrl package-base-url"],
        );
    }
    let host = base_url("nuget").replace("/v3/index.json", "");
    let based = json!({ "version": "1.0.2", "registryBaseUrl": host });
    breaks(
        &with_package(package("nuget", "weather", based)),
        &["packages[0].registryBaseUrl package-base-url"],
    );
    let mirror = npm(json!({ "registryBaseUrl": "https://mirror.example.com" }));
    breaks(&with_package(mirror), &["packages[0].registryBaseUrl package-base-url"]);
}

#[test]
fn packages_that_a_registry_keeps_have_a_version_and_no_hash() {
    for kind in ["npm", "pypi", "nuget", "cargo"] {
        breaks(
            &with_package(package(kind, "weather", json!({}))),
            &["packages[0].version package-version"],
        );
        let hashed = package(kind, "weather", json!({ "version": "1.0.0", "fileSha256": HASH }));
        breaks(&with_package(hashed), &["packages[0].fileSha256 package-hash-forbidden"]);
    }
}

#[test]
fn a_crate_has_the_name_of_a_crate_and_no_runtime() {
    breaks(
        &with_package(versioned("cargo", "@user/weather")),
        &["packages[0].identifier package-crate-name"],
    );
    let hinted = package("cargo", "weather", json!({ "version": "1.0.0", "runtimeHint": "cargo" }));
    let document = with_package(hinted);
    breaks(&document, &["packages[0].runtimeHint package-runtime-hint"]);
    assert_eq!(judge(&document)[0].severity, Severity::Warning);
}

#[test]
fn a_go_module_is_below_the_owner_of_the_name() {
    passes(&with_package(versioned("go", "github.com/User/weather")));
    for module in ["github.com/other/weather", "example.com/user/weather", "github.com"] {
        breaks(&with_package(versioned("go", module)), &["packages[0].identifier package-owner"]);
    }
    let mut document = with_package(versioned("go", "github.com/user/weather"));
    document["name"] = json!("com.example/weather");
    breaks(&document, &["packages[0].identifier package-owner"]);
}

#[test]
fn an_image_is_one_whole_reference() {
    let digest = format!("sha256:{HASH}");
    for image in [
        "docker.io/mcp/filesystem:1.0.2",
        "owner/weather:1.7.2",
        "weather:1",
        "ghcr.io/owner/team/weather:v1.0.0",
        "quay.io/owner/weather:1.0.0",
        "us-docker.pkg.dev/project/repo/weather:1.0.0",
        "owner.azurecr.io/weather:1.0.0",
        "mcr.microsoft.com/weather:1.0.0",
        &format!("ghcr.io/owner/weather@{digest}"),
        &format!("ghcr.io/owner/weather:1.0.0@{digest}"),
    ] {
        passes(&with_package(package("oci", image, json!({}))));
    }
    for image in [
        "ghcr.io/owner/weather@sha256:abc",
        "ghcr.io/Owner/weather:1.0.0",
        "ghcr.io//weather:1.0.0",
        "ghcr.io/owner/weather:-1",
    ] {
        breaks(
            &with_package(package("oci", image, json!({}))),
            &["packages[0].identifier package-oci-reference"],
        );
    }
    for image in ["gcr.io/owner/weather:1.0.0", "localhost:5000/weather:1.0.0", "pkg.dev/a/b:1"] {
        breaks(
            &with_package(package("oci", image, json!({}))),
            &["packages[0].identifier package-oci-registry"],
        );
    }
}

#[test]
fn an_image_without_tag_is_the_latest() {
    for image in ["ghcr.io/owner/weather", "owner/weather"] {
        let document = with_package(package("oci", image, json!({})));
        breaks(&document, &["packages[0].identifier package-oci-tag"]);
        assert_eq!(judge(&document)[0].severity, Severity::Warning);
    }
}

#[test]
fn an_image_has_no_version_address_or_hash_of_its_own() {
    let more = json!({
        "registryBaseUrl": "https://docker.io",
        "version": "1.0.2",
        "fileSha256": HASH,
    });
    breaks(
        &with_package(package("oci", "docker.io/mcp/filesystem:1.0.2", more)),
        &[
            "packages[0].registryBaseUrl package-oci-member",
            "packages[0].version package-oci-member",
            "packages[0].fileSha256 package-oci-member",
        ],
    );
}

#[test]
fn a_bundle_is_a_download_of_a_release_with_its_hash() {
    let bundle = |url: &str| package("mcpb", url, json!({ "fileSha256": HASH }));
    for url in [
        "https://github.com/owner/weather/releases/download/v1.7.2/weather.mcpb",
        "https://www.github.com/owner/weather-mcp/releases/download/v1/weather.zip",
        "https://gitlab.com/group/sub/weather/-/releases/v1.31.0/downloads/weather-mcp.tar.gz",
        "https://gitlab.com/owner/weather-mcp/-/package_files/17/download",
    ] {
        passes(&with_package(bundle(url)));
    }
    for url in [
        "http://github.com/owner/weather/releases/download/v1/weather.mcpb",
        "https://example.com/weather.mcpb",
        "https://github.com:8443/owner/weather/releases/download/v1/weather.mcpb",
        "https://github.com/owner/weather/raw/main/weather.mcpb",
        "https://github.com/owner/weather/releases/download/v1/a/weather.mcpb",
        "https://gitlab.com/owner/weather/raw/weather.mcpb",
        "weather.mcpb",
    ] {
        breaks(&with_package(bundle(url)), &["packages[0].identifier package-mcpb-url"]);
    }
    breaks(
        &with_package(bundle("https://github.com/owner/weather/releases/download/v1/weather.zip")),
        &["packages[0].identifier package-mcpb-name"],
    );
}

#[test]
fn a_bundle_without_hash_cannot_be_checked() {
    let url = "https://github.com/owner/weather/releases/download/v1.7.2/weather.mcpb";
    breaks(
        &with_package(package("mcpb", url, json!({}))),
        &["packages[0].fileSha256 package-hash-missing"],
    );
    for hash in [&HASH[1..], &HASH.to_uppercase()] {
        breaks_schema(
            &with_package(package("mcpb", url, json!({ "fileSha256": hash }))),
            &["packages[0].fileSha256 package-hash"],
        );
    }
}

#[test]
fn a_bundle_may_have_a_version_and_has_no_registry() {
    let url = "https://github.com/owner/weather/releases/download/v1.7.2/weather.mcpb";
    let versioned = json!({ "fileSha256": HASH, "version": "1.7.2" });
    passes(&with_package(package("mcpb", url, versioned)));
    let based = json!({ "fileSha256": HASH, "registryBaseUrl": "https://github.com" });
    breaks(
        &with_package(package("mcpb", url, based)),
        &["packages[0].registryBaseUrl package-mcpb-member"],
    );
}
