//! Standard input and output of a process, whatever they are.

use std::{fs::File, process::Stdio, time::Duration};

use rustix::{
    fs::{Mode, OFlags, fcntl_getfl, open},
    process::Signal,
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
    time::{Instant, timeout},
};

use crate::process::{GUARD, Process, call, command, give, line, run, text};

fn echo(id: impl Into<Value>, said: &str) -> Value {
    call(id, "echo", json!({"text": said}))
}

#[tokio::test]
async fn stray_prints_do_not_reach_the_client() {
    let mut server = Process::start(&mut command());
    assert_eq!(text(&server.ask(call(1, "print", json!({}))).await), "printed");
    assert_eq!(text(&server.ask(echo(2, "hello")).await), "hello");
    let ended = server.hang_up().await;
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""));
    assert!(ended.stderr.contains("printed by println"), "{}", ended.stderr);
    assert!(ended.stderr.contains("written to descriptor 1"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_function_cannot_take_messages_from_the_standard_input() {
    let mut server = Process::start(&mut command());
    let (read, echo) = (call(1, "read_input", json!({})), echo(2, "hello"));
    server.stdin.write_all((line(&read) + &line(&echo)).as_bytes()).await.expect("it reads");
    let mut texts = [server.receive().await, server.receive().await];
    texts.sort_by_key(|answer| answer["id"].as_i64());
    assert_eq!(texts.each_ref().map(text), ["", "hello"]);
}

#[tokio::test]
async fn what_runs_is_answered_after_the_client_has_hung_up() {
    let mut server = Process::start(&mut command());
    server.send(&call(1, "sleep", json!({"millis": 30}))).await;
    server.send(&echo(2, "hello")).await;
    let ended = server.hang_up().await;
    assert_eq!(ended.code, Some(0));
    let answers: Vec<Value> =
        ended.stdout.lines().map(|line| serde_json::from_str(line).expect("a message")).collect();
    assert_eq!(answers.iter().map(text).collect::<Vec<_>>(), ["hello", "slept"]);
    assert_eq!(ended.stderr, "");
}

#[tokio::test]
async fn a_function_that_blocks_does_not_keep_the_process() {
    let mut server = Process::start(command().env("DRAIN_MILLIS", "20"));
    server.send(&call(1, "block", json!({}))).await;
    let ended = server.hang_up().await;
    assert_eq!(ended.code, Some(0));
    let answer: Value = serde_json::from_str(&ended.stdout).expect("one message");
    assert_eq!(answer["error"]["data"]["reason"], "stopped");
}

#[tokio::test]
async fn an_idle_server_ends_at_once_at_a_signal() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = Process::start(&mut command());
        server.ask(echo(1, "hello")).await;
        let before = Instant::now();
        server.signal(signal);
        assert_eq!(server.ended().await.code, Some(0));
        assert!(before.elapsed() < Duration::from_secs(1), "{:?}", before.elapsed());
    }
}

#[tokio::test]
async fn a_server_that_nobody_types_to_ends_at_once_at_a_signal() {
    // A read that never returns, of something that can only be read by a thread.
    let (stdin, _keyboard) = terminal();
    let mut child = command().stdin(give(stdin)).spawn().expect("it starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("it is a pipe")).lines();
    let greeting = timeout(GUARD, stderr.next_line()).await.expect("it greets").expect("it writes");
    assert!(greeting.expect("a line").contains("--help"));
    let pid = child.id().expect("it runs").try_into().expect("it is small");
    let pid = rustix::process::Pid::from_raw(pid).expect("it is not zero");
    rustix::process::kill_process(pid, Signal::TERM).expect("it runs");
    assert_eq!(Process::end(&mut child, None).await.code, Some(0));
}

/// Both ends of a terminal that nobody types on.
fn terminal() -> (File, File) {
    let controller =
        openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("it opens");
    grantpt(&controller).expect("it is granted");
    unlockpt(&controller).expect("it is unlocked");
    let name = ptsname(&controller, Vec::new()).expect("it has a name");
    let terminal = open(&name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty());
    (terminal.expect("it opens").into(), controller.into())
}

#[tokio::test]
async fn the_second_signal_ends_the_process_although_a_call_runs() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let mut server = Process::start(&mut command());
        server.send(&call(1, "sleep", json!({"millis": 600_000}))).await;
        server.ask(echo(2, "hello")).await;
        assert_eq!(server.signal_until_end(signal).await, Some(code));
    }
}

