use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::*;

#[tokio::test(start_paused = true)]
async fn what_runs_can_end_when_the_client_hangs_up() {
    let mut peer = Peer::new();
    peer.send(alone(call(1, "sleep"))).await;
    peer.send(alone(call(2, "hello"))).await;
    peer.hang_up().await;
    let (answers, ended) = peer.rest().await;
    assert_eq!(answers.iter().map(text).collect::<Vec<_>>(), ["hello", "slept"]);
    ended.expect("hanging up is no error");
}

#[tokio::test(start_paused = true)]
async fn a_last_line_without_a_newline_is_a_line() {
    let mut peer = Peer::new();
    peer.send_text(&alone(call(1, "hello")).to_string()).await;
    peer.hang_up().await;
    let (answers, _) = peer.rest().await;
    assert_eq!(text(&answers[0]), "hello");
}

#[tokio::test(start_paused = true)]
async fn what_does_not_end_in_time_is_answered_with_an_error() {
    let mut peer = Peer::new();
    peer.send(alone(call(1, "never"))).await;
    peer.hang_up().await;
    let before = tokio::time::Instant::now();
    let (answers, ended) = peer.rest().await;
    assert_eq!(before.elapsed(), Limits::default().drain_stdio);
    assert_eq!(answers[0]["error"]["data"]["reason"], "stopped");
    ended.expect("hanging up is no error");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_is_not_waited_for() {
    let mut peer = Peer::new();
    peer.send(alone(call(1, "never"))).await;
    peer.send(cancel(1)).await;
    peer.hang_up().await;
    let before = tokio::time::Instant::now();
    let (answers, _) = peer.rest().await;
    assert_eq!(answers, [] as [Value; 0]);
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_listener_does_not_hold_up_the_end() {
    let mut peer = Peer::new();
    let mut listen = alone(request("sub", "subscriptions/listen"));
    listen["params"]["notifications"] = serde_json::json!({"toolsListChanged": true});
    peer.ask(listen).await;
    peer.hang_up().await;
    let before = tokio::time::Instant::now();
    peer.rest().await.1.expect("hanging up is no error");
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn requests_that_wait_for_a_place_run_after_the_client_has_hung_up() {
    let mut peer = Peer::with(limits(|limits| limits.calls_per_caller = 1), 64 * 1024);
    peer.send(alone(call(1, "sleep"))).await;
    peer.send(alone(call(2, "sleep"))).await;
    peer.hang_up().await;
    let (answers, _) = peer.rest().await;
    assert_eq!(answers.iter().map(text).collect::<Vec<_>>(), ["slept", "slept"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_ends_what_runs_and_reads_no_more() {
    let mut peer = Peer::new();
    peer.send(alone(call(1, "sleep"))).await;
    peer.ask(request(2, "ping")).await;
    peer.server.stop();
    tokio::time::sleep(Duration::from_millis(1)).await;
    peer.send(alone(call(3, "hello"))).await;
    let (answers, ended) = peer.rest().await;
    assert_eq!(answers.iter().map(text).collect::<Vec<_>>(), ["slept"]);
    ended.expect("stopping is no error");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_waits_for_its_own_limit() {
    let mut peer = Peer::new();
    peer.send(alone(call(1, "never"))).await;
    peer.ask(request(2, "ping")).await;
    peer.server.stop();
    let before = tokio::time::Instant::now();
    let (answers, _) = peer.rest().await;
    assert_eq!(before.elapsed(), Limits::default().drain);
    assert_eq!(answers[0]["error"]["data"]["reason"], "stopped");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_cannot_keep_the_server_from_ending() {
    let mut peer = Peer::with(Limits::default(), 1024);
    peer.send(alone(call(1, "large"))).await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    peer.server.stop();
    let before = tokio::time::Instant::now();
    let ended = timeout(LONG, peer.served).await.expect("it ends").expect("it does not panic");
    ended.expect("stopping is no error");
    assert_eq!(before.elapsed(), Limits::default().drain + super::super::LAST_WORDS);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_cannot_be_written_to_is_an_error_at_once() {
    let mut peer = Peer::new();
    peer.send(alone(call(1, "never"))).await;
    peer.send(alone(call(2, "hello"))).await;
    let Peer { served, lines, writer, .. } = peer;
    drop((lines, writer));
    let before = tokio::time::Instant::now();
    let ended = timeout(LONG, served).await.expect("it ends").expect("it does not panic");
    assert_eq!(ended.expect_err("an answer is lost").kind(), io::ErrorKind::BrokenPipe);
    assert_eq!(before.elapsed(), Duration::ZERO);
}

/// Reads as a socket does whose other end is closed with something unread.
struct Reset;

impl AsyncRead for Reset {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
    }
}

/// Is never ready to be written to.
struct Full;

impl AsyncWrite for Full {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Pending
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test(start_paused = true)]
async fn a_reset_is_the_end_of_input() {
    let server = server().build().expect("builds");
    super::super::serve(server.core.clone(), Reset, Full, None, true).await.expect("no error");
}
