use serde_json::{Map, Value};

use super::{
    Checked,
    features::{Kind, array, content, contents, members, text},
};
use crate::protocol::{Revision, keys};

/// What only results of 2026-07-28 have.
const MODERN_MEMBERS: [&str; 5] =
    ["resultType", "ttlMs", "cacheScope", "inputRequests", "requestState"];

/// The methods whose results a client of 2026-07-28 may keep (server/utilities/caching).
const CACHEABLE: [&str; 6] = [
    "server/discover",
    "tools/list",
    "prompts/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
];

/// Checks the result of a method.
pub(in crate::testing) fn check_result(
    method: &str,
    result: &Value,
    revision: Revision,
) -> Checked {
    let Some(members) = result.as_object() else { return Err("`result` is no object".into()) };
    check_envelope(method, members, revision)?;
    if revision.is_stateless() && members.get("resultType") != Some(&"complete".into()) {
        return Ok(());
    }
    check_method(method, members, revision)
}

fn check_envelope(method: &str, result: &Map<String, Value>, revision: Revision) -> Checked {
    let meta = match result.get("_meta") {
        None => None,
        Some(Value::Object(meta)) => Some(meta),
        Some(_) => return Err("`_meta` is no object".into()),
    };
    if !revision.is_stateless() {
        if let Some(name) = MODERN_MEMBERS.iter().find(|name| result.contains_key(**name)) {
            return Err(format!("{revision} has no `{name}` in a result"));
        }
        let key = meta.and_then(|meta| meta.keys().find(|key| keys::is_reserved(key)));
        return key.map_or(Ok(()), |key| Err(format!("{revision} has no `{key}` in `_meta`")));
    }
    let kind = result.get("resultType").and_then(Value::as_str);
    if !matches!(kind, Some("complete" | "input_required" | "task")) {
        return Err("`resultType` is missing or unknown".into());
    }
    if let Some(info) = meta.and_then(|meta| meta.get(keys::SERVER_INFO)) {
        implementation(info, revision)?;
    }
    if kind == Some("input_required") {
        if !matches!(method, "tools/call" | "prompts/get" | "resources/read") {
            return Err(format!("`{method}` cannot ask for input"));
        }
        let asks = result.get("inputRequests").and_then(Value::as_object);
        if asks.is_none_or(Map::is_empty) && !result.contains_key("requestState") {
            return Err("`inputRequests` and `requestState` are both missing".into());
        }
        if result.contains_key("ttlMs") || result.contains_key("cacheScope") {
            return Err("what asks for input is kept by nobody".into());
        }
    }
    if CACHEABLE.contains(&method) && kind == Some("complete") {
        if !result.get("ttlMs").is_some_and(Value::is_u64) {
            return Err("`ttlMs` is missing, or no count of milliseconds".into());
        }
        if !matches!(result.get("cacheScope").and_then(Value::as_str), Some("public" | "private")) {
            return Err("`cacheScope` is neither \"public\" nor \"private\"".into());
        }
    }
    Ok(())
}

