use mcp_runtime::{JsonSchema, Server, mcp_tool, tools};

const LARGEST: u32 = 10;
const LONGEST: usize = 8;

#[derive(serde::Deserialize, JsonSchema)]
#[schemars(crate = "mcp_runtime::schemars")]
struct Point {
    x: i32,
    y: i32,
}

#[mcp_tool]
async fn numbers(
    #[arg(range = 1..=1000, default = 10)] a: u32,
    #[arg(range = 1..)] b: i64,
    #[arg(range = ..10)] c: i8,
    #[arg(range = -1.5..=1.5, default = -0.5)] d: f64,
    #[arg(range = 0..=LARGEST * 2)] e: u32,
    #[arg(range = -5..=-1)] f: i32,
    #[arg(range = 0..=18_446_744_073_709_551_615)] g: u64,
    #[arg(default = 3)] h: Option<u8>,
    #[arg(default = Some(-3))] i: Option<i8>,
    #[arg(default = None)] j: Option<i8>,
) {
    let _ = (a, b, c, d, e, f, g, h, i, j);
}

#[mcp_tool]
async fn texts(
    #[arg(length = 1..=20, pattern = "^[a-z]+$", default = "abc")] a: String,
    #[arg(length = 5)] b: String,
    #[arg(length = ..LONGEST)] c: Vec<String>,
    #[arg(default = "x")] d: Option<String>,
    #[arg(default = "x")] e: std::borrow::Cow<'static, str>,
    #[arg(default = vec!["x".to_owned()])] f: Vec<String>,
    #[arg(header = "Region", description = concat!("for ", "proxies"))] g: String,
    #[arg(rename = "type")] h: String,
    r#fn: String,
    #[arg(schema = serde_json::json!({ "type": "string", "format": "date" }))] mut i: String,
    #[arg(rename = "point")] Point { x, y }: Point,
) {
    i.push('x');
    let _ = (a, b, c, d, e, f, g, h, r#fn, i, x, y);
}

#[mcp_tool(allow_unknown)]
async fn flat(#[arg(flatten)] point: Point) -> i32 {
    point.x + point.y
}

#[derive(serde::Deserialize, JsonSchema)]
#[schemars(crate = "mcp_runtime::schemars")]
struct Progress(f64);

#[mcp_tool]
async fn forced(#[arg] progress: Progress) -> f64 {
    progress.0
}

fn main() {
    Server::new("test", "1.0.0").tools(tools![numbers, texts, flat, forced]).build().unwrap();
}
