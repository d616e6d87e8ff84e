use mcp_runtime::{JsonSchema, ToolResult, prelude::*, protocol::Content};

type Aliased = Result<Weather, std::io::Error>;

#[derive(serde::Serialize, JsonSchema)]
#[schemars(crate = "mcp_runtime::schemars")]
struct Weather {
    celsius: f64,
}

#[mcp_tool]
async fn aliased() -> Aliased {
    Ok(Weather { celsius: 20.0 })
}

#[mcp_tool]
async fn nothing() {}

#[mcp_tool]
async fn list() -> Vec<Weather> {
    Vec::new()
}

#[mcp_tool]
async fn maybe() -> Option<String> {
    None
}

#[mcp_tool]
async fn literal() -> &'static str {
    "hello"
}

#[mcp_tool]
async fn failing() -> std::result::Result<ToolResult, String> {
    Err("no".into())
}

#[mcp_tool]
async fn contents() -> [Content; 2] {
    [Content::text("a"), Content::text("b")]
}

fn main() {
    let tools = tools![aliased, nothing, list, maybe, literal, failing, contents];
    Server::new("test", "1.0.0").tools(tools).build().unwrap();
}
