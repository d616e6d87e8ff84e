use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::{Value, json};

use crate::{Item, Server};

/// A folder that is there until this is dropped.
struct Temporary(PathBuf);

impl Temporary {
    fn with(files: &[(&str, &[u8])]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("mcp-runtime-skills-{}-{number}", std::process::id());
        let root = std::env::temp_dir().join(name);
        for (path, bytes) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, bytes).expect("a file");
        }
        Self(root)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const REFUNDS: &[u8] = b"---\nname: refunds\ndescription: Refund a customer.\nlicense: MIT\n\
metadata:\n  version: \"2.1\"\n  stable: true\nlevel: 3\n---\n\n# Refunds\n";
const NESTED: &[u8] = b"---\r\nname: big\r\ndescription: >-\r\n  Large\r\n  refunds.\r\n---\r\n";

fn skills() -> Temporary {
    Temporary::with(&[
        ("acme/refunds/SKILL.md", REFUNDS),
        ("acme/refunds/examples/a letter {1}.md", b"Dear customer"),
        ("acme/refunds/examples/logo.png", b"\x89PNG"),
        ("acme/refunds/big/SKILL.md", NESTED),
        ("acme/refunds/.hidden", b"secret"),
        ("README.md", b"not a skill"),
    ])
}

#[cfg(feature = "testing")]
fn client(server: Server) -> crate::testing::TestClient {
    crate::testing::TestClient::new(server).expect("it can be built")
}

#[cfg(feature = "testing")]
async fn ask(server: Server, method: &str, params: Value) -> Value {
    client(server).request(method, params).await.expect("an answer")
}

#[cfg(feature = "testing")]
#[tokio::test]
async fn skills_are_listed_with_all_their_files() {
    let folder = skills();
    let server = Server::new("support", "1.0.0").skills(folder.path());
    let list = ask(server, "skills/list", json!({})).await;
    assert_eq!((&list["ttlMs"], &list["cacheScope"]), (&json!(0), &json!("public")));
    let listed = list["skills"].as_array().expect("skills");
    let uris: Vec<_> = listed.iter().map(|it| it["uri"].as_str().expect("a URI")).collect();
    assert_eq!(uris, ["skill://acme/refunds/SKILL.md", "skill://acme/refunds/big/SKILL.md"]);
    let refunds = listed.iter().find(|it| it["frontmatter"]["name"] == "refunds").expect("one");
    assert_eq!(
        refunds["frontmatter"],
        json!({
            "name": "refunds",
            "description": "Refund a customer.",
            "license": "MIT",
            "metadata": { "version": "2.1", "stable": true },
            "level": 3,
        })
    );
    let files = refunds["resources"].as_array().expect("files");
    let uris: Vec<_> = files.iter().map(|it| it["uri"].as_str().expect("a URI")).collect();
    assert_eq!(
        uris,
        [
            "skill://acme/refunds/SKILL.md",
            "skill://acme/refunds/big/SKILL.md",
            "skill://acme/refunds/examples/a%20letter%20%7B1%7D.md",
            "skill://acme/refunds/examples/logo.png",
        ]
    );
    assert_eq!(files[2]["size"], 13);
    assert_eq!(
        files[2]["digest"],
        "sha256:a721d791f600743c55777631d66ef23af6471f6eac51ca0d42b34dbeec7384ed"
    );
}

#[cfg(feature = "testing")]
#[tokio::test]
async fn one_skill_is_got_by_its_uri() {
    let folder = skills();
    let server = || Server::new("support", "1.0.0").skills(folder.path());
    let uri = "skill://acme/refunds/big/SKILL.md";
    let got = ask(server(), "skills/get", json!({ "uri": uri })).await;
    assert_eq!(
        got["skill"]["frontmatter"],
        json!({ "name": "big", "description": "Large refunds." })
    );
    for unknown in ["skill://acme/refunds", "skill://none/SKILL.md"] {
        let error =
            client(server()).request::<Value>("skills/get", json!({ "uri": unknown })).await;
        let code = error.expect_err("it is unknown").code();
        assert_eq!(code, Some(crate::protocol::ErrorCode::INVALID_PARAMS));
    }
}

#[cfg(feature = "testing")]
#[tokio::test]
async fn directories_are_read_level_by_level() {
    let folder = skills();
    let server = || Server::new("support", "1.0.0").skills(folder.path());
    let uri = "skill://acme/refunds";
    let read = ask(server(), "resources/directory/read", json!({ "uri": uri })).await;
    let children: Vec<_> = read["resources"]
        .as_array()
        .expect("children")
        .iter()
        .map(|it| (it["name"].as_str().expect("a name"), it["mimeType"].as_str().expect("a type")))
        .collect();
    assert_eq!(
        children,
        [("refunds", "text/markdown"), ("big", "inode/directory"), ("examples", "inode/directory")]
    );
    for other in ["skill://acme/refunds/SKILL.md", "skill://none", "skill://acme/refunds/"] {
        let asked =
            client(server()).request::<Value>("resources/directory/read", json!({ "uri": other }));
        assert!(asked.await.is_err(), "{other}");
    }
}

