//! The document itself: REG-1, REG-2, REG-3, REG-12.

use serde_json::{Value, json};

use super::{breaks, breaks_schema, minimal, npm, passes, with, with_package};
use crate::registry::{CURRENT_SCHEMA, Severity, judge, judge_text};

#[test]
fn the_smallest_document_passes() {
    passes(&minimal());
}

#[test]
fn all_members_together_pass() {
    let mut document = with_package(npm(json!({ "runtimeHint": "npx" })));
    super::merge(
        &mut document,
        json!({
            "title": "Weather",
            "websiteUrl": "https://example.com/docs?q=hello%20world&r=a%22b",
            "repository": {
                "url": "https://github.com/user/servers",
                "source": "github",
                "id": "b94b5f7e",
                "subfolder": "src/weather",
            },
            "icons": [{
                "src": "https://example.com/icon.png",
                "mimeType": "image/png",
                "sizes": ["48x48", "any"],
                "theme": "dark",
            }],
            "remotes": [{ "type": "streamable-http", "url": "https://example.com/mcp" }],
            "_meta": {
                "io.modelcontextprotocol.registry/publisher-provided": { "tool": "ci", "build": 7 },
            },
        }),
    );
    passes(&document);
}

#[test]
fn text_that_is_no_json_is_told_with_its_place() {
    let faults = judge_text("{ \"name\": }");
    assert_eq!((faults[0].rule, faults.len()), ("json", 1));
    assert!(faults[0].message.contains("line 1 column 11"), "{}", faults[0]);
    assert_eq!(judge_text(&format!("\u{feff}{}", minimal())), []);
    breaks_schema(&json!([]), &[" wrong-type"]);
}

#[test]
fn all_faults_are_told_at_once() {
    let document = json!({
        "name": "weather",
        "description": "x".repeat(101),
        "version": "latest",
        "packages": [npm(json!({ "version": "1.x" })), { "registryType": "npm" }],
    });
    breaks(
        &document,
        &[
            "$schema schema-missing",
            "name name-slash",
            "description description-length",
            "version version-is-latest",
            "packages[0].version version-is-range",
            "packages[1].identifier package-identifier",
            "packages[1].transport package-transport",
        ],
    );
}

#[test]
fn a_fault_says_where_it_is_which_rule_is_broken_and_how_to_mend_it() {
    let fault = &judge(&with_package(npm(json!({ "version": "^1.2.3" }))))[0];
    assert_eq!(
        fault.to_string(),
        "error: packages[0].version: `^1.2.3` is a range to the registry; name a single version [version-is-range]"
    );
}

#[test]
fn the_schema_is_one_that_the_registry_knows() {
    breaks(&with("$schema", Value::Null), &["$schema schema-missing"]);
    let dated = |date| json!(CURRENT_SCHEMA.replace("2025-12-11", date));
    breaks(&with("$schema", dated("2025-01-27")), &["$schema schema-unknown"]);
    breaks(&with("$schema", json!("2025-12-11")), &["$schema schema-unknown"]);
    breaks(&with("$schema", dated("2025-08-26")), &["$schema schema-unknown"]);
    for date in ["2025-07-09", "2025-09-29", "2025-10-17"] {
        let document = with("$schema", dated(date));
        breaks(&document, &["$schema schema-older"]);
        assert_eq!(judge(&document)[0].severity, Severity::Warning);
    }
}

#[test]
fn names_in_snake_case_are_those_of_older_schemas() {
    let document = with_package(json!({
        "registry_type": "npm",
        "identifier": "weather",
        "transport": { "type": "stdio" },
    }));
    breaks(
        &document,
        &["packages[0].registry_type unknown-member", "packages[0].registryType package-registry"],
    );
    assert!(judge(&document)[0].message.contains("it is called `registryType`"));
    breaks(&with("status", json!("active")), &["status unknown-member"]);
    breaks(
        &with("version_detail", json!({ "version": "1.0.0" })),
        &["version_detail unknown-member"],
    );
}

