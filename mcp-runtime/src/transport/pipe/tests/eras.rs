use serde_json::json;

use super::*;

#[tokio::test(start_paused = true)]
async fn a_request_that_claims_a_revision_needs_no_handshake() {
    let mut peer = Peer::new();
    let answer = peer.ask(alone(call(1, "hello"))).await;
    assert_eq!(text(&answer), "hello");
    assert_eq!(answer["result"]["resultType"], "complete");
}

#[tokio::test(start_paused = true)]
async fn a_session_is_served_in_the_revision_agreed_on() {
    for revision in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let mut peer = Peer::in_session(revision, Limits::default()).await;
        let answer = peer.ask(call(1, "hello")).await;
        assert_eq!(text(&answer), "hello");
        assert_eq!(answer["result"]["resultType"], Value::Null);
    }
}

#[tokio::test(start_paused = true)]
async fn both_eras_work_on_one_pipe() {
    let mut peer = Peer::new();
    assert_eq!(text(&peer.ask(alone(call(1, "hello"))).await), "hello");
    peer.ask(initialize("2025-11-25")).await;
    assert_eq!(peer.ask(call(2, "hello")).await["result"]["resultType"], Value::Null);
    assert_eq!(peer.ask(alone(call(3, "hello"))).await["result"]["resultType"], "complete");
    assert_eq!(peer.ask(request(4, "ping")).await["result"], json!({}));
    assert_eq!(peer.ask(alone(request(5, "ping"))).await["error"]["code"], -32601);
}

#[tokio::test(start_paused = true)]
async fn discovering_the_server_does_not_rule_out_a_session() {
    let mut peer = Peer::new();
    let discovered = peer.ask(alone(request(1, "server/discover"))).await;
    assert_eq!(discovered["result"]["supportedVersions"][0], "2026-07-28");
    let answer = peer.ask(initialize("2025-06-18")).await;
    assert_eq!(answer["result"]["protocolVersion"], "2025-06-18");
}

#[tokio::test(start_paused = true)]
async fn a_request_of_no_era_is_told_what_it_lacks() {
    let mut peer = Peer::new();
    for method in ["server/discover", "tools/list", "no/such"] {
        let answer = peer.ask(request(1, method)).await;
        assert_eq!(answer["error"]["code"], -32602);
        let message = answer["error"]["message"].as_str().expect("a message");
        assert!(message.contains("io.modelcontextprotocol/protocolVersion"), "{message}");
        assert!(message.contains("io.modelcontextprotocol/clientCapabilities"), "{message}");
    }
    assert_eq!(peer.ask(request(2, "ping")).await["result"], json!({}));
}

#[tokio::test(start_paused = true)]
async fn a_defective_claim_is_refused() {
    let mut peer = Peer::new();
    for meta in [
        json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28"}),
        json!({"io.modelcontextprotocol/protocolVersion": 7,
            "io.modelcontextprotocol/clientCapabilities": {}}),
        json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": []}),
    ] {
        let mut call = call(1, "hello");
        call["params"]["_meta"] = meta;
        assert_eq!(peer.ask(call).await["error"]["code"], -32602);
    }
}

