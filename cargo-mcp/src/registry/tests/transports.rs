//! Transports of packages and remotes: REG-10.

use serde_json::{Value, json};

use super::{breaks, breaks_schema, npm, passes, with, with_package};

fn local(transport: Value, more: Value) -> Value {
    let mut package = npm(json!({ "transport": transport }));
    super::merge(&mut package, more);
    with_package(package)
}

fn remote(remote: Value) -> Value {
    with("remotes", json!([remote]))
}

#[test]
fn a_package_on_stdio_has_no_url() {
    passes(&local(json!({ "type": "stdio" }), json!({})));
    breaks(
        &local(json!({ "type": "stdio", "url": "https://example.com" }), json!({})),
        &["packages[0].transport.url transport-stdio-url"],
    );
}

#[test]
fn a_package_on_http_has_a_url() {
    for kind in ["streamable-http", "sse"] {
        passes(&local(json!({ "type": kind, "url": "https://example.com/mcp" }), json!({})));
        passes(&local(json!({ "type": kind, "url": "http://localhost:3000/mcp" }), json!({})));
        breaks_schema(
            &local(json!({ "type": kind }), json!({})),
            &["packages[0].transport.url transport-url-missing"],
        );
        breaks_schema(
            &local(json!({ "type": kind, "url": "example.com/mcp" }), json!({})),
            &["packages[0].transport.url transport-url"],
        );
    }
}

#[test]
fn other_transports_are_none_of_a_package() {
    breaks_schema(
        &local(json!({ "type": "websocket" }), json!({})),
        &["packages[0].transport.type transport-type"],
    );
    breaks_schema(&local(json!({}), json!({})), &["packages[0].transport.type transport-type"]);
}

#[test]
fn a_url_of_a_package_uses_its_arguments_and_its_environment() {
    let transport = json!({ "type": "streamable-http", "url": "http://{host}:{--port}/{path}" });
    passes(&local(
        transport.clone(),
        json!({
            "environmentVariables": [{ "name": "host" }],
            "packageArguments": [{ "type": "named", "name": "--port" }],
            "runtimeArguments": [{ "type": "positional", "valueHint": "path" }],
            "runtimeHint": "npx",
        }),
    ));
    breaks(
        &local(transport, json!({ "environmentVariables": [{ "name": "host" }] })),
        &[
            "packages[0].transport.url transport-url-variable",
            "packages[0].transport.url transport-url-variable",
        ],
    );
}

#[test]
fn variables_of_a_local_transport_are_taken_and_of_no_use() {
    let transport = |path: &str| {
        json!({
            "type": "sse",
            "url": format!("http://localhost:3000/{path}"),
            "variables": { "path": { "default": "sse" } },
        })
    };
    passes(&local(transport("sse"), json!({})));
    breaks(
        &local(transport("{path}"), json!({})),
        &["packages[0].transport.url transport-url-variable"],
    );
}

#[test]
fn a_remote_is_public_and_on_https() {
    for kind in ["streamable-http", "sse"] {
        passes(&remote(json!({ "type": kind, "url": "https://mcp.example.com/endpoint" })));
    }
    for (url, rule) in [
        ("not-a-valid-url", "transport-url"),
        ("http://example.com/mcp", "remote-https"),
        ("https://localhost/mcp", "remote-localhost"),
        ("https://127.0.0.1:3000", "remote-localhost"),
        ("https://mcp.localhost/", "remote-localhost"),
    ] {
        breaks(
            &remote(json!({ "type": "streamable-http", "url": url })),
            &[&format!("remotes[0].url {rule}")],
        );
    }
    breaks(
        &remote(json!({ "type": "streamable-http", "url": "http://localhost:3000" })),
        &["remotes[0].url remote-https", "remotes[0].url remote-localhost"],
    );
}

#[test]
fn a_remote_is_streamable_http_or_sse() {
    breaks_schema(
        &remote(json!({ "type": "stdio", "url": "https://example.com" })),
        &["remotes[0].type remote-type"],
    );
    breaks_schema(
        &remote(json!({ "type": "websocket", "url": "wss://example.com/ws" })),
        &["remotes[0].type remote-type", "remotes[0].url transport-url"],
    );
    breaks_schema(&remote(json!({ "type": "sse" })), &["remotes[0].url transport-url-missing"]);
    breaks(
        &remote(json!({ "transport_type": "sse", "url": "https://example.com/sse" })),
        &["remotes[0].transport_type unknown-member", "remotes[0].type remote-type"],
    );
}

#[test]
fn of_several_remotes_the_wrong_one_is_named() {
    let remotes = json!([
        { "type": "streamable-http", "url": "https://valid.com/remote" },
        { "type": "streamable-http", "url": "invalid-url" },
    ]);
    breaks(&with("remotes", remotes), &["remotes[1].url transport-url"]);
}

#[test]
fn the_variables_of_a_remote_are_declared() {
    passes(&remote(json!({
        "type": "streamable-http",
        "url": "https://{region}.example.com/mcp/{tenant_id}",
        "variables": {
            "region": { "description": "Where.", "choices": ["us-east-1", "eu-west-1"] },
            "tenant_id": { "isRequired": true, "isSecret": true },
        },
    })));
    passes(&remote(json!({
        "type": "sse",
        "url": "https://{host}/mcp",
        "variables": { "host": { "default": "api.example.com" }, "unused": {} },
    })));
    breaks(
        &remote(json!({
            "type": "streamable-http",
            "url": "https://example.com/mcp/{tenant_id}/{region}",
            "variables": { "tenant_id": {} },
        })),
        &["remotes[0].url transport-url-variable"],
    );
}

#[test]
fn headers_are_inputs_with_names() {
    let headers = |headers: Value| {
        remote(json!({
            "type": "streamable-http",
            "url": "https://example.com/mcp",
            "headers": headers,
        }))
    };
    passes(&headers(json!([
        { "name": "X-API-Key", "description": "A key.", "isRequired": true, "isSecret": true },
        { "name": "X-Region", "default": "us-east-1", "choices": ["us-east-1", "eu-west-1"] },
        { "name": "X-Tenant", "value": "t-{id}", "variables": { "id": { "format": "number" } } },
    ])));
    breaks_schema(&headers(json!([{ "value": "x" }])), &["remotes[0].headers[0].name input-name"]);
    breaks_schema(&headers(json!({})), &["remotes[0].headers wrong-type"]);
}
