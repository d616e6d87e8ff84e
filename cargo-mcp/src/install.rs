//! Entries in the configurations of clients, whose files keep their comments and their form.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use jsonc_parser::{
    ParseOptions,
    cst::{CstInputValue, CstObject, CstRootNode},
};
use serde_json::{Map, Value, json};

use crate::{
    error::{Error, Result},
    paths,
};

/// The clients whose configuration is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Client {
    /// Claude Desktop.
    ClaudeDesktop,
    /// Claude Code.
    ClaudeCode,
    /// Cursor.
    Cursor,
    /// Visual Studio Code.
    #[value(name = "vscode")]
    VsCode,
}

/// How a client reaches a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Launch {
    Command { program: String, arguments: Vec<String>, environment: Vec<(String, String)> },
    Url(String),
}

impl Client {
    /// The file of the user, or that of the project in the current folder.
    pub(crate) fn file(self, project: bool) -> Result<PathBuf> {
        Ok(match (self, project) {
            (Self::ClaudeDesktop, false) => {
                paths::configuration()?.join("Claude/claude_desktop_config.json")
            }
            (Self::ClaudeDesktop, true) => {
                return Err(Error::new("Claude Desktop has no configuration of projects"));
            }
            (Self::ClaudeCode, false) => paths::home()?.join(".claude.json"),
            (Self::ClaudeCode, true) => ".mcp.json".into(),
            (Self::Cursor, false) => paths::home()?.join(".cursor/mcp.json"),
            (Self::Cursor, true) => ".cursor/mcp.json".into(),
            (Self::VsCode, false) => paths::configuration()?.join("Code/User/mcp.json"),
            (Self::VsCode, true) => ".vscode/mcp.json".into(),
        })
    }

    /// The member of the file that holds the servers.
    pub(crate) fn servers(self) -> &'static str {
        match self {
            Self::VsCode => "servers",
            Self::ClaudeDesktop | Self::ClaudeCode | Self::Cursor => "mcpServers",
        }
    }

    /// What the file says of a server.
    pub(crate) fn entry(self, launch: &Launch) -> Result<Value> {
        let names_type = matches!(self, Self::ClaudeCode | Self::VsCode);
        let mut entry = Map::new();
        match launch {
            Launch::Command { program, arguments, environment } => {
                if names_type {
                    entry.insert("type".into(), json!("stdio"));
                }
                entry.insert("command".into(), json!(program));
                entry.insert("args".into(), json!(arguments));
                if !environment.is_empty() {
                    let pairs =
                        environment.iter().map(|(name, value)| (name.clone(), json!(value)));
                    entry.insert("env".into(), Value::Object(pairs.collect()));
                }
            }
            Launch::Url(_) if self == Self::ClaudeDesktop => {
                return Err(Error::new(
                    "Claude Desktop takes no URL in its file; add it there as a connector",
                ));
            }
            Launch::Url(url) => {
                if names_type {
                    entry.insert("type".into(), json!("http"));
                }
                entry.insert("url".into(), json!(url));
            }
        }
        Ok(Value::Object(entry))
    }
}

/// The text of a configuration.
pub(crate) struct Configuration<'a> {
    /// Empty where there is no file.
    pub(crate) text: &'a str,
    pub(crate) servers: &'static str,
}

impl Configuration<'_> {
    /// The text with an entry, or as it is where it has the entry.
    ///
    /// # Errors
    ///
    /// When the text is no configuration.
    pub(crate) fn with(&self, name: &str, entry: &Value) -> Result<String> {
        let root = self.parse()?;
        let servers = servers_of(&root, self.servers)?.unwrap_or_else(|| {
            root.object_value_or_set().append(self.servers, CstInputValue::Object(Vec::new()));
            root.object_value_or_set().object_value_or_set(self.servers)
        });
        match servers.get(name) {
            Some(found) if found.to_serde_value().as_ref() == Some(entry) => {
                return Ok(self.text.to_owned());
            }
            Some(found) => found.set_value(input(entry)),
            None => {
                servers.append(name, input(entry));
            }
        }
        let mut text = root.to_string();
        if !text.ends_with('\n') && self.text.is_empty() {
            text.push('\n');
        }
        Ok(text)
    }

    /// The entry of this name.
    ///
    /// # Errors
    ///
    /// When the text is no configuration.
    pub(crate) fn entry(&self, name: &str) -> Result<Option<Value>> {
        let servers = servers_of(&self.parse()?, self.servers)?;
        Ok(servers.and_then(|servers| servers.get(name)?.to_serde_value()))
    }

    /// The text without an entry.
    ///
    /// # Errors
    ///
    /// When the text is no configuration.
    pub(crate) fn without(&self, name: &str) -> Result<String> {
        let root = self.parse()?;
        if let Some(entry) = servers_of(&root, self.servers)?.and_then(|it| it.get(name)) {
            entry.remove();
        }
        Ok(root.to_string())
    }

    /// Whether there is nothing but an empty list of servers.
    pub(crate) fn is_bare(&self) -> bool {
        let value = self.parse().ok().and_then(|root| root.to_serde_value());
        value.is_none_or(|value| value == json!({ self.servers: {} }))
    }

    fn parse(&self) -> Result<CstRootNode> {
        // What Visual Studio Code takes, and no more.
        let options = ParseOptions {
            allow_comments: true,
            allow_trailing_commas: true,
            allow_loose_object_property_names: false,
            allow_missing_commas: false,
            allow_single_quoted_strings: false,
            allow_hexadecimal_numbers: false,
            allow_unary_plus_numbers: false,
            allow_bare_decimal_point_numbers: false,
            allow_non_finite_numbers: false,
            allow_extended_string_escapes: false,
        };
        let text = if self.text.trim().is_empty() { "{}" } else { self.text };
        CstRootNode::parse(text, &options)
            .map_err(|error| Error::new(format!("is no JSON, not even with comments: {error}")))
    }
}

fn servers_of(root: &CstRootNode, name: &str) -> Result<Option<CstObject>> {
    let object = root.object_value().ok_or_else(|| Error::new("is no JSON object"))?;
    match object.get(name) {
        None => Ok(None),
        Some(property) => match property.object_value() {
            Some(servers) => Ok(Some(servers)),
            None => Err(Error::new(format!("`{name}` is no object"))),
        },
    }
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(it) => CstInputValue::Bool(*it),
        Value::Number(it) => CstInputValue::Number(it.to_string()),
        Value::String(it) => CstInputValue::String(it.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Value::Object(members) => CstInputValue::Object(
            members.iter().map(|(name, value)| (name.clone(), input(value))).collect(),
        ),
    }
}

/// Where the text of a file is kept before it is changed.
pub(crate) fn backup(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".before-cargo-mcp");
    path.with_file_name(name)
}