#[tokio::test(start_paused = true)]
async fn a_revision_that_cannot_be_claimed_is_refused_with_those_that_are_served() {
    let mut peer = Peer::new();
    for version in ["2025-11-25", "1900-01-01"] {
        let mut call = alone(call(1, "hello"));
        call["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = version.into();
        let answer = peer.ask(call).await;
        assert_eq!(answer["error"]["code"], -32022);
        let data = &answer["error"]["data"];
        assert_eq!(data["requested"], version);
        let newest_first = ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
        assert_eq!(data["supported"], json!(newest_first));
    }
}

#[tokio::test(start_paused = true)]
async fn a_claim_makes_even_initialize_one_of_its_revision() {
    let mut peer = Peer::new();
    assert_eq!(peer.ask(alone(initialize("2025-11-25"))).await["error"]["code"], -32601);
    assert_eq!(peer.ask(call(1, "hello")).await["error"]["code"], -32602);
}

#[tokio::test(start_paused = true)]
async fn a_session_is_opened_once() {
    let mut peer = Peer::in_session("2025-11-25", Limits::default()).await;
    assert_eq!(peer.ask(initialize("2025-06-18")).await["error"]["code"], -32600);
    assert_eq!(text(&peer.ask(call(1, "hello")).await), "hello");
}

#[tokio::test(start_paused = true)]
async fn a_failed_initialize_can_be_repeated() {
    let mut peer = Peer::new();
    let mut bad = initialize("2025-11-25");
    bad["params"]["protocolVersion"] = json!(7);
    assert_eq!(peer.ask(bad).await["error"]["code"], -32602);
    assert_eq!(peer.ask(initialize("2025-11-25")).await["error"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn a_client_hears_of_changes_once_its_session_has_started() {
    let mut peer = Peer::new();
    peer.ask(initialize("2025-11-25")).await;
    peer.ask(request(1, "ping")).await;
    peer.server.tools_changed();
    peer.hears_nothing().await;
    peer.send(json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
    peer.ask(request(2, "ping")).await;
    peer.server.tools_changed();
    assert_eq!(peer.receive().await["method"], "notifications/tools/list_changed");
}

#[tokio::test(start_paused = true)]
async fn a_request_starts_a_session_as_well() {
    let mut peer = Peer::new();
    peer.ask(initialize("2025-11-25")).await;
    peer.ask(request(1, "tools/list")).await;
    peer.server.tools_changed();
    assert_eq!(peer.receive().await["method"], "notifications/tools/list_changed");
}

#[tokio::test(start_paused = true)]
async fn a_listener_hears_what_it_asked_for_under_its_id() {
    let mut peer = Peer::new();
    let mut listen = alone(request("sub", "subscriptions/listen"));
    listen["params"]["notifications"] = json!({"toolsListChanged": true});
    let acknowledged = peer.ask(listen).await;
    assert_eq!(acknowledged["method"], "notifications/subscriptions/acknowledged");
    peer.server.tools_changed();
    let changed = peer.receive().await;
    assert_eq!(changed["method"], "notifications/tools/list_changed");
    assert_eq!(changed["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], "sub");
    peer.send(cancel("sub")).await;
    peer.ask(request(1, "ping")).await;
    peer.server.tools_changed();
    peer.hears_nothing().await;
}

#[tokio::test(start_paused = true)]
async fn what_answers_no_question_is_dropped() {
    let mut peer = Peer::new();
    for message in [
        json!({"jsonrpc": "2.0", "id": 1, "result": {}}),
        json!({"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": "no"}}),
        json!({"jsonrpc": "2.0", "method": "notifications/unknown"}),
        json!({"jsonrpc": "2.0", "method": "tools/call", "params": 7}),
    ] {
        peer.send(message).await;
    }
    peer.hears_nothing().await;
    assert_eq!(peer.ask(request(2, "ping")).await["result"], json!({}));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_message_is_answered_with_its_fault() {
    let mut peer = Peer::new();
    for (line, code) in [
        ("{", -32700),
        ("nonsense", -32700),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}{}", -32700),
        ("\u{feff}{}", -32700),
        ("[", -32700),
        ("null", -32600),
        ("42", -32600),
        ("{}", -32600),
        ("[]", -32600),
        ("[1]", -32600),
        ("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[]}", -32602),
    ] {
        assert_eq!(peer.error_of(&format!("{line}\n")).await, code, "{line}");
    }
    assert_eq!(peer.ask(request(2, "ping")).await["result"], json!({}));
}

#[tokio::test(start_paused = true)]
async fn bytes_that_are_no_utf_8_are_a_parse_error() {
    let mut peer = Peer::new();
    for bytes in
        [&b"{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"ping\"}\n"[..], b"\xc0\x80\n"]
    {
        peer.writer.write_all(bytes).await.expect("the server reads");
        let answer = peer.receive().await;
        assert_eq!(answer["error"]["code"], -32700, "{answer}");
        assert_eq!(answer.get("id"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn deep_nesting_is_an_error_and_no_crash() {
    let mut peer = Peer::with(Limits::default(), 16 * 1024 * 1024);
    for depth in [129, 10_000, 1024 * 1024] {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        peer.error_of(&format!("{open}\n")).await;
        peer.error_of(&format!("{open}{close}\n")).await;
        let call = alone(call(1, "hello")).to_string();
        let call = call.replacen(
            "\"hello\"",
            &format!("\"hello\",\"arguments\":{{\"a\":{open}{close}}}"),
            1,
        );
        peer.send_text(&format!("{call}\n")).await;
        peer.receive().await;
    }
    assert_eq!(peer.ask(request(2, "ping")).await["result"], json!({}));
}

#[tokio::test(start_paused = true)]
async fn an_id_comes_back_as_it_came() {
    let mut peer = Peer::new();
    for id in ["1", "-9223372036854775808", "9223372036854775807", "\"1\"", "\"\"", "\"\\u0000é\""]
    {
        peer.send_text(&format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"ping\"}}\n")).await;
        let id: Value = serde_json::from_str(id).expect("an id is JSON");
        assert_eq!(peer.receive().await["id"], id);
    }
}
