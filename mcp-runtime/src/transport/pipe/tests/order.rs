use serde_json::json;

use super::*;

#[tokio::test(start_paused = true)]
async fn what_is_ready_is_answered_in_the_order_of_arrival() {
    let mut peer = Peer::new();
    let calls: String = (0..100).map(|id| format!("{}\n", alone(call(id, "hello")))).collect();
    peer.send_text(&calls).await;
    for id in 0..100 {
        assert_eq!(peer.receive().await["id"], id);
    }
}

#[tokio::test(start_paused = true)]
async fn what_waits_does_not_hold_up_what_is_ready() {
    let mut peer = Peer::new();
    peer.send(alone(call(1, "sleep"))).await;
    peer.send(alone(call(2, "hello"))).await;
    assert_eq!(peer.receive().await["id"], 2);
    assert_eq!(peer.receive().await["id"], 1);
}

#[tokio::test(start_paused = true)]
async fn messages_of_one_write_act_in_their_order() {
    let mut peer = Peer::new();
    let (open, call) = (initialize("2025-11-25"), call(1, "hello"));
    let started = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    peer.send_text(&format!("{open}\n{started}\n{call}\n")).await;
    assert_eq!(peer.receive().await["id"], "init");
    assert_eq!(text(&peer.receive().await), "hello");
}

#[tokio::test(start_paused = true)]
async fn a_call_tells_of_its_progress_before_its_answer() {
    let mut peer = Peer::new();
    peer.send_text(&format!("{}\n{}\n", alone(call(1, "report")), alone(call(2, "hello")))).await;
    for progress in [0.5, 1.0] {
        let message = peer.receive().await;
        assert_eq!(message["method"], "notifications/progress");
        assert_eq!(message["params"]["progress"], progress);
    }
    assert_eq!(text(&peer.receive().await), "done");
    assert_eq!(text(&peer.receive().await), "hello");
}

#[tokio::test(start_paused = true)]
async fn nothing_more_is_heard_of_a_request_that_has_its_answer() {
    let mut peer = Peer::new();
    assert_eq!(text(&peer.ask(alone(call(1, "linger"))).await), "done");
    peer.hears_nothing().await;
}

#[tokio::test(start_paused = true)]
async fn an_id_that_is_in_flight_cannot_be_used_again() {
    let mut peer = Peer::new();
    peer.send(alone(call(7, "sleep"))).await;
    let second = peer.ask(alone(call(7, "hello"))).await;
    assert_eq!(second["error"]["code"], -32600);
    assert_eq!(text(&peer.receive().await), "slept");
    assert_eq!(text(&peer.ask(alone(call(7, "hello"))).await), "hello");
}

#[tokio::test(start_paused = true)]
async fn both_eras_share_the_ids() {
    let mut peer = Peer::in_session("2025-11-25", Limits::default()).await;
    peer.send(call(7, "never")).await;
    assert_eq!(peer.ask(alone(call(7, "hello"))).await["error"]["code"], -32600);
    peer.send(cancel(7)).await;
    assert_eq!(text(&peer.ask(alone(call(7, "hello"))).await), "hello");
}

#[tokio::test(start_paused = true)]
async fn nothing_more_is_heard_of_a_cancelled_request() {
    for in_flight in [call(1, "sleep"), alone(call(1, "sleep")), alone(call(1, "never"))] {
        let mut peer = Peer::in_session("2025-11-25", Limits::default()).await;
        peer.send(in_flight).await;
        peer.send(cancel(1)).await;
        peer.hears_nothing().await;
        assert_eq!(text(&peer.ask(call(2, "hello")).await), "hello");
    }
}

#[tokio::test(start_paused = true)]
async fn progress_that_waits_to_be_written_is_lost_with_its_call() {
    let mut peer = Peer::with(Limits::default(), 4096);
    peer.send(alone(call(1, "report_and_wait"))).await;
    assert_eq!(peer.receive().await["params"]["progress"], 1.0);
    // The call reports until all that can hold its messages is full.
    tokio::time::sleep(Duration::from_millis(1)).await;
    peer.send(cancel(1)).await;
    peer.send(alone(call(2, "hello"))).await;
    let mut written = 0;
    while peer.receive().await["id"] != 2 {
        written += 1;
    }
    peer.hears_nothing().await;
    assert!(written > 0, "the client has nothing to lose");
}

#[tokio::test(start_paused = true)]
async fn the_id_of_a_cancelled_request_can_be_used_again() {
    let mut peer = Peer::new();
    peer.send(alone(call(1, "sleep"))).await;
    peer.send(cancel(1)).await;
    assert_eq!(text(&peer.ask(alone(call(1, "hello"))).await), "hello");
    peer.hears_nothing().await;
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_that_fits_no_request_is_ignored() {
    let mut peer = Peer::new();
    for message in [
        cancel(1),
        cancel("init"),
        cancel(Value::Null),
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled"}),
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": {}}}),
    ] {
        peer.send(message).await;
    }
    peer.send(initialize("2025-11-25")).await;
    peer.send(cancel("init")).await;
    assert_eq!(peer.receive().await["id"], "init");
    peer.hears_nothing().await;
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_an_answer() {
    let mut peer = Peer::new();
    let answer = peer.ask(alone(call(1, "panic"))).await;
    assert_eq!(answer["error"]["code"], -32603);
    assert_eq!(text(&peer.ask(alone(call(2, "hello"))).await), "hello");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_is_an_error() {
    let mut peer = Peer::new();
    let answer = peer.ask(alone(call(1, "never"))).await;
    assert_eq!(answer["error"]["data"]["reason"], "timeout");
}