fn check_method(method: &str, result: &Map<String, Value>, revision: Revision) -> Checked {
    match method {
        "initialize" => initialized(result, revision),
        "server/discover" => discovered(result, revision),
        "tools/list" => each(result, "tools", |tool| {
            text(tool, "name")?;
            if tool.pointer("/inputSchema/type") != Some(&"object".into()) {
                return Err("`inputSchema` is not of the type `object`".into());
            }
            let output = tool.get("outputSchema");
            if output.is_some_and(|schema| !revision.is_stateless() && schema["type"] != "object") {
                return Err(format!(
                    "{revision} has no `outputSchema` of another type than `object`"
                ));
            }
            members(Kind::Tool, tool, revision)
        }),
        "prompts/list" => each(result, "prompts", |prompt| {
            text(prompt, "name")?;
            for argument in prompt.get("arguments").and_then(Value::as_array).into_iter().flatten()
            {
                text(argument, "name")?;
                members(Kind::Argument, argument, revision)?;
            }
            members(Kind::Prompt, prompt, revision)
        }),
        "resources/list" => each(result, "resources", |resource| {
            text(resource, "uri").and(text(resource, "name"))?;
            members(Kind::Resource, resource, revision)
        }),
        "resources/templates/list" => each(result, "resourceTemplates", |template| {
            text(template, "uriTemplate").and(text(template, "name"))?;
            members(Kind::Resource, template, revision)
        }),
        "tools/call" if result.contains_key("task") => created(result, revision),
        "tools/call" | "tasks/result" => called(result, revision),
        "tasks/get" => task(&Value::Object(result.clone()), revision),
        "tasks/list" => each(result, "tasks", |it| task(it, revision)),
        "resources/read" => each(result, "contents", |item| contents(item, revision)),
        "prompts/get" => each(result, "messages", |message| {
            if !matches!(text(message, "role")?, "user" | "assistant") {
                return Err("`role` is neither \"user\" nor \"assistant\"".into());
            }
            content(message.get("content").unwrap_or(&Value::Null), revision)
        }),
        "completion/complete" => {
            let completion = result.get("completion").and_then(Value::as_object);
            let values = array(completion.ok_or("`completion` is no object")?, "values")?;
            if values.len() > 100 || !values.iter().all(Value::is_string) {
                return Err("`values` has more than 100 values, or one that is no string".into());
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn each(result: &Map<String, Value>, name: &str, check: impl Fn(&Value) -> Checked) -> Checked {
    if !matches!(result.get("nextCursor"), None | Some(Value::String(_))) {
        return Err("`nextCursor` is no string".into());
    }
    array(result, name)?
        .iter()
        .try_for_each(|item| check(item).map_err(|fault| format!("`{name}`: {fault}")))
}

fn implementation(info: &Value, revision: Revision) -> Checked {
    text(info, "name").and(text(info, "version"))?;
    members(Kind::Implementation, info, revision)
}

fn initialized(result: &Map<String, Value>, revision: Revision) -> Checked {
    let version = result.get("protocolVersion").and_then(Value::as_str);
    if version.and_then(Revision::parse).is_none_or(Revision::is_stateless) {
        return Err("`protocolVersion` is no revision with sessions".into());
    }
    members(Kind::Capabilities, result.get("capabilities").unwrap_or(&Value::Null), revision)?;
    implementation(result.get("serverInfo").unwrap_or(&Value::Null), revision)
}

fn discovered(result: &Map<String, Value>, revision: Revision) -> Checked {
    let versions = array(result, "supportedVersions")?;
    if !versions.contains(&revision.as_str().into()) {
        return Err("`supportedVersions` lacks the version that was spoken".into());
    }
    members(Kind::Capabilities, result.get("capabilities").unwrap_or(&Value::Null), revision)
}

/// The answer to a call of 2025-11-25 that has become a task.
fn created(result: &Map<String, Value>, revision: Revision) -> Checked {
    if revision != Revision::V2025_11_25 {
        return Err(format!("{revision} has no `task` in a result"));
    }
    task(&result["task"], revision)
}

fn task(task: &Value, revision: Revision) -> Checked {
    for name in ["taskId", "createdAt", "lastUpdatedAt"] {
        text(task, name)?;
    }
    let status = text(task, "status")?;
    if !["working", "input_required", "completed", "failed", "cancelled"].contains(&status) {
        return Err(format!("`status` is `{status}`"));
    }
    let ttl = if revision.is_stateless() { "ttlMs" } else { "ttl" };
    if !task.get(ttl).is_some_and(|ttl| ttl.is_u64() || ttl.is_null()) {
        return Err(format!("`{ttl}` is neither a count of milliseconds nor null"));
    }
    if !revision.is_stateless() {
        return Ok(());
    }
    for (member, of) in
        [("result", "completed"), ("error", "failed"), ("inputRequests", "input_required")]
    {
        if task.get(member).is_some() != (status == of) {
            return Err(format!("`{member}` belongs to a task that is {of}, and to it alone"));
        }
    }
    Ok(())
}

fn called(result: &Map<String, Value>, revision: Revision) -> Checked {
    each(result, "content", |item| content(item, revision))?;
    if !matches!(result.get("isError"), None | Some(Value::Bool(_))) {
        return Err("`isError` is neither true nor false".into());
    }
    match result.get("structuredContent") {
        Some(_) if revision < Revision::V2025_06_18 => {
            Err(format!("{revision} has no `structuredContent`"))
        }
        Some(value) if !revision.is_stateless() && !value.is_object() => {
            Err(format!("{revision} has no `structuredContent` that is no object"))
        }
        _ => Ok(()),
    }
}
