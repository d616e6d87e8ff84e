//! How tools, prompts and resources look in lists, in each revision.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    catalog::{Catalog, Page},
    cursor::List,
};
use crate::{
    primitives::{CompiledPrompt, CompiledResource, CompiledTool},
    protocol::{JsonWriter, Revision},
    tasks::TaskPolicy,
};

/// Writes a page of a list, for a client that knows no tasks.
pub(crate) fn page(
    catalog: &Catalog,
    list: List,
    revision: Revision,
    from: usize,
    len: usize,
) -> Page {
    match list {
        List::Tools => write_page(catalog.tools.iter(), from, len, |tool, out| {
            write_tool(tool, out, revision, false);
        }),
        List::Prompts => write_page(catalog.prompts.iter(), from, len, |prompt, out| {
            write_prompt(prompt, out, revision);
        }),
        List::Resources => {
            let fixed = catalog.resources.iter().filter(|it| it.template.is_fixed());
            write_page(fixed, from, len, |resource, out| write_resource(resource, out, revision))
        }
        List::ResourceTemplates => {
            let templates = catalog.resources.iter().filter(|it| !it.template.is_fixed());
            write_page(templates, from, len, |it, out| write_resource(it, out, revision))
        }
    }
}

/// Writes `len` items from position `from`.
pub(crate) fn write_page<T>(
    items: impl Iterator<Item = T>,
    from: usize,
    len: usize,
    write: impl Fn(T, &mut Vec<u8>),
) -> Page {
    let mut out = Vec::new();
    let mut array = JsonWriter::array(&mut out);
    let mut items = items.skip(from);
    for item in items.by_ref().take(len) {
        write(item, array.item());
    }
    array.end();
    Page { items: out.into(), more: items.next().is_some() }
}

pub(crate) fn write_tool(
    tool: &CompiledTool,
    out: &mut Vec<u8>,
    revision: Revision,
    knows_tasks: bool,
) {
    let task = tool.tool.task.as_ref();
    // A handle does not fit it.
    let tells_output = knows_tasks || !task.is_some_and(TaskPolicy::hands_out);
    let definition = &tool.tool.definition;
    let mut object = JsonWriter::object(out);
    object.member("name", &tool.tool.name);
    definition.write_description(&mut object, revision);
    object.member("inputSchema", tool.input.schema());
    let tells_output = tells_output && revision >= Revision::V2025_06_18;
    if let (Some(schema), true) = (&tool.tool.output_schema, tells_output) {
        if tool.wrap_output && !revision.is_stateless() {
            object.member("outputSchema", &wrapped(schema));
        } else {
            object.member("outputSchema", schema);
        }
    }
    if revision >= Revision::V2025_03_26 {
        write_hints(tool, &mut object, revision);
    }
    if let (Some(task), Revision::V2025_11_25) = (task, revision) {
        let support = if task.is_required() { "required" } else { "optional" };
        object.member("execution", &json!({ "taskSupport": support }));
    }
    definition.write_decoration(&mut object, revision);
    object.end();
}

fn write_hints(tool: &CompiledTool, object: &mut JsonWriter<'_>, revision: Revision) {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct ToolAnnotations<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        read_only_hint: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        destructive_hint: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        idempotent_hint: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        open_world_hint: Option<bool>,
    }
    let hints = tool.tool.hints;
    // 2025-03-26 knows a tool's title only here.
    let title = tool.tool.definition.title().filter(|_| revision == Revision::V2025_03_26);
    if title.is_some() || hints != Default::default() {
        object.member(
            "annotations",
            &ToolAnnotations {
                title,
                read_only_hint: hints.read_only,
                destructive_hint: hints.destructive,
                idempotent_hint: hints.idempotent,
                open_world_hint: hints.open_world,
            },
        );
    }
}

/// The schema of a value that is no object, as revisions before 2026-07-28 need it. References to
/// definitions keep their meaning: those stay at the root.
fn wrapped(schema: &Value) -> Value {
    let mut inner = schema.clone();
    let definitions = inner.as_object_mut().and_then(|schema| schema.remove("$defs"));
    let mut outer = json!({
        "type": "object",
        "properties": { "result": inner },
        "required": ["result"],
    });
    if let (Some(definitions), Value::Object(outer)) = (definitions, &mut outer) {
        outer.insert("$defs".into(), definitions);
    }
    outer
}

pub(crate) fn write_prompt(prompt: &CompiledPrompt, out: &mut Vec<u8>, revision: Revision) {
    #[derive(Serialize)]
    struct PromptArgument<'a> {
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<&'a str>,
        required: bool,
    }
    let definition = &prompt.prompt.definition;
    let mut object = JsonWriter::object(out);
    object.member("name", &prompt.prompt.name);
    definition.write_description(&mut object, revision);
    let arguments: Vec<_> = prompt
        .input
        .prompt_arguments()
        .map(|(name, description, required)| PromptArgument { name, description, required })
        .collect();
    if !arguments.is_empty() {
        object.member("arguments", &arguments);
    }
    definition.write_decoration(&mut object, revision);
    object.end();
}

pub(crate) fn write_resource(resource: &CompiledResource, out: &mut Vec<u8>, revision: Revision) {
    let definition = &resource.resource;
    let mut object = JsonWriter::object(out);
    let key = if resource.template.is_fixed() { "uri" } else { "uriTemplate" };
    object.member(key, &definition.uri);
    object.member("name", &definition.name);
    definition.definition.write_description(&mut object, revision);
    object.optional("mimeType", definition.mime_type.as_ref());
    if resource.template.is_fixed() {
        object.optional("size", definition.size.as_ref());
    }
    if let Some(annotations) = &definition.annotations {
        annotations.write(&mut object, revision);
    }
    definition.definition.write_decoration(&mut object, revision);
    object.end();
}
