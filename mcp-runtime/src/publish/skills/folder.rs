//! Skills as they are on disk.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::frontmatter;
use crate::ListedResource;

/// How many files of a skill every client takes.
const MAX_FILES: usize = 512;
/// How many bytes the files of a skill may have together, so that every client takes them.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// How deep folders are looked into.
const MAX_DEPTH: usize = 32;

/// All skills below a folder.
#[derive(Debug, Default)]
pub(super) struct Folder {
    pub(super) skills: Vec<Skill>,
    pub(super) files: Vec<File>,
}

#[derive(Debug)]
pub(super) struct Skill {
    /// That of its `SKILL.md`.
    pub(super) uri: String,
    /// What lists say of it.
    pub(super) entry: Value,
}

#[derive(Debug)]
pub(super) struct File {
    pub(super) uri: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) mime_type: &'static str,
    pub(super) bytes: Vec<u8>,
}

impl File {
    pub(super) fn size(&self) -> u64 {
        self.bytes.len() as u64
    }
}

impl Folder {
    /// Reads all skills, and tells what is wrong with them.
    pub(super) fn read(root: &Path) -> (Self, Vec<String>) {
        let mut faults = Vec::new();
        let mut paths = BTreeMap::new();
        if let Err(error) = walk(root, &mut Vec::new(), &mut paths) {
            faults.push(format!("the skills of `{}` cannot be read: {error}", root.display()));
        }
        let mut folder = Self::default();
        for (path, file) in &paths {
            let Some(skill) = path.strip_suffix("SKILL.md") else { continue };
            let Some(skill) = skill.strip_suffix('/') else {
                faults.push(format!(
                    "`{}` is a skill itself: give the folder above it",
                    root.display()
                ));
                continue;
            };
            match read_skill(skill, file) {
                Ok(frontmatter) => folder.add(skill, frontmatter, &paths, &mut faults),
                Err(fault) => faults.push(format!("skill `{skill}`: {fault}")),
            }
        }
        (folder, faults)
    }

    fn add(
        &mut self,
        skill: &str,
        frontmatter: Map<String, Value>,
        paths: &BTreeMap<String, PathBuf>,
        faults: &mut Vec<String>,
    ) {
        let below = format!("{skill}/");
        let own: Vec<_> = paths.iter().filter(|(path, _)| path.starts_with(&below)).collect();
        let size = |path: &PathBuf| fs::metadata(path).map_or(0, |it| it.len());
        let total = own.iter().map(|(_, path)| size(path)).sum::<u64>();
        if own.len() > MAX_FILES || total > MAX_BYTES {
            faults.push(format!(
                "skill `{skill}` has {} files with {total} bytes; clients take {MAX_FILES} and \
                 {MAX_BYTES}",
                own.len()
            ));
            return;
        }
        let mut resources = Vec::new();
        for (path, place) in own {
            let bytes = match fs::read(place) {
                Ok(bytes) => bytes,
                Err(error) => {
                    faults.push(format!("`{}` cannot be read: {error}", place.display()));
                    continue;
                }
            };
            let uri = uri_of(path);
            resources.push(json!({
                "uri": uri,
                "digest": format!("sha256:{}", hex(&Sha256::digest(&bytes))),
                "size": bytes.len(),
            }));
            let name = path.rsplit('/').next().unwrap_or(path);
            let text = |key: &str| frontmatter[key].as_str().unwrap_or_default().to_owned();
            let is_skill = *path == format!("{below}SKILL.md");
            let file = File {
                name: if is_skill { text("name") } else { name.to_owned() },
                description: is_skill.then(|| text("description")),
                mime_type: media_type(name, &bytes),
                uri,
                bytes,
            };
            // A file of a skill in a skill belongs to both.
            match self.files.iter_mut().find(|known| known.uri == file.uri) {
                Some(known) if is_skill => *known = file,
                Some(_) => {}
                None => self.files.push(file),
            }
        }
        let uri = uri_of(&format!("{below}SKILL.md"));
        let entry = json!({ "uri": uri, "frontmatter": frontmatter, "resources": resources });
        self.skills.push(Skill { uri, entry });
    }

