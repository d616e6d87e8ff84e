//! Bodies that want to become many times as large in memory.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    fixture::{ACCEPT, JSON, initialize, modern},
    process::{OverHttp, command},
    raw::{self, Connection},
};

const BODY_BYTES: usize = 128 * 1024;
/// As many as fit into `Limits::body_bytes_in_flight`, which the server has as 16 bodies.
const AT_ONCE: usize = 16;

/// What the bodies may take while they are answered, besides what an idle server takes. Each is in
/// memory as it came, twice while its pieces are put together, and once more as the text that it
/// decodes to, or is copied to. What a thread and a connection need is as much again.
const BUDGET: usize = (3 + 1) * AT_ONCE * BODY_BYTES;

const MARK: &str = "@@";

/// Values of few bytes each, that fill up `bytes`.
fn fillings(bytes: usize) -> Vec<(&'static str, String)> {
    let array = |item: &str| format!("[{}0]", item.repeat((bytes - 3) / item.len()));
    let object = |value: &str| {
        let mut text = String::from("{");
        for member in 0.. {
            let next = format!("\"{member:x}\":{value},");
            if text.len() + next.len() + 8 > bytes {
                break;
            }
            text += &next;
        }
        text + "\"z\":0}"
    };
    let nested = format!("{}{},", "[".repeat(100), "]".repeat(100));
    vec![
        ("numbers", array("0,")),
        ("deep arrays", array(&nested)),
        ("texts by name", object("\"\"")),
    ]
}

/// Requests in which one member is [`MARK`], everywhere where a client can put one.
fn requests() -> Vec<(&'static str, Value)> {
    let call = |name: &str, arguments: Value| json!({ "name": name, "arguments": arguments });
    let reference = json!({ "type": "ref/prompt", "name": "greeting" });
    let argument = json!({ "name": "name", "value": "" });
    let complete = |reference: &Value, argument: &Value, context: Value| json!({ "ref": reference, "argument": argument, "context": context });
    let route = json!({ "region": "eu", "tags": MARK });
    vec![
        ("tools/call", call("echo", json!(MARK))),
        ("tools/call", call("echo", json!({ "text": MARK }))),
        ("tools/call", call("echo", json!({ "text": "", "more": MARK }))),
        ("tools/call", call("route", route)),
        ("tools/call", call("route", json!({ "region": MARK }))),
        ("tools/call", json!({ "name": "echo", "more": MARK })),
        ("tools/call", json!({ "name": "echo", "arguments": MARK, "requestState": "AAAA" })),
        ("tools/call", json!({ "name": "echo", "more": MARK, "requestState": "AAAA" })),
        ("tools/call", json!({ "name": "echo", "arguments": {}, "requestState": MARK })),
        ("tools/call", json!({ "name": "echo", "arguments": {}, "inputResponses": MARK })),
        ("tools/call", json!({ "name": "echo", "inputResponses": { "a": MARK } })),
        ("prompts/get", call("greeting", json!({ "name": "x", "more": MARK }))),
        ("prompts/get", call("greeting", json!(MARK))),
        ("resources/read", json!({ "uri": "pages://x", "more": MARK })),
        ("tools/list", json!({ "cursor": MARK })),
        ("completion/complete", complete(&json!(MARK), &argument, json!({}))),
        ("completion/complete", complete(&json!({ "a": MARK, "type": "x" }), &argument, json!({}))),
        ("completion/complete", complete(&reference, &json!(MARK), json!({}))),
        ("completion/complete", complete(&reference, &argument, json!({ "arguments": MARK }))),
    ]
}

/// The same in what a request says of itself.
fn claims() -> Vec<Value> {
    let keys = ["protocolVersion", "clientCapabilities", "clientInfo", "logLevel"];
    let mut claims: Vec<_> = keys
        .iter()
        .map(|key| {
            let mut body = modern("tools/list", json!({})).1;
            body["params"]["_meta"][format!("io.modelcontextprotocol/{key}")] = json!(MARK);
            body
        })
        .collect();
    for key in ["progressToken", "other"] {
        let mut body = modern("tools/list", json!({})).1;
        body["params"]["_meta"][key] = json!(MARK);
        claims.push(body);
    }
    for capabilities in [json!({ "extensions": MARK }), json!({ "extensions": { "x/y": MARK } })] {
        let mut body = modern("tools/list", json!({})).1;
        body["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"] = capabilities;
        claims.push(body);
    }
    claims
}

