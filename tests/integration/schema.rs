//! What the conformance server says in each revision is what the revision's official schema allows.
//!
//! The environment variable `MCP_SCHEMAS` names the directory of the schemas, `<revision>.json`
//! from the specification's repository. Without it the tests say that they skip.

mod client;
pub mod official;

use std::collections::HashSet;

use mcp_runtime::protocol::Revision;
use serde_json::{Value, json};

use self::{
    client::{Client, Exchange, streamed},
    official::Schemas,
};
use crate::{
    fixture::{Calls, Served, claim, initialize, serve_router},
    raw::Connection,
    sse,
    streams::{listen, subscribe},
};

const WATCHED: &str = "test://watched-resource";

#[tokio::test]
async fn fits_2024_11_05() {
    check(Revision::V2024_11_05).await;
}

#[tokio::test]
async fn fits_2025_03_26() {
    check(Revision::V2025_03_26).await;
}

#[tokio::test]
async fn fits_2025_06_18() {
    check(Revision::V2025_06_18).await;
}

#[tokio::test]
async fn fits_2025_11_25() {
    check(Revision::V2025_11_25).await;
}

#[tokio::test]
async fn fits_2026_07_28() {
    check(Revision::V2026_07_28).await;
}

async fn check(revision: Revision) {
    let Some(schemas) = Schemas::load(revision) else { return };
    let handle = ::conformance::server().build().expect("a sound server");
    let router = handle.router("/mcp").merge(handle.sse_router("/sse", "/messages"));
    let server = serve_router(handle, router, Calls::default()).await;
    let client = Client::connect(&server, revision).await;
    let mut check = Check { server: &server, client, revision, schemas, faults: Vec::new() };
    check.opening().await;
    check.lists().await;
    check.calls().await;
    check.reads().await;
    check.prompts().await;
    check.errors().await;
    if revision.is_stateless() {
        check.refusals_of_2026_07_28().await;
    } else {
        check.requests_of_a_session().await;
    }
    check.changes().await;
    assert!(check.faults.is_empty(), "{revision}:\n{}", check.faults.join("\n"));
}

/// The tools whose calls have an error: those that are tasks only, and one that fails so.
const FAILING: [&str; 3] = ["failing_job", "protocol_error_job", "test_tool_with_task"];

struct Check<'a> {
    server: &'a Served,
    client: Client<'a>,
    revision: Revision,
    schemas: Schemas,
    faults: Vec<String>,
}