#[test]
fn a_name_has_a_namespace_and_a_name() {
    for name in ["com.example/my-server", "io.github.user/weather", "com.a-b.c/d_e.f-1", "a1/b2"] {
        passes(&with("name", json!(name)));
    }
    breaks_schema(&with("name", Value::Null), &["name name-missing"]);
    breaks(&with("name", json!("")), &["name name-missing"]);
    breaks_schema(&with("name", json!(7)), &["name wrong-type"]);
    for name in
        ["no-namespace", "com.example.server", "com.example/server/path", "a.b//c", "a.b/c/"]
    {
        breaks_schema(&with("name", json!(name)), &["name name-slash"]);
    }
    breaks_schema(&with("name", json!("/server")), &["name name-namespace"]);
    breaks_schema(&with("name", json!("com.example/")), &["name name-own"]);
    breaks(&with("name", json!("-com.example/server")), &["name name-namespace"]);
    breaks(&with("name", json!("com.example./server")), &["name name-namespace"]);
    breaks(&with("name", json!("com.example/server_")), &["name name-own"]);
    breaks_schema(&with("name", json!("com_example/server")), &["name name-namespace"]);
    breaks_schema(&with("name", json!("com.example/my server")), &["name name-own"]);
    passes(&with("name", json!(format!("com.example/{}", "x".repeat(188)))));
    breaks_schema(
        &with("name", json!(format!("com.example/{}", "x".repeat(189)))),
        &["name name-length"],
    );
}

#[test]
fn title_and_description_have_their_length() {
    passes(&with("title", json!("x".repeat(100))));
    breaks_schema(&with("title", json!("x".repeat(101))), &["title title-length"]);
    breaks_schema(&with("title", json!("")), &["title title-length"]);
    breaks(&with("title", json!("   ")), &["title title-blank"]);
    passes(&with("description", json!("ü".repeat(100))));
    breaks_schema(
        &with("description", json!("ü".repeat(101))),
        &["description description-length"],
    );
    breaks_schema(&with("description", json!("")), &["description description-length"]);
    breaks_schema(&with("description", Value::Null), &["description description-length"]);
}

#[test]
fn a_version_is_one_concrete_version() {
    for version in ["1.0.0", "0.4.0-beta", "1.0.0+build.5", "1.2.3-alpha.1"] {
        passes(&with("version", json!(version)));
    }
    for version in ["2021.03.15", "snapshot", "snapshot - 2025.09", "v1.2", "1.0"] {
        let document = with("version", json!(version));
        breaks(&document, &["version version-not-semantic"]);
        assert_eq!(judge(&document)[0].severity, Severity::Warning);
    }
    for version in [
        "^1.2.3",
        "~1.2.3",
        ">=1.2.3",
        ">= 1.2.3",
        "<2.0",
        "=1.0.0",
        "1.x",
        "1.2.*",
        "1.X",
        "x.1",
        "1.2.3 - 2.0.0",
        "1.2 || 1.3",
        "^v1",
        // The registry takes any `x` behind numbers for a wildcard.
        "1.0.0-next.1",
    ] {
        breaks(&with("version", json!(version)), &["version version-is-range"]);
    }
    breaks(&with("version", json!("latest")), &["version version-is-latest"]);
    breaks_schema(&with("version", Value::Null), &["version version-missing"]);
    breaks(&with("version", json!("")), &["version version-missing"]);
    let long = format!("1.0.0-{}", "y".repeat(250));
    breaks_schema(&with("version", json!(long)), &["version version-length"]);
}

#[test]
fn a_website_is_reached_by_https() {
    passes(&with("websiteUrl", json!("https://different.com/docs")));
    for (link, rule) in [
        ("example.com/docs", "link-absolute"),
        ("http://example.com/docs", "link-scheme"),
        ("ftp://example.com/docs", "link-scheme"),
        ("ht tp://example.com/docs", "link-character"),
        ("https://example.com/\"oops", "link-character"),
        ("https://example.com/it's", "link-character"),
        ("https://example.com/<x>", "link-character"),
        ("https://example.com/has space", "link-character"),
        ("https://example.com/has\nnewline", "link-character"),
    ] {
        breaks(&with("websiteUrl", json!(link)), &[&format!("websiteUrl {rule}")]);
    }
}