#[cfg(feature = "testing")]
#[tokio::test]
async fn files_are_resources() {
    let folder = skills();
    let client = client(Server::new("support", "1.0.0").skills(folder.path()));
    let text = client.read("skill://acme/refunds/SKILL.md").await.expect("it is there").text();
    assert_eq!(text.as_bytes(), REFUNDS);
    let logo = client.read("skill://acme/refunds/examples/logo.png").await.expect("it is there");
    assert_eq!(logo.bytes(), b"\x89PNG");
    assert!(client.read("skill://acme/refunds/.hidden").await.is_err());
}

#[cfg(feature = "testing")]
#[tokio::test]
async fn what_a_caller_must_not_see_is_in_no_list() {
    let folder = skills();
    let server = Server::new("support", "1.0.0")
        .skills(folder.path())
        .visible(|_, item| !matches!(item, Item::Resource(uri) if uri.contains("/big/")));
    let client = client(server);
    let list = client.request::<Value>("skills/list", json!({})).await.expect("an answer");
    assert_eq!(list["skills"].as_array().map(Vec::len), Some(1));
    assert_eq!(list["cacheScope"], "private");
    let big = json!({ "uri": "skill://acme/refunds/big/SKILL.md" });
    assert!(client.request::<Value>("skills/get", big).await.is_err());
    let big = json!({ "uri": "skill://acme/refunds/big" });
    assert!(client.request::<Value>("resources/directory/read", big).await.is_err());
}

#[track_caller]
fn refuses(files: &[(&str, &[u8])], told: &str) {
    let folder = Temporary::with(files);
    let error = Server::new("support", "1.0.0").skills(folder.path()).build();
    let error = error.expect_err("it is wrong").to_string();
    assert!(error.contains(told), "{error}");
}

#[test]
fn wrong_skills_are_told_when_the_server_is_built() {
    refuses(&[("a/SKILL.md", b"# A")], "skill `a`: `SKILL.md` does not begin with frontmatter");
    refuses(&[("a/SKILL.md", b"---\nname: a\n")], "does not begin with frontmatter");
    refuses(&[("a/SKILL.md", b"---\nname: [\n---\n")], "is no YAML");
    refuses(&[("a/SKILL.md", b"---\n- a\n---\n")], "is no mapping");
    refuses(&[("a/SKILL.md", b"---\n1: a\n---\n")], "a key that is no string");
    refuses(&[("a/SKILL.md", b"---\nname: b\ndescription: x\n---\n")], "not that of the folder");
    refuses(&[("A/SKILL.md", b"---\nname: A\ndescription: x\n---\n")], "the name `A` is not of");
    refuses(&[("a--b/SKILL.md", b"---\nname: a--b\ndescription: x\n---\n")], "is not of 1 to 64");
    refuses(&[("a/SKILL.md", b"---\nname: a\n---\n")], "the description has 1 to 1024");
    refuses(&[("SKILL.md", b"---\nname: a\ndescription: x\n---\n")], "is a skill itself");
    let missing = Server::new("support", "1.0.0").skills("/no/such/folder").build();
    assert!(missing.expect_err("it is missing").to_string().contains("cannot be read"));
}

#[test]
fn a_skill_that_clients_need_not_take_is_refused() {
    const GOOD: &[u8] = b"---\nname: a\ndescription: x\n---\n";
    let large = vec![b'x'; 16 * 1024 * 1024];
    refuses(&[("a/SKILL.md", GOOD), ("a/large", &large)], "clients take 512 and 16777216");
    let names: Vec<String> = (0..512).map(|number| format!("a/{number}")).collect();
    let mut files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), GOOD)).collect();
    files.push(("a/SKILL.md", GOOD));
    refuses(&files, "has 513 files");
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    let folder = skills();
    let secret = folder.path().join("README.md");
    std::os::unix::fs::symlink(secret, folder.path().join("acme/refunds/link.md")).expect("a link");
    let server = Server::new("support", "1.0.0").skills(folder.path()).build().expect("it is good");
    let described: Value = server.describe();
    let resources = described["resources"].as_array().expect("resources");
    assert!(resources.iter().all(|it| !it["uri"].as_str().is_some_and(|it| it.contains("link"))));
    assert_eq!(resources.len(), 4);
}
