//! The examples of the official registry's repository, where a copy of it is at hand.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::registry::judge_text;

/// Names a directory with a copy of the repository `modelcontextprotocol/registry`.
const SOURCE: &str = "MCP_REGISTRY_SOURCE";

/// The directory, if it is at hand.
#[expect(clippy::print_stdout, reason = "whoever runs the tests should know what they skip")]
fn source() -> Option<PathBuf> {
    let source = env::var_os(SOURCE).map(PathBuf::from);
    if source.is_none() {
        println!("not compared: {SOURCE} names no copy of the official registry's repository");
    }
    source
}

/// All files below a directory with one of these extensions, where there are any.
fn files(directory: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, extensions));
        } else if path.extension().is_some_and(|it| extensions.iter().any(|wanted| it == *wanted)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn errors(document: &str) -> Vec<String> {
    let faults = judge_text(document);
    faults.iter().filter(|it| it.is_error()).map(ToString::to_string).collect()
}

/// The blocks of a document that are a whole `server.json`.
fn examples(text: &str) -> impl Iterator<Item = &str> {
    let blocks = text.split("```json").skip(1);
    let blocks = blocks.filter_map(|rest| {
        let (_, rest) = rest.split_once('\n')?;
        rest.split_once("```").map(|(block, _)| block)
    });
    blocks.filter(|block| {
        serde_json::from_str::<Value>(block)
            .is_ok_and(|it| it["$schema"].as_str().is_some_and(|it| it.contains("server.schema")))
    })
}

#[test]
fn every_example_of_the_official_documentation_passes() {
    let Some(source) = source() else { return };
    let mut judged = 0;
    for path in files(&source.join("docs"), &["md", "mdx"]) {
        for example in examples(&read(&path)) {
            assert_eq!(errors(example), [""; 0], "{}: {example}", path.display());
            judged += 1;
        }
    }
    assert!(judged >= 20, "{judged} examples are not all");
}

#[test]
fn every_server_of_the_official_seed_passes() {
    let Some(source) = source() else { return };
    let seed: Vec<Value> =
        serde_json::from_str(&read(&source.join("data/seed.json"))).expect("JSON");
    assert!(!seed.is_empty());
    for server in seed {
        assert_eq!(errors(&server.to_string()), [""; 0], "{server}");
    }
}