#[test]
fn a_repository_is_on_github_or_gitlab() {
    let repository =
        |source: &str, url: &str| with("repository", json!({ "source": source, "url": url }));
    for (source, url) in [
        ("github", "https://github.com/owner/repo"),
        ("github", "https://www.github.com/owner/re.po/"),
        ("gitlab", "https://gitlab.com/group/repo"),
        ("gitlab", "https://gitlab.com/group/subgroup/repo"),
    ] {
        passes(&repository(source, url));
    }
    for (source, url) in [
        ("github", "https://github.com/owner"),
        ("github", "https://gitlab.com/owner/repo"),
        ("github", "https://github.com/owner/repo/tree/main"),
        ("gitlab", "https://gitlab.com"),
    ] {
        breaks(&repository(source, url), &["repository.url repository-url"]);
    }
    breaks(
        &repository("bitbucket", "https://bitbucket.org/owner/repo"),
        &["repository.source repository-source"],
    );
    breaks_schema(
        &with("repository", json!({})),
        &["repository.url repository-url", "repository.source repository-source"],
    );
}

#[test]
fn a_subfolder_is_a_clean_relative_path() {
    let below = |path: &str| {
        let url = "https://github.com/owner/repo";
        with("repository", json!({ "source": "github", "url": url, "subfolder": path }))
    };
    passes(&below("servers/my-server_1.0"));
    for path in ["../up", "/absolute", "servers/", "a b", "a//b", "./a"] {
        breaks(&below(path), &["repository.subfolder repository-subfolder"]);
    }
}

#[test]
fn icons_have_sources_types_sizes_and_themes() {
    let icon = |icon: Value| with("icons", json!([icon]));
    passes(&icon(json!({ "src": "https://example.com/i.svg", "mimeType": "image/svg+xml" })));
    passes(&icon(json!({ "src": "https://example.com/it's.png" })));
    breaks_schema(&icon(json!({})), &["icons[0].src icon-src"]);
    for (src, rule) in [
        ("https://example.com/i\n.png", "link-character"),
        ("http://example.com/i.png", "link-scheme"),
        ("data:image/png;base64,AAAA", "link-scheme"),
        ("/i.png", "link-absolute"),
    ] {
        breaks(&icon(json!({ "src": src })), &[&format!("icons[0].src {rule}")]);
    }
    let long = format!("https://example.com/{}", "x".repeat(236));
    breaks_schema(&icon(json!({ "src": long })), &["icons[0].src icon-src"]);
    breaks_schema(
        &icon(json!({
            "src": "https://example.com/i",
            "mimeType": "image/gif",
            "sizes": ["48x48", "large"],
            "theme": "blue",
        })),
        &[
            "icons[0].mimeType icon-type",
            "icons[0].theme icon-theme",
            "icons[0].sizes[1] icon-size",
        ],
    );
    breaks_schema(&with("icons", json!({})), &["icons wrong-type"]);
}

#[test]
fn metadata_is_the_publishers_and_small() {
    const KEY: &str = "io.modelcontextprotocol.registry/publisher-provided";
    let of_size = |bytes: usize| {
        let text = "x".repeat(bytes - r#"{"a":""}"#.len());
        with("_meta", json!({ KEY: { "a": text } }))
    };
    passes(&of_size(4096));
    breaks(&of_size(4097), &[&format!("_meta[\"{KEY}\"] meta-size")]);
    // The registry counts `<` as six bytes.
    let escaped = with("_meta", json!({ KEY: { "a": "<".repeat(700) } }));
    breaks(&escaped, &[&format!("_meta[\"{KEY}\"] meta-size")]);
    breaks_schema(&with("_meta", json!({ KEY: "x" })), &[&format!("_meta[\"{KEY}\"] wrong-type")]);
    let other = with("_meta", json!({ "com.example": {} }));
    breaks(&other, &["_meta[\"com.example\"] meta-key"]);
    assert_eq!(judge(&other)[0].severity, Severity::Warning);
}
