//! `cargo mcp inspect`, `call`, `read` and `prompt`.

use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use rmcp::model::{CallToolRequestParams, GetPromptRequestParams, ReadResourceRequestParams};
use serde_json::{Map, Value};

use tokio::signal::ctrl_c;

use crate::{
    asking::Asker,
    cli::{Arguments, Call, Inspect, PromptArguments, Read},
    client::{Client, Running, as_json},
    error::{Error, Result},
    table::{Table, one_line, without_controls},
};

/// The code to exit with when a tool answers with an error.
const TOOL_ERROR: u8 = 3;

/// The code to exit with when Ctrl-C has ended a call: that of a program that the signal ends.
const INTERRUPTED: u8 = 130;

/// The cells of an item.
type Row = fn(&Value) -> [String; 3];

pub(crate) async fn inspect(arguments: &Inspect) -> Result<ExitCode> {
    let client = Client::connect(&arguments.server, Asker::default()).await?;
    let described = client.describe().await?;
    client.close().await;
    if arguments.json {
        return show_json(&described);
    }
    let mut out = io::stdout().lock();
    let server = &described["serverInfo"];
    writeln!(
        out,
        "{} {} (protocol {})",
        text(&server["name"]),
        text(&server["version"]),
        text(&described["protocolVersion"])
    )?;
    if let Some(instructions) = described["instructions"].as_str() {
        writeln!(out, "{}", one_line(instructions))?;
    }
    let sections: [(&str, Row); 4] = [
        ("tools", tool_row),
        ("resources", resource_row),
        ("resourceTemplates", template_row),
        ("prompts", prompt_row),
    ];
    for (key, row) in sections {
        let Some(items) = described[key].as_array().filter(|items| !items.is_empty()) else {
            continue;
        };
        let head = match key {
            "tools" => ["TOOL", "ARGUMENTS", "DESCRIPTION"],
            "resources" => ["RESOURCE", "TYPE", "DESCRIPTION"],
            "resourceTemplates" => ["RESOURCE TEMPLATE", "TYPE", "DESCRIPTION"],
            _ => ["PROMPT", "ARGUMENTS", "DESCRIPTION"],
        };
        let mut table = Table::new(head);
        for item in items {
            let cells = row(item);
            table.row([&cells[0], &cells[1], &cells[2]]);
        }
        writeln!(out, "\n{table}")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn tool_row(tool: &Value) -> [String; 3] {
    let schema = &tool["inputSchema"];
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object();
    let arguments: Vec<String> = properties
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            let kind = schema["type"].as_str().unwrap_or("any");
            let mark = if required.contains(&name.as_str()) { "" } else { "?" };
            format!("{name}{mark}: {kind}")
        })
        .collect();
    [text(&tool["name"]), arguments.join(", "), first_line(tool)]
}

fn resource_row(resource: &Value) -> [String; 3] {
    [text(&resource["uri"]), text(&resource["mimeType"]), first_line(resource)]
}

fn template_row(template: &Value) -> [String; 3] {
    [text(&template["uriTemplate"]), text(&template["mimeType"]), first_line(template)]
}

fn prompt_row(prompt: &Value) -> [String; 3] {
    let arguments: Vec<String> = prompt["arguments"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|argument| {
            let mark = if argument["required"] == true { "" } else { "?" };
            format!("{}{mark}", text(&argument["name"]))
        })
        .collect();
    [text(&prompt["name"]), arguments.join(", "), first_line(prompt)]
}