#[tokio::test]
async fn a_client_that_closes_its_end_is_an_error_at_once() {
    let mut server = Process::start(&mut command());
    server.ask(echo(1, "hello")).await;
    let (mut child, mut stdin) = server.stop_reading();
    // More than one, because a process that another test starts has this end as well for a moment.
    let ask = async {
        while stdin.write_all(line(&echo(2, "hello")).as_bytes()).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let (ended, ()) = tokio::join!(Process::end(&mut child, None), ask);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.starts_with("Error: the client is lost: "), "{}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
}

#[tokio::test]
async fn a_client_that_does_not_read_is_not_read_from() {
    let mut server = Process::start(&mut command());
    let call = line(&call("same", "large", json!({"bytes": 20_000})));
    let mut sent = 0;
    // A write that waits this long waits for the server.
    let patience = Duration::from_millis(50);
    while timeout(patience, server.stdin.write_all(call.as_bytes())).await.is_ok() {
        sent += 1;
        assert!(sent < 10_000, "it takes in everything");
    }
    for _ in 0..sent {
        assert_eq!(text(&server.receive().await).len(), 20_000);
    }
}

#[tokio::test]
async fn files_and_nothing_can_be_the_ends() {
    let directory = std::env::temp_dir().join(format!("stdio-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("it can be made");
    let (input, output) = (directory.join("in"), directory.join("out"));
    let lines: String = (0..1000).map(|id| line(&echo(id, "hello"))).collect();
    std::fs::write(&input, &lines).expect("it can be written");
    let mut from_file_to_file = command();
    from_file_to_file
        .stdin(give(File::open(&input).expect("it is there")))
        .stdout(give(File::create(&output).expect("it can be written")));
    let ended = timeout(GUARD, from_file_to_file.status()).await.expect("it ends");
    assert_eq!(ended.expect("it starts").code(), Some(0));
    let answers = std::fs::read_to_string(&output).expect("it has been written");
    let ids = answers.lines().map(|line| {
        let answer: Value = serde_json::from_str(line).expect("a message");
        answer["id"].as_i64().expect("it has an id")
    });
    assert!(ids.eq(0..1000));
    std::fs::remove_dir_all(&directory).expect("it can be removed");

    let ended = run(command().stdin(Stdio::null())).await;
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""));
}

#[tokio::test]
async fn sockets_can_be_the_ends() {
    let pair = || std::os::unix::net::UnixStream::pair().expect("there are sockets");
    let ((near_in, far_in), (near_out, far_out)) = (pair(), pair());
    let mut child = command().stdin(give(far_in)).stdout(give(far_out)).spawn().expect("it starts");
    let near = |socket: std::os::unix::net::UnixStream| {
        socket.set_nonblocking(true).expect("it can be set");
        UnixStream::from_std(socket).expect("it is a socket")
    };
    let (mut stdin, mut stdout) = (near(near_in), near(near_out));
    for id in 0..100 {
        stdin.write_all(line(&echo(id, "hello")).as_bytes()).await.expect("it reads");
    }
    stdin.shutdown().await.expect("it can be closed");
    let mut answers = String::new();
    timeout(GUARD, stdout.read_to_string(&mut answers)).await.expect("it ends").expect("it writes");
    assert_eq!(answers.lines().count(), 100);
    assert_eq!(Process::end(&mut child, None).await.code, Some(0));
}

#[tokio::test]
async fn others_who_have_the_same_pipe_still_wait_when_they_use_it() {
    let (stdin, mut writer) = std::io::pipe().expect("there are pipes");
    let (reader, stdout) = std::io::pipe().expect("there are pipes");
    let shared_stdin = stdin.try_clone().expect("it can be shared");
    let shared_stdout = stdout.try_clone().expect("it can be shared");
    let mut child = command().stdin(give(stdin)).stdout(give(stdout)).spawn().expect("it starts");
    let mut answers = tokio::task::spawn_blocking(move || {
        std::io::Write::write_all(&mut writer, line(&echo(1, "hello")).as_bytes())?;
        let mut answer = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(reader), &mut answer)?;
        std::io::Result::Ok(answer)
    });
    let answer = timeout(GUARD, &mut answers).await.expect("it answers").expect("no panic");
    assert!(answer.expect("it can be read").contains("hello"));
    for flags in [fcntl_getfl(&shared_stdin), fcntl_getfl(&shared_stdout)] {
        assert!(!flags.expect("it has flags").contains(OFlags::NONBLOCK));
    }
    assert_eq!(Process::end(&mut child, None).await.code, Some(0));
}
