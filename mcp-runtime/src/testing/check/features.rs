//! Which revision has what: the members that a server may send.

use serde_json::{Map, Value};

use super::Checked;
use crate::protocol::Revision;

/// Something that a server describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Tool,
    Prompt,
    Argument,
    Resource,
    Implementation,
    Contents,
    Content,
    Annotations,
    Capabilities,
}

const B: Revision = Revision::V2025_03_26;
const C: Revision = Revision::V2025_06_18;
const D: Revision = Revision::V2025_11_25;
const E: Revision = Revision::V2026_07_28;

/// The members that not every revision has: the first and the last that do.
const MEMBERS: &[(Kind, &str, Revision, Revision)] = &[
    (Kind::Tool, "annotations", B, E),
    (Kind::Tool, "title", C, E),
    (Kind::Tool, "outputSchema", C, E),
    (Kind::Tool, "_meta", C, E),
    (Kind::Tool, "icons", D, E),
    (Kind::Tool, "execution", D, D),
    (Kind::Prompt, "title", C, E),
    (Kind::Prompt, "_meta", C, E),
    (Kind::Prompt, "icons", D, E),
    (Kind::Argument, "title", C, E),
    (Kind::Resource, "title", C, E),
    (Kind::Resource, "_meta", C, E),
    (Kind::Resource, "icons", D, E),
    (Kind::Implementation, "title", C, E),
    (Kind::Implementation, "icons", D, E),
    (Kind::Implementation, "description", D, E),
    (Kind::Implementation, "websiteUrl", D, E),
    (Kind::Contents, "_meta", C, E),
    (Kind::Content, "_meta", C, E),
    (Kind::Annotations, "lastModified", C, E),
    (Kind::Capabilities, "completions", B, E),
    (Kind::Capabilities, "tasks", D, D),
    (Kind::Capabilities, "extensions", E, E),
];

/// The types of content, from the revision that brought them.
const CONTENT_TYPES: &[(&str, Revision)] = &[
    ("text", Revision::V2024_11_05),
    ("image", Revision::V2024_11_05),
    ("resource", Revision::V2024_11_05),
    ("audio", B),
    ("resource_link", C),
];

/// Checks that an object has no member that the revision does not know of.
pub(super) fn members(kind: Kind, object: &Value, revision: Revision) -> Checked {
    let Some(object) = object.as_object() else {
        return Err(format!("a thing of kind {kind:?} is no object"));
    };
    for (_, name, first, last) in MEMBERS.iter().filter(|it| it.0 == kind) {
        if object.contains_key(*name) && !(*first..=*last).contains(&revision) {
            return Err(format!("{revision} has no `{name}` in a thing of kind {kind:?}"));
        }
    }
    match object.get("annotations") {
        Some(annotations) if kind != Kind::Tool => {
            members(Kind::Annotations, annotations, revision)
        }
        _ => Ok(()),
    }
}

/// Checks a content of a tool's result or a prompt.
pub(super) fn content(content: &Value, revision: Revision) -> Checked {
    members(Kind::Content, content, revision)?;
    let kind = text(content, "type")?;
    let Some((_, first)) = CONTENT_TYPES.iter().find(|(name, _)| *name == kind) else {
        return Err(format!("there are no contents of the type `{kind}`"));
    };
    if revision < *first {
        return Err(format!("{revision} has no contents of the type `{kind}`"));
    }
    match kind {
        "text" => text(content, "text").map(drop),
        "image" | "audio" => text(content, "data").and(text(content, "mimeType")).map(drop),
        "resource" => contents(content.get("resource").unwrap_or(&Value::Null), revision),
        _ => text(content, "uri").and(text(content, "name")).map(drop),
    }
}

/// Checks the contents of a resource.
pub(super) fn contents(contents: &Value, revision: Revision) -> Checked {
    members(Kind::Contents, contents, revision)?;
    text(contents, "uri")?;
    match (contents.get("text"), contents.get("blob")) {
        (Some(Value::String(_)), None) | (None, Some(Value::String(_))) => Ok(()),
        _ => Err("the contents of a resource have either `text` or `blob`, a string".into()),
    }
}

/// A member that has to be a string.
pub(super) fn text<'v>(value: &'v Value, name: &str) -> Checked<&'v str> {
    value.get(name).and_then(Value::as_str).ok_or_else(|| format!("`{name}` is no string"))
}

/// A member that has to be an array.
pub(super) fn array<'v>(object: &'v Map<String, Value>, name: &str) -> Checked<&'v [Value]> {
    let array = object.get(name).and_then(Value::as_array);
    array.map(Vec::as_slice).ok_or_else(|| format!("`{name}` is no array"))
}