fn first_line(item: &Value) -> String {
    let description = item["description"].as_str().or(item["name"].as_str()).unwrap_or_default();
    description.lines().next().unwrap_or_default().to_owned()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(crate) async fn call(arguments: &Call) -> Result<ExitCode> {
    let given = parse(&arguments.arguments)?;
    let client = Client::connect(&arguments.server, Asker::new(&arguments.answers)?).await?;
    let request = CallToolRequestParams::new(arguments.tool.clone()).with_arguments(given);
    let running = Running::default();
    let result = tokio::select! {
        result = client.call(request, &running) => Some(result),
        _ = ctrl_c() => None,
    };
    // A task would run on without anybody to look at it.
    if !matches!(result, Some(Ok(_))) {
        tokio::select! {
            // That it cannot be cancelled tells less than why it is.
            _ = client.cancel(&running) => {}
            _ = ctrl_c() => return Ok(ExitCode::from(INTERRUPTED)),
        }
    }
    client.close().await;
    let Some(result) = result.transpose()? else {
        writeln!(io::stderr(), "cancelled")?;
        return Ok(ExitCode::from(INTERRUPTED));
    };
    if arguments.json {
        show_json(&result)?;
    } else {
        show_content(&result["content"])?;
    }
    let is_error = result["isError"] == true;
    Ok(if is_error { ExitCode::from(TOOL_ERROR) } else { ExitCode::SUCCESS })
}

pub(crate) async fn read(arguments: &Read) -> Result<ExitCode> {
    let client = Client::connect(&arguments.server, Asker::new(&arguments.answers)?).await?;
    let request = ReadResourceRequestParams::new(arguments.uri.clone());
    let result = client.wait(client.service.read_resource(request)).await?;
    client.close().await;
    let result = as_json(&result);
    if arguments.json {
        return show_json(&result);
    }
    for contents in result["contents"].as_array().into_iter().flatten() {
        show_resource(contents)?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn prompt(arguments: &PromptArguments) -> Result<ExitCode> {
    let given = parse(&arguments.arguments)?;
    let client = Client::connect(&arguments.server, Asker::new(&arguments.answers)?).await?;
    // Arguments of prompts are strings on the wire.
    let given = given.into_iter().map(|(name, value)| match value {
        Value::String(_) => (name, value),
        other => (name, Value::String(other.to_string())),
    });
    let request =
        GetPromptRequestParams::new(arguments.name.clone()).with_arguments(given.collect());
    let result = client.wait(client.service.get_prompt(request)).await?;
    client.close().await;
    let result = as_json(&result);
    if arguments.json {
        return show_json(&result);
    }
    for message in result["messages"].as_array().into_iter().flatten() {
        writeln!(io::stdout(), "[{}]", text(&message["role"]))?;
        show_content(&Value::Array(vec![message["content"].clone()]))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The arguments of a call.
fn parse(arguments: &Arguments) -> Result<Map<String, Value>> {
    if let Some(text) = &arguments.args {
        return serde_json::from_str(text)
            .map_err(|error| Error::new(format!("`--args` is no JSON object: {error}")));
    }
    let pair = |pair: &String| {
        let (name, value) =
            pair.split_once('=').ok_or_else(|| Error::new(format!("`{pair}` is no NAME=VALUE")))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.into()));
        Ok((name.to_owned(), value))
    };
    arguments.pairs.iter().map(pair).collect()
}

fn show_json(value: &Value) -> Result<ExitCode> {
    writeln!(io::stdout(), "{value:#}")?;
    Ok(ExitCode::SUCCESS)
}

fn show_content(content: &Value) -> Result {
    for block in content.as_array().into_iter().flatten() {
        match block["type"].as_str().unwrap_or_default() {
            "text" => writeln!(io::stdout(), "{}", harmless(&text(&block["text"])))?,
            "resource" => show_resource(&block["resource"])?,
            "resource_link" => writeln!(io::stdout(), "{}", one_line(&text(&block["uri"])))?,
            kind => {
                let length = block["data"].as_str().unwrap_or_default().len() / 4 * 3;
                let media = one_line(&text(&block["mimeType"]));
                writeln!(io::stdout(), "({} of {media}, about {length} bytes)", one_line(kind))?;
            }
        }
    }
    Ok(())
}

fn show_resource(contents: &Value) -> Result {
    let mut out = io::stdout();
    if let Some(shown) = contents["text"].as_str() {
        writeln!(out, "{}", harmless(shown))?;
        return Ok(());
    }
    let bytes = BASE64_STANDARD
        .decode(contents["blob"].as_str().unwrap_or_default())
        .map_err(|error| Error::new(format!("the server sends no base64: {error}")))?;
    if out.is_terminal() {
        writeln!(out, "({} bytes, which a terminal cannot show; redirect them)", bytes.len())?;
    } else {
        out.write_all(&bytes)?;
    }
    Ok(())
}

/// Text without what would steer a terminal. Into a file goes what the server sends.
fn harmless(text: &str) -> String {
    if !io::stdout().is_terminal() {
        return text.to_owned();
    }
    without_controls(text)
}
