use super::*;

#[tokio::test(start_paused = true)]
async fn calls_beyond_the_limit_wait() {
    let mut peer = Peer::with(limits(|limits| limits.calls_per_caller = 2), 64 * 1024);
    let before = tokio::time::Instant::now();
    for id in 0..6 {
        peer.send(alone(call(id, "sleep"))).await;
    }
    for id in 0..6 {
        let answer = peer.receive().await;
        assert_eq!(answer["id"], id);
        assert_eq!(text(&answer), "slept");
    }
    assert_eq!(before.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_session_can_have_as_many_calls_as_the_limit_says() {
    let mut peer =
        Peer::in_session("2025-11-25", limits(|limits| limits.calls_per_caller = 2)).await;
    for id in 0..6 {
        peer.send(call(id, "sleep")).await;
    }
    for _ in 0..6 {
        assert_eq!(text(&peer.receive().await), "slept");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_passes_the_calls_that_wait() {
    let mut peer = Peer::with(limits(|limits| limits.calls_per_caller = 1), 64 * 1024);
    for (id, tool) in [(1, "never"), (2, "never"), (3, "hello")] {
        peer.send(alone(call(id, tool))).await;
    }
    peer.send(cancel(2)).await;
    peer.send(cancel(1)).await;
    assert_eq!(peer.receive().await["id"], 3);
    peer.hears_nothing().await;
}

#[tokio::test(start_paused = true)]
async fn an_id_of_a_request_that_waits_cannot_be_used_again() {
    let mut peer = Peer::with(limits(|limits| limits.calls_per_caller = 1), 64 * 1024);
    peer.send(alone(call(1, "sleep"))).await;
    peer.send(alone(call(2, "hello"))).await;
    for (id, method) in [(1, "tools/call"), (2, "tools/call"), (2, "ping")] {
        let second = peer.ask(alone(request(id, method))).await;
        assert_eq!((&second["id"], &second["error"]["code"]), (&id.into(), &json!(-32600)));
    }
    assert_eq!(text(&peer.receive().await), "slept");
    assert_eq!(text(&peer.receive().await), "hello");
    assert_eq!(text(&peer.ask(alone(call(2, "hello"))).await), "hello");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_waits_is_not_overtaken_when_a_place_becomes_free() {
    let mut peer = Peer::with(limits(|limits| limits.calls_per_caller = 1), 64 * 1024);
    let lines = [alone(call(1, "never")), alone(call(2, "hello")), cancel(1)];
    let overtaking = alone(call(3, "hello"));
    let text: String = lines.iter().chain([&overtaking]).map(|line| format!("{line}\n")).collect();
    peer.send_text(&text).await;
    for id in [2, 3] {
        assert_eq!(peer.receive().await["id"], id);
    }
}

#[tokio::test(start_paused = true)]
async fn a_ping_passes_the_calls_that_wait() {
    let mut peer = Peer::with(limits(|limits| limits.calls_per_caller = 1), 64 * 1024);
    peer.send(alone(call(1, "sleep"))).await;
    peer.send(alone(call(2, "hello"))).await;
    peer.send(request(3, "ping")).await;
    for id in [3, 1, 2] {
        assert_eq!(peer.receive().await["id"], id);
    }
}

#[tokio::test(start_paused = true)]
async fn requests_that_wait_are_bounded() {
    let limits = limits(|limits| {
        limits.calls_per_caller = 1;
        limits.queued_bytes = 16 * 1024;
    });
    let mut peer = Peer::with(limits, 4096);
    peer.send(alone(call(0, "sleep"))).await;
    let sending = timeout(Duration::from_millis(500), async {
        for id in 1.. {
            if id == 100_000 {
                panic!("the server takes in everything");
            }
            peer.send(alone(call(id, "hello"))).await;
        }
    });
    assert!(sending.await.is_err());
    assert_eq!(text(&peer.receive().await), "slept");
    assert_eq!(text(&peer.receive().await), "hello");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_is_not_read_from() {
    let mut peer = Peer::new();
    let line = format!("{}\n", alone(call(1, "large")));
    let mut sent = 0;
    let sending = timeout(Duration::from_secs(1), async {
        while sent < 1_000_000 {
            peer.send_text(&line).await;
            sent += 1;
        }
    });
    assert!(sending.await.is_err(), "the server takes in everything");
    let answers = 1024 * 1024 / (256 * 1024);
    assert!(sent < 1000 + answers, "{sent} requests are taken in");
}

#[tokio::test(start_paused = true)]
async fn writing_and_reading_go_on_side_by_side() {
    let mut peer = Peer::with(Limits::default(), 256);
    for id in 0..2_000 {
        peer.send(alone(call(id, "hello"))).await;
    }
    for id in 0..2_000 {
        assert_eq!(peer.receive().await["id"], id);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_tells_without_end_does_not_keep_others_from_being_read() {
    let mut peer = Peer::new();
    peer.send(alone(call(1, "report_and_wait"))).await;
    peer.send(alone(call(2, "hello"))).await;
    while peer.receive().await["id"] != 2 {}
    peer.send(cancel(1)).await;
    peer.send(alone(call(3, "hello"))).await;
    while peer.receive().await["id"] != 3 {}
    peer.hears_nothing().await;
}

#[tokio::test(start_paused = true)]
async fn a_line_that_is_too_long_is_one_error() {
    let mut peer = Peer::with(limits(|limits| limits.line_bytes = 1024), 64 * 1024);
    for length in [1025, 100_000] {
        let line = "x".repeat(length);
        assert_eq!(peer.error_of(&format!("{line}\n")).await, -32600);
    }
    let padded = format!("{:1024}\r\n", alone(call(1, "hello")));
    peer.send_text(&padded).await;
    assert_eq!(text(&peer.receive().await), "hello");
}

#[tokio::test(start_paused = true)]
async fn blank_lines_and_carriage_returns_are_accepted() {
    let mut peer = Peer::new();
    peer.send_text("\n\r\n  \n").await;
    peer.send_text(&format!("{}\r\n\r\n", request(1, "ping"))).await;
    assert_eq!(peer.receive().await["id"], 1);
    peer.hears_nothing().await;
}
