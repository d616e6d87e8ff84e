//! What the conformance server says in each revision is what the revision's official schema allows.

mod official;

use std::collections::HashSet;

use http::StatusCode;
use mcp_runtime::{ServerHandle, protocol::Revision};
use serde_json::{Value, json};

use self::official::Schemas;
use crate::http_client::{Exchange, HttpClient};

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
    let server = ::conformance::server().build().expect("the server can be built");
    let client = HttpClient::connect(&server, revision).await;
    let mut check = Check { server, client, revision, schemas, faults: Vec::new() };
    check.opening().await;
    check.lists().await;
    check.calls().await;
    check.reads().await;
    check.prompts().await;
    check.requests_of_a_session().await;
    check.errors().await;
    check.changes().await;
    assert!(check.faults.is_empty(), "{revision}:\n{}", check.faults.join("\n"));
}

struct Check {
    server: ServerHandle,
    client: HttpClient,
    revision: Revision,
    schemas: Schemas,
    faults: Vec<String>,
}

impl Check {
    fn fits(&mut self, what: &str, definition: &str, value: &Value) {
        let faults = self.schemas.faults(definition, value);
        self.faults.extend(faults.iter().map(|fault| format!("{what}: {fault}\n    in {value}")));
    }

    /// Sends a request whose result, and what comes before it, has to fit.
    async fn result(&mut self, method: &str, params: Value, definition: &str) -> Exchange {
        let what = format!("{method} {params}");
        let exchange = self.client.request(method, params).await;
        match exchange.answer().get("result") {
            Some(result) => self.fits(&what, definition, result),
            None => self.faults.push(format!("{what}: no result: {}", exchange.answer())),
        }
        for notification in exchange.notifications() {
            self.notification(notification);
        }
        exchange
    }

    /// Sends a request that has to fail, with an error that the newest revision has a name for.
    async fn error(&mut self, method: &str, params: Value, name: &str) {
        let what = format!("{method} {params}");
        let exchange = self.client.request(method, params).await;
        let answer = exchange.answer();
        let any = match self.revision {
            Revision::V2025_11_25 | Revision::V2026_07_28 => "JSONRPCErrorResponse",
            _ => "JSONRPCError",
        };
        self.fits(&what, any, answer);
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
        match self.client.greeting.take() {
            Some(greeting) => self.fits("initialize", "InitializeResult", &greeting["result"]),
            None => {
                self.result("server/discover", json!({}), "DiscoverResult").await;
            }
        }
    }

    async fn lists(&mut self) {
        self.result("tools/list", json!({}), "ListToolsResult").await;
        self.result("prompts/list", json!({}), "ListPromptsResult").await;
        self.result("resources/list", json!({}), "ListResourcesResult").await;
        self.result("resources/templates/list", json!({}), "ListResourceTemplatesResult").await;
    }

    async fn calls(&mut self) {
        let tools = self.result("tools/list", json!({}), "ListToolsResult").await;
        let tools = tools.answer()["result"]["tools"].as_array().cloned().unwrap_or_default();
        assert!(tools.len() > 10, "the server has tools");
        for tool in tools {
            let mut params = json!({
                "name": tool["name"],
                "arguments": {},
                "_meta": { "progressToken": 7, "io.modelcontextprotocol/logLevel": "debug" },
            });
            if tool["name"] == "test_x_mcp_header" {
                // The header that repeats the argument is not this test's subject.
                params["arguments"] = json!({ "level": 1 });
            }
            self.result("tools/call", params, "CallToolResult").await;
        }
    }

    async fn reads(&mut self) {
        for uri in ["test://static-text", "test://static-binary", "test://template/123/data"] {
            self.result("resources/read", json!({ "uri": uri }), "ReadResourceResult").await;
        }
    }

    async fn prompts(&mut self) {
        for (name, arguments) in [
            ("test_simple_prompt", json!({})),
            ("test_prompt_with_arguments", json!({ "arg1": "a", "arg2": "b" })),
            ("test_prompt_with_embedded_resource", json!({ "resourceUri": "test://a" })),
            ("test_prompt_with_image", json!({})),
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
        if self.revision.is_stateless() {
            return;
        }
        let uri = json!({ "uri": "test://watched-resource" });
        for (method, params) in [
            ("ping", json!({})),
            ("logging/setLevel", json!({ "level": "debug" })),
            ("resources/subscribe", uri.clone()),
            ("resources/unsubscribe", uri),
        ] {
            let exchange = self.result(method, params, "EmptyResult").await;
            assert_eq!(exchange.answer()["result"], json!({}), "{method}");
        }
    }

    async fn errors(&mut self) {
        self.error("unknown/method", json!({}), "MethodNotFoundError").await;
        self.error("tools/call", json!({ "name": "nope" }), "InvalidParamsError").await;
        self.error("tools/call", json!({ "arguments": {} }), "InvalidParamsError").await;
        let nothing = json!({ "uri": "test://nothing" });
        self.error("resources/read", nothing, "InvalidParamsError").await;
        self.error("prompts/get", json!({ "name": "nope" }), "InvalidParamsError").await;
        self.error("tools/list", json!({ "cursor": "?" }), "InvalidParamsError").await;
        if self.revision.is_stateless() {
            self.refusals_of_2026_07_28().await;
        }
    }

    /// Errors that are defined as whole messages.
    async fn refusals_of_2026_07_28(&mut self) {
        let capabilities = json!({ "io.modelcontextprotocol/clientCapabilities": { "roots": {} } });
        let params = json!({ "name": "test_missing_capability", "_meta": capabilities });
        let exchange = self.client.request("tools/call", params).await;
        self.fits("no sampling", "MissingRequiredClientCapabilityError", exchange.answer());
        assert_eq!(exchange.status, StatusCode::BAD_REQUEST);

        let params = json!({ "name": "test_x_mcp_header", "arguments": { "region": "here" } });
        let exchange = self.client.request("tools/call", params).await;
        self.fits("no header", "HeaderMismatchError", exchange.answer());
        assert_eq!(exchange.status, StatusCode::BAD_REQUEST);
    }

    /// The changes that a client hears of, until the server stops.
    async fn changes(&mut self) {
        let mut events = match self.revision {
            // Its own transport has the stream.
            Revision::V2024_11_05 => return,
            Revision::V2026_07_28 => {
                let wanted = json!({
                    "toolsListChanged": true,
                    "promptsListChanged": true,
                    "resourcesListChanged": true,
                    "resourceSubscriptions": ["test://watched-resource"],
                });
                let params = json!({ "notifications": wanted });
                let mut events = self.client.open("subscriptions/listen", params).await;
                let acknowledged = events.next().await.expect("an acknowledgement");
                self.notification(&acknowledged);
                events
            }
            _ => {
                let params = json!({ "uri": "test://watched-resource" });
                self.result("resources/subscribe", params, "EmptyResult").await;
                self.client.listen().await
            }
        };
        self.server.tools_changed();
        self.server.prompts_changed();
        self.server.resources_changed();
        self.server.resource_updated("test://watched-resource");
        // A session hears of the changes before it has listened as well, so more can come.
        let mut heard = HashSet::new();
        while !heard.contains("notifications/resources/updated") {
            let notification = events.next().await.expect("a change");
            self.notification(&notification);
            heard.extend(notification["method"].as_str().map(str::to_owned));
        }
        assert_eq!(heard.len(), 4, "{heard:?}");
        self.server.stop();
        match events.next().await {
            Some(end) => self.fits("the end", "SubscriptionsListenResult", &end["result"]),
            None => assert!(!self.revision.is_stateless(), "the stream ends with a result"),
        }
    }
}
