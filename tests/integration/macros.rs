//! What annotated functions tell clients, and what they are given.

use mcp_runtime::{JsonSchema, Server, prelude::*, protocol::Icon};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::fixture::{Calls, Served, serve_router};

#[derive(Deserialize, Serialize, JsonSchema)]
#[schemars(crate = "mcp_runtime::schemars")]
struct Point {
    /// To the right.
    x: i32,
    #[serde(default)]
    y: i32,
}

/// Book a table.
///
/// * on one day
///   or another
#[mcp_tool(
    title = "Book",
    destructive = false,
    idempotent,
    icon = "https://example.com/a.png",
    icon = Icon::new("data:image/png;base64,").size("48x48"),
    meta("team" = "tables"),
)]
async fn book_table(
    /// The day.
    #[arg(pattern = "^[0-9-]+$")]
    date: String,
    /// How many
    /// people come.
    #[arg(default = 2, range = 1..=20)]
    people: u8,
    #[arg(rename = "type", length = 1..5)] kind: Option<String>,
    _ctx: Context,
) -> String {
    format!("{date} {people} {kind:?}")
}

/// Move a point.
#[mcp_tool]
fn shift(#[arg(flatten)] point: Point, #[arg(default = "right")] to: String) -> Result<Point> {
    match to.as_str() {
        "right" => Ok(Point { x: point.x + 1, ..point }),
        other => Err(Error::new(format!("where is {other}?"))),
    }
}

#[mcp_tool(description = "Given.", name = "other.name")]
async fn described(#[arg(default = "x", description = "Text.")] text: Option<String>) -> String {
    text.unwrap_or_default()
}

/// A page of a book.
#[mcp_resource(
    "books://{isbn}/{page}",
    name = "page",
    mime_type = "text/plain",
    audience = "assistant",
    priority = 0.5
)]
async fn read_page(page: u32, isbn: String) -> String {
    format!("{isbn}, page {page}")
}

struct Library {
    name: String,
}

#[mcp_server(instructions = "Ask for books.")]
impl Library {
    /// Say what it is called.
    #[mcp_tool]
    async fn name(&self, #[arg(default = 1)] times: usize) -> String {
        self.name.repeat(times)
    }

    /// Say how long its name is.
    #[mcp_tool]
    fn count(&self) -> usize {
        self.name.len()
    }

    /// A shelf.
    #[mcp_resource("shelves://{id}")]
    async fn shelf(&self, id: u32) -> Option<String> {
        (id == 1).then(|| self.name.clone())
    }

    /// Ask for a book.
    #[mcp_prompt]
    async fn ask(&self, title: String) -> String {
        format!("Is there {title} in {}?", self.name)
    }
}

async fn serve(server: Server) -> Served {
    let handle = server.build().expect("a sound server");
    let router = handle.router("/mcp");
    serve_router(handle, router, Calls::default()).await
}

async fn functions() -> Served {
    let server = Server::new("functions", "1.0.0")
        .tools(tools![book_table, shift, described])
        .resources(resources![read_page]);
    serve(server).await
}

async fn library() -> Served {
    serve(Server::from(Library { name: "Alexandria".to_owned() })).await
}

/// The members of `value` that `expected` has.
#[track_caller]
fn assert_has(value: &Value, expected: Value) {
    for (key, expected) in expected.as_object().expect("an object") {
        assert_eq!(value.get(key), Some(expected), "{key} of {value:#}");
    }
}

async fn answer(server: &Served, tool: &str, arguments: Value) -> Value {
    let response = server.call(tool, arguments).await.json();
    response["result"]["content"][0]["text"].clone()
}