    /// What is in a folder, of what is seen; `None` where there is no such folder.
    pub(super) fn children(
        &self,
        uri: &str,
        sees: impl Fn(&File) -> bool,
    ) -> Option<Vec<ListedResource>> {
        let below = format!("{uri}/");
        let mut children = BTreeMap::new();
        for file in self.files.iter().filter(|file| sees(file)) {
            let Some(rest) = file.uri.strip_prefix(&below) else { continue };
            let child = match rest.split_once('/') {
                Some((folder, _)) => {
                    let name = folder.to_owned();
                    ListedResource::new(format!("{below}{folder}"), name)
                        .with_mime_type("inode/directory")
                }
                None => {
                    let listed = ListedResource::new(file.uri.clone(), file.name.clone())
                        .with_mime_type(file.mime_type)
                        .with_size(file.size());
                    match &file.description {
                        Some(description) => listed.with_description(description.clone()),
                        None => listed,
                    }
                }
            };
            children.insert(rest.split('/').next().unwrap_or(rest).to_owned(), child);
        }
        (!children.is_empty()).then(|| children.into_values().collect())
    }
}

/// Enters the files below a folder by their paths, with slashes. Links are not followed: what they
/// point to may be nothing to publish.
fn walk(
    folder: &Path,
    parts: &mut Vec<String>,
    paths: &mut BTreeMap<String, PathBuf>,
) -> io::Result<()> {
    if parts.len() > MAX_DEPTH {
        return Err(io::Error::other(format!("folders are deeper than {MAX_DEPTH}")));
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name
            .to_str()
            .ok_or_else(|| io::Error::other(format!("the name {name:?} is no Unicode")))?;
        if name.starts_with('.') {
            continue;
        }
        let kind = entry.file_type()?;
        parts.push(name.to_owned());
        if kind.is_dir() {
            walk(&entry.path(), parts, paths)?;
        } else if kind.is_file() {
            paths.insert(parts.join("/"), entry.path());
        }
        parts.pop();
    }
    Ok(())
}

fn read_skill(skill: &str, file: &Path) -> Result<Map<String, Value>, String> {
    let size = fs::metadata(file).map_err(|error| error.to_string())?.len();
    if size > MAX_BYTES {
        return Err(format!("`SKILL.md` has {size} bytes; clients take {MAX_BYTES}"));
    }
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    let frontmatter = frontmatter::parse(&text)?;
    let name = frontmatter.get("name").and_then(Value::as_str).unwrap_or_default();
    if !is_name(name) {
        return Err(format!(
            "the name `{name}` is not of 1 to 64 letters from a to z, digits and single hyphens, \
             with no hyphen at its ends"
        ));
    }
    if skill.rsplit('/').next() != Some(name) {
        return Err(format!("the name `{name}` is not that of the folder"));
    }
    let description = frontmatter.get("description").and_then(Value::as_str).unwrap_or_default();
    if description.trim().is_empty() || description.chars().count() > 1024 {
        return Err("the description has 1 to 1024 characters".to_owned());
    }
    Ok(frontmatter)
}

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--")
}

/// The URI of a path, with what is special in URIs and their templates in percent.
fn uri_of(path: &str) -> String {
    let mut uri = String::from("skill://");
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn media_type(name: &str, bytes: &[u8]) -> &'static str {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending.to_ascii_lowercase().as_str() {
        "md" => "text/markdown",
        "txt" => "text/plain",
        "html" | "htm" => "text/html",
        "css" => "text/css",
        "csv" => "text/csv",
        "json" => "application/json",
        "yaml" | "yml" => "application/yaml",
        "toml" => "application/toml",
        "xml" => "application/xml",
        "js" | "mjs" => "text/javascript",
        "py" => "text/x-python",
        "sh" => "application/x-sh",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "svg" => "image/svg+xml",
        _ if std::str::from_utf8(bytes).is_ok() => "text/plain",
        _ => "application/octet-stream",
    }
}
