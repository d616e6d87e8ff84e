//! The official JSON schemas.

use std::{collections::HashMap, env, fs, path::PathBuf};

use jsonschema::Validator;
use mcp_runtime::protocol::Revision;
use serde_json::{Value, json};

/// Names the directory that holds `<revision>.json` of each revision.
const DIRECTORY: &str = "MCP_SCHEMAS";

/// The definitions of one revision, closed: a member that the revision does not have is a fault.
pub struct Schemas {
    dialect: Value,
    /// `definitions` or `$defs`.
    key: &'static str,
    definitions: Value,
    compiled: HashMap<String, Validator>,
}

impl Schemas {
    /// Loads the schemas of a revision; `None`, and a line that says so, without the directory.
    pub fn load(revision: Revision) -> Option<Self> {
        let mut schemas = Self::read(&format!("{revision}.json"))?;
        close(&mut schemas.definitions);
        Some(schemas)
    }

    /// The same for the extension that has tasks. It completes the definitions of 2026-07-28, so that
    /// they are not closed.
    pub fn load_tasks() -> Option<Self> {
        Self::read("../tasks/ext-tasks-draft.json")
    }

    fn read(name: &str) -> Option<Self> {
        let Some(directory) = env::var_os(DIRECTORY) else {
            println!("skipped: {DIRECTORY} does not name the directory of the official schemas");
            return None;
        };
        let path = PathBuf::from(directory).join(name);
        let text = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
        let mut schema: Value = serde_json::from_str(&text).expect("a schema is JSON");
        let key = if schema.get("$defs").is_some() { "$defs" } else { "definitions" };
        let definitions = schema[key].take();
        Some(Self { dialect: schema["$schema"].take(), key, definitions, compiled: HashMap::new() })
    }

    /// What is wrong with `value` as a `definition`.
    pub fn faults(&mut self, definition: &str, value: &Value) -> Vec<String> {
        let validator = self.compiled.entry(definition.to_owned()).or_insert_with(|| {
            let schema = json!({
                "$schema": self.dialect,
                "allOf": [{ "$ref": format!("#/{}/{definition}", self.key) }],
                self.key: self.definitions,
            });
            jsonschema::validator_for(&schema)
                .unwrap_or_else(|error| panic!("`{definition}` cannot be compiled: {error}"))
        });
        validator
            .iter_errors(value)
            .map(|error| format!("{definition} at `{}`: {error}", error.instance_path()))
            .collect()
    }
}

/// What holds things that the protocol does not name.
const OPEN: [&str; 5] = ["_meta", "inputSchema", "outputSchema", "structuredContent", "data"];

/// Forbids the members that a definition does not name.
fn close(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                // The parts of an `allOf` complete each other, and metadata is open by its nature.
                if name != "allOf" && !name.ends_with("MetaObject") && !OPEN.contains(&&**name) {
                    close(member);
                }
            }
            let names_members = members.get("properties").is_some_and(Value::is_object);
            if names_members && members.get("type") == Some(&json!("object")) {
                members.entry("additionalProperties").or_insert(json!(false));
            }
        }
        _ => {}
    }
}