/// And in messages of the older revisions.
fn others() -> Vec<Value> {
    let mut all = vec![
        json!(MARK),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "ping", "params": MARK }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "ping", "more": MARK }),
        json!({ "jsonrpc": "2.0", "id": MARK, "method": "ping" }),
        json!({ "jsonrpc": "2.0", "id": 1, "result": MARK }),
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": MARK }),
    ];
    for key in ["protocolVersion", "clientInfo", "capabilities"] {
        let mut opening = initialize("2025-11-25");
        opening["params"][key] = json!(MARK);
        all.push(opening);
    }
    all
}

/// All requests, with their headers.
fn attacks() -> Vec<(Vec<(String, String)>, Value)> {
    let mut all: Vec<_> = requests()
        .into_iter()
        .map(|(method, params)| {
            let (mut headers, body) = modern(method, params);
            headers.push(("mcp-param-region".into(), "eu".into()));
            (headers, body)
        })
        .collect();
    let alone = modern("tools/list", json!({})).0;
    all.extend(claims().into_iter().map(|body| (alone.clone(), body)));
    all.extend(others().into_iter().map(|body| (Vec::new(), body)));
    all
}

/// Sends as many at once as are read at once: their last bytes come when all others are there.
async fn send_at_once(server: &OverHttp, headers: &[(String, String)], body: &str) {
    let mut all: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    all.extend([ACCEPT, JSON]);
    let request = raw::head(server.address, "POST", &all, body);
    let (most, last) = request.split_at(request.len() - 1);
    let mut waiting = Vec::new();
    for _ in 0..AT_ONCE {
        let mut connection = Connection::open(server.address).await;
        connection.write(most.as_bytes()).await;
        waiting.push(connection);
    }
    let mut answering = JoinSet::new();
    for mut connection in waiting {
        let last = last.to_owned();
        answering.spawn(async move {
            connection.write(last.as_bytes()).await;
            raw::parse(&connection.read_to_end().await).status
        });
    }
    for status in answering.join_all().await {
        assert!([200, 202, 400, 404].contains(&status), "{status}");
    }
}

/// The most memory that a process has had, in bytes.
fn peak(server: &OverHttp) -> usize {
    let path = format!("/proc/{}/status", server.pid());
    let status = std::fs::read_to_string(path).expect("it runs");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("it is told");
    let kib: usize = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    kib * 1024
}

fn forget_peak(server: &OverHttp) {
    std::fs::write(format!("/proc/{}/clear_refs", server.pid()), "5").expect("it runs");
}

#[tokio::test]
#[cfg_attr(not(target_os = "linux"), ignore = "Linux alone tells the peak of a process")]
async fn bodies_take_a_few_times_their_bytes() {
    // On a large machine, as many are decoded at once.
    let workers = AT_ONCE.to_string();
    let server = OverHttp::start(
        command()
            .env("BODY_BYTES", BODY_BYTES.to_string())
            .env("TOKIO_WORKER_THREADS", workers)
            // What is given back to glibc is not kept by it.
            .env("MALLOC_ARENA_MAX", "1")
            .env("MALLOC_MMAP_THRESHOLD_", "65536"),
    )
    .await;
    send_at_once(&server, &[], "{}").await;
    let idle = peak(&server);
    for (headers, request) in attacks() {
        let request = request.to_string();
        let places = request.matches(MARK).count();
        for (what, filling) in fillings((BODY_BYTES - request.len()) / places) {
            forget_peak(&server);
            send_at_once(&server, &headers, &request.replace("\"@@\"", &filling)).await;
            let peak = peak(&server) - idle;
            assert!(peak < BUDGET, "{what}: {peak} of {BUDGET} bytes in {request}");
        }
    }
    assert_eq!(server.stop().await, Some(0));
}