impl Check<'_> {
    fn fits(&mut self, what: &str, definition: &str, value: &Value) {
        let faults = self.schemas.faults(definition, value);
        self.faults.extend(faults.iter().map(|fault| format!("{what}: {fault}\n    in {value}")));
    }

    /// Sends a request whose result, and what comes before it, has to fit.
    async fn result(&mut self, method: &str, params: Value, definition: &str) -> Exchange {
        let what = format!("{method} {params}");
        let exchange = self.client.request(method, params).await;
        match exchange.answer.get("result") {
            Some(result) if result["resultType"] == "input_required" => {
                self.fits(&what, "InputRequiredResult", result);
            }
            Some(result) => self.fits(&what, definition, result),
            None => self.faults.push(format!("{what}: no result: {}", exchange.answer)),
        }
        for notification in &exchange.notifications {
            self.notification(notification);
        }
        exchange
    }

    /// Sends a request that has to fail, with an error that the newest revision has a name for.
    async fn error(&mut self, method: &str, params: Value, name: &str) {
        let what = format!("{method} {params}");
        let answer = self.client.request(method, params).await.answer;
        let any = match self.revision {
            Revision::V2025_11_25 | Revision::V2026_07_28 => "JSONRPCErrorResponse",
            _ => "JSONRPCError",
        };
        self.fits(&what, any, &answer);
        if self.revision.is_stateless() {
            self.fits(&what, name, &answer["error"]);
        }
    }

    fn notification(&mut self, notification: &Value) {
        let method = notification["method"].as_str().unwrap_or_default();
        let definition = match method {
            "notifications/message" => "LoggingMessageNotification",
            "notifications/progress" => "ProgressNotification",
            "notifications/tools/list_changed" => "ToolListChangedNotification",
            "notifications/prompts/list_changed" => "PromptListChangedNotification",
            "notifications/resources/list_changed" => "ResourceListChangedNotification",
            "notifications/resources/updated" => "ResourceUpdatedNotification",
            "notifications/subscriptions/acknowledged" => "SubscriptionsAcknowledgedNotification",
            _ => return self.faults.push(format!("unknown notification: {notification}")),
        };
        // The older definitions leave the envelope to `JSONRPCNotification`.
        let mut inner = notification.clone();
        if self.revision < Revision::V2025_11_25
            && let Some(members) = inner.as_object_mut()
        {
            members.remove("jsonrpc");
        }
        self.fits(method, definition, &inner);
        self.fits(method, "JSONRPCNotification", notification);
    }

    async fn opening(&mut self) {
        if self.revision.is_stateless() {
            self.result("server/discover", json!({}), "DiscoverResult").await;
        } else {
            let greeting = initialize(self.revision.as_str()).to_string();
            let greeting = self.server.post(&[], &greeting).await.json();
            self.fits("initialize", "InitializeResult", &greeting["result"]);
        }
    }

    async fn lists(&mut self) {
        self.result("tools/list", json!({}), "ListToolsResult").await;
        self.result("prompts/list", json!({}), "ListPromptsResult").await;
        self.result("resources/list", json!({}), "ListResourcesResult").await;
        self.result("resources/templates/list", json!({}), "ListResourceTemplatesResult").await;
    }

    async fn calls(&mut self) {
        let tools = self.client.request("tools/list", json!({})).await.answer;
        let tools = tools["result"]["tools"].as_array().cloned().unwrap_or_default();
        assert!(tools.len() > 10, "the server has tools");
        for tool in tools {
            if self.revision.is_stateless() && tool["name"] == "test_missing_capability" {
                continue;
            }
            let asks = json!({ "elicitation": {}, "sampling": {}, "roots": {} });
            let meta = json!({
                "progressToken": 7,
                "io.modelcontextprotocol/logLevel": "debug",
                "io.modelcontextprotocol/clientCapabilities": asks,
            });
            let params = json!({ "name": tool["name"], "arguments": {}, "_meta": meta });
            if FAILING.contains(&tool["name"].as_str().unwrap_or_default()) {
                self.error("tools/call", params, "Error").await;
            } else {
                self.result("tools/call", params, "CallToolResult").await;
            }
        }
    }

    async fn reads(&mut self) {
        for uri in [
            "test://static-text",
            "test://static-binary",
            "test://template/123/data",
            "test://decorated",
        ] {
            self.result("resources/read", json!({ "uri": uri }), "ReadResourceResult").await;
        }
    }

    async fn prompts(&mut self) {
        for (name, arguments) in [
            ("test_simple_prompt", json!({})),
            ("test_prompt_with_arguments", json!({ "arg1": "a", "arg2": "b" })),
            ("test_prompt_with_embedded_resource", json!({ "resourceUri": "test://a" })),
            ("test_prompt_with_image", json!({})),
            ("decorated_prompt", json!({})),
        ] {
            let params = json!({ "name": name, "arguments": arguments });
            self.result("prompts/get", params, "GetPromptResult").await;
        }
        let params = json!({
            "ref": { "type": "ref/prompt", "name": "test_prompt_with_arguments" },
            "argument": { "name": "arg1", "value": "te" },
        });
        self.result("completion/complete", params, "CompleteResult").await;
    }

    async fn requests_of_a_session(&mut self) {
        for (method, params) in [
            ("ping", json!({})),
            ("logging/setLevel", json!({ "level": "debug" })),
            ("resources/subscribe", json!({ "uri": WATCHED })),
            ("resources/unsubscribe", json!({ "uri": WATCHED })),
        ] {
            let exchange = self.result(method, params, "EmptyResult").await;
            assert_eq!(exchange.answer["result"], json!({}), "{method}");
        }
    }

    async fn errors(&mut self) {
        let nothing = json!({ "uri": "test://nothing" });
        self.error("unknown/method", json!({}), "MethodNotFoundError").await;
        self.error("tools/call", json!({ "name": "nope" }), "InvalidParamsError").await;
        self.error("tools/call", json!({ "arguments": {} }), "InvalidParamsError").await;
        self.error("resources/read", nothing, "InvalidParamsError").await;
        self.error("prompts/get", json!({ "name": "nope" }), "InvalidParamsError").await;
        self.error("tools/list", json!({ "cursor": "?" }), "InvalidParamsError").await;
    }

    /// Errors that are defined as whole messages.
    async fn refusals_of_2026_07_28(&mut self) {
        let params = json!({ "name": "test_missing_capability" });
        let exchange = self.client.request("tools/call", params).await;
        self.fits("no sampling", "MissingRequiredClientCapabilityError", &exchange.answer);
        assert_eq!(exchange.status, 400);

        let params = json!({ "name": "test_x_mcp_header", "arguments": { "region": "here" } });
        let exchange = self.client.request("tools/call", params).await;
        self.fits("no header", "HeaderMismatchError", &exchange.answer);
        assert_eq!(exchange.status, 400);

        let mut params = json!({});
        params["_meta"] = claim();
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("1999-01-01");
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": params });
        let headers = [("mcp-protocol-version", "1999-01-01"), ("mcp-method", "tools/list")];
        let response = self.server.post(&headers, &message.to_string()).await;
        self.fits("no such version", "UnsupportedProtocolVersionError", &response.json());
        assert_eq!(response.status, 400);
    }

    /// The stream of a client of 2024-11-05, which belongs to a transport of its own.
    async fn first_transport(&self) -> Connection {
        let mut client = sse::Client::open(self.server).await;
        client.request(&initialize(self.revision.as_str())).await;
        let subscribe = json!({
            "jsonrpc": "2.0", "id": 1, "method": "resources/subscribe", "params": { "uri": WATCHED },
        });
        client.request(&subscribe).await;
        client.stream
    }

    /// What a client hears unasked, until the server stops.
    async fn changes(&mut self) {
        let mut stream = match &self.client.session {
            Some(_) if self.revision == Revision::V2024_11_05 => self.first_transport().await,
            Some(session) => {
                session.request(1, "resources/subscribe", json!({ "uri": WATCHED })).await;
                listen(session, None).await
            }
            None => {
                let wanted = json!({
                    "toolsListChanged": true,
                    "promptsListChanged": true,
                    "resourcesListChanged": true,
                    "resourceSubscriptions": [WATCHED],
                });
                subscribe(self.server, wanted).await
            }
        };
        self.server.handle.tools_changed();
        self.server.handle.prompts_changed();
        self.server.handle.resources_changed();
        self.server.handle.resource_updated(WATCHED);
        stream.read_until("resources/updated").await;
        self.server.handle.stop();
        let text = stream.read_to_end().await;
        let mut heard = HashSet::new();
        for message in streamed(&String::from_utf8_lossy(&text)) {
            match message["method"].as_str() {
                Some(method) => {
                    heard.insert(method.to_owned());
                    self.notification(&message);
                }
                // The first transport answers requests on the same stream.
                None if !self.revision.is_stateless() => {}
                None => {
                    heard.insert("the end".to_owned());
                    self.fits("the end", "SubscriptionsListenResult", &message["result"]);
                }
            }
        }
        let expected = if self.revision.is_stateless() { 6 } else { 4 };
        assert_eq!(heard.len(), expected, "{heard:?}");
    }
}
