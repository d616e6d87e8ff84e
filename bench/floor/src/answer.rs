//! From a request to the bytes of its answer, for both transports.

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json, value::RawValue};

use crate::wire::{
    CallResult, Content, ListResult, Params, Request, Response, ResultMeta, ServerInfo, Tool,
};

const SERVER: ServerInfo = ServerInfo { name: "floor", version: env!("CARGO_PKG_VERSION") };

#[derive(Deserialize)]
struct EchoArguments {
    text: String,
}

#[derive(Deserialize)]
struct AddArguments {
    a: f64,
    b: f64,
}

#[derive(Deserialize)]
struct ReportArguments {
    n: u32,
}

/// The answer to a request; `None` for a notification.
pub(crate) fn answer(request: &Request<'_>, tools: &[Tool]) -> anyhow::Result<Option<Vec<u8>>> {
    let Some(id) = request.id else {
        return Ok(None);
    };
    let params: Params<'_> = match request.params {
        Some(params) => serde_json::from_str(params.get()).context("params")?,
        None => Params::default(),
    };
    let modern = params.meta.as_ref().is_some_and(|meta| meta.protocol_version.is_some());
    let bytes = match &*request.method {
        "tools/call" => call(id, &params, modern)?,
        "tools/list" => encode(
            id,
            ListResult {
                tools,
                ttl_ms: modern.then_some(0),
                cache_scope: modern.then_some("public"),
                result_type: modern.then_some("complete"),
                meta: modern.then_some(ResultMeta { server_info: SERVER }),
            },
        )?,
        "initialize" => encode(
            id,
            json!({"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": SERVER}),
        )?,
        method => bail!("unexpected method {method}"),
    };
    Ok(Some(bytes))
}

fn call(id: &RawValue, params: &Params<'_>, modern: bool) -> anyhow::Result<Vec<u8>> {
    let arguments = params.arguments.context("tools/call without arguments")?.get();
    match &*params.name {
        "echo" => {
            let EchoArguments { text } = serde_json::from_str(arguments)?;
            encode(id, result::<()>(&text, None, modern))
        }
        "add" => {
            let AddArguments { a, b } = serde_json::from_str(arguments)?;
            structured(id, &bench_tools::add(a, b), modern)
        }
        "report" => {
            let ReportArguments { n } = serde_json::from_str(arguments)?;
            structured(id, &bench_tools::report(n), modern)
        }
        name => bail!("unexpected tool {name}"),
    }
}

fn structured<T: Serialize>(id: &RawValue, value: &T, modern: bool) -> anyhow::Result<Vec<u8>> {
    let text = serde_json::to_string(value)?;
    encode(id, result(&text, Some(value), modern))
}

fn result<'a, T>(
    text: &'a str,
    structured_content: Option<&'a T>,
    modern: bool,
) -> CallResult<'a, T> {
    CallResult {
        content: [Content { r#type: "text", text }],
        structured_content,
        is_error: false,
        result_type: modern.then_some("complete"),
        meta: modern.then_some(ResultMeta { server_info: SERVER }),
    }
}

fn encode(id: &RawValue, result: impl Serialize) -> anyhow::Result<Vec<u8>> {
    Ok(serde_json::to_vec(&Response { jsonrpc: "2.0", id, result })?)
}

/// The table of tools. Schemas are kept as text, since nothing in them changes.
pub(crate) fn tools() -> anyhow::Result<Vec<Tool>> {
    let number = |about: &str| json!({"type": "number", "format": "double", "description": about});
    let rows = json!({"type": "integer", "format": "uint32", "minimum": 0, "description": "How many rows."});
    let mut tools = vec![
        tool("echo", "Return the given text.", text_parameter(), None)?,
        tool(
            "add",
            "Add two numbers.",
            json!({"a": number("First addend."), "b": number("Second addend.")}),
            Some(json!({"sum": number("The sum of both addends.")})),
        )?,
        tool(
            "report",
            "Report on n accounts.",
            json!({"n": rows}),
            Some(json!({"title": {"type": "string"}, "count": rows, "rows": {"type": "array"}})),
        )?,
    ];
    for index in 0..bench_tools::filler_tools() {
        let name = bench_tools::filler_name(index);
        let description = bench_tools::filler_description(index);
        tools.push(tool(&name, &description, text_parameter(), None)?);
    }
    Ok(tools)
}

fn text_parameter() -> Value {
    json!({"text": {"type": "string", "description": "What to return."}})
}

fn tool(
    name: &str,
    description: &str,
    input: Value,
    output: Option<Value>,
) -> anyhow::Result<Tool> {
    Ok(Tool {
        name: name.to_owned(),
        description: description.to_owned(),
        input_schema: schema(&input)?,
        output_schema: output.as_ref().map(schema).transpose()?,
    })
}

fn schema(properties: &Value) -> anyhow::Result<Box<RawValue>> {
    let required: Vec<_> = properties.as_object().into_iter().flat_map(Map::keys).collect();
    Ok(serde_json::value::to_raw_value(&json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "required": required,
    }))?)
}