#[tokio::test]
async fn a_function_is_told_as_it_is_written() {
    let server = functions().await;
    let list = server.modern("tools/list", json!({})).await.json();
    let tools = list["result"]["tools"].as_array().expect("tools");
    assert_has(
        &tools[0],
        json!({
            "name": "book_table",
            "title": "Book",
            "description": "Book a table.\n\n* on one day\n  or another",
            "annotations": { "destructiveHint": false, "idempotentHint": true },
            "icons": [
                { "src": "https://example.com/a.png" },
                { "src": "data:image/png;base64,", "sizes": ["48x48"] },
            ],
            "_meta": { "team": "tables" },
        }),
    );
    let schema = &tools[0]["inputSchema"];
    assert_eq!(schema["required"], json!(["date"]));
    let properties = &schema["properties"];
    assert_eq!(
        properties.as_object().expect("properties").keys().collect::<Vec<_>>(),
        ["date", "people", "type"]
    );
    assert_has(
        &properties["date"],
        json!({ "description": "The day.", "pattern": "^[0-9-]+$", "type": "string" }),
    );
    assert_has(
        &properties["people"],
        json!({ "description": "How many\npeople come.", "default": 2, "minimum": 1, "maximum": 20 }),
    );
    assert_has(&properties["type"], json!({ "minLength": 1, "maxLength": 4 }));

    assert_eq!(tools[1]["inputSchema"]["required"], json!(["x"]));
    assert_eq!(tools[1]["inputSchema"]["properties"]["x"]["description"], "To the right.");
    assert_eq!(tools[1]["inputSchema"]["properties"]["to"]["default"], "right");
    assert_eq!(tools[1]["outputSchema"]["type"], "object");

    assert_has(&tools[2], json!({ "name": "other.name", "description": "Given." }));
    assert_has(
        &tools[2]["inputSchema"]["properties"]["text"],
        json!({ "description": "Text.", "default": "x" }),
    );
}

#[tokio::test]
async fn a_function_is_given_its_arguments_and_defaults() {
    let server = functions().await;
    let answer = async |tool, arguments| answer(&server, tool, arguments).await;
    assert_eq!(answer("book_table", json!({ "date": "1-1" })).await, "1-1 2 None");
    let all = json!({ "type": "bar", "people": 3, "date": "1-1" });
    assert_eq!(answer("book_table", all).await, "1-1 3 Some(\"bar\")");
    assert_eq!(answer("other.name", json!({})).await, "x");
    assert_eq!(answer("other.name", json!({ "text": "y" })).await, "y");
    assert_eq!(answer("shift", json!({ "x": 1, "to": "left" })).await, "where is left?");

    let shifted = server.call("shift", json!({ "x": 1, "y": 5 })).await.json();
    assert_eq!(shifted["result"]["structuredContent"], json!({ "x": 2, "y": 5 }));
}

#[tokio::test]
async fn rules_of_arguments_are_checked_before_the_function_runs() {
    let server = functions().await;
    for (arguments, fault) in [
        (json!({}), "date"),
        (json!({ "date": "today" }), "date"),
        (json!({ "date": "1-1", "people": 21 }), "people"),
        (json!({ "date": "1-1", "type": "lounge" }), "type"),
        (json!({ "date": "1-1", "kind": "bar" }), "kind"),
    ] {
        let response = server.call("book_table", arguments.clone()).await.json();
        assert_eq!(response["result"]["isError"], true, "{arguments}: {response}");
        let text = response["result"]["content"][0]["text"].as_str().expect("a text");
        assert!(text.contains(fault), "{arguments}: {text}");
    }
}

#[tokio::test]
async fn variables_of_a_uri_are_found_by_name() {
    let server = functions().await;
    let list = server.modern("resources/templates/list", json!({})).await.json();
    assert_has(
        &list["result"]["resourceTemplates"][0],
        json!({
            "uriTemplate": "books://{isbn}/{page}",
            "name": "page",
            "description": "A page of a book.",
            "mimeType": "text/plain",
            "annotations": { "audience": ["assistant"], "priority": 0.5 },
        }),
    );
    let read = server.modern("resources/read", json!({ "uri": "books://978-3/12" })).await.json();
    assert_eq!(read["result"]["contents"][0]["text"], "978-3, page 12", "{read}");
}

#[tokio::test]
async fn methods_share_the_server() {
    let server = library().await;
    let found = server.modern("server/discover", json!({})).await.json();
    assert_eq!(found["result"]["instructions"], "Ask for books.");
    assert_eq!(answer(&server, "name", json!({ "times": 2 })).await, "AlexandriaAlexandria");
    assert_eq!(answer(&server, "count", json!({})).await, "10");
    let read = server.modern("resources/read", json!({ "uri": "shelves://1" })).await.json();
    assert_eq!(read["result"]["contents"][0]["text"], "Alexandria");
    let params = json!({ "name": "ask", "arguments": { "title": "Elements" } });
    let prompt = server.modern("prompts/get", params).await.json();
    assert_eq!(
        prompt["result"]["messages"][0]["content"]["text"],
        "Is there Elements in Alexandria?"
    );
}

#[tokio::test]
async fn a_function_stays_a_function() {
    assert_eq!(described(None).await, "");
    assert_eq!(shift(Point { x: 1, y: 2 }, "right".to_owned()).expect("moved").x, 2);
    assert_eq!(Library { name: "A".to_owned() }.count(), 1);
}
