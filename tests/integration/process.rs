//! A server in a process of its own.

use std::{
    net::SocketAddr,
    os::fd::OwnedFd,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::timeout,
};

/// No test takes as long, unless it fails.
pub const GUARD: Duration = Duration::from_secs(20);

pub fn command() -> Command {
    piped(Command::new(PROGRAM))
}

/// One of the servers that share tasks.
pub fn replica() -> Command {
    piped(Command::new(env!("CARGO_BIN_EXE_replica")))
}

/// The program of an example.
pub fn example(name: &str) -> Command {
    let mut command = piped(Command::new(crate::example::program(name)));
    for name in ["MCP_KEYS", "MCP_BACKEND"] {
        command.env_remove(name);
    }
    command
}

/// The server in a process with fewer resources, such as `ulimit -n 64`.
pub fn command_under(limits: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{limits} && exec \"$0\" \"$@\""), PROGRAM]);
    piped(shell)
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_stdio-server");

fn piped(mut command: Command) -> Command {
    command.env_remove("RUST_LOG").env_remove("MCP_LOG").kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What a process has left behind.
#[derive(Debug)]
pub struct Ended {
    /// `None` when a signal has killed it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a server that ends by itself.
pub async fn run(command: &mut Command) -> Ended {
    let output = timeout(GUARD, command.output()).await.expect("it ends").expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("it writes UTF-8");
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A server on a pair of pipes.
pub struct Process {
    child: Child,
    pub stdin: ChildStdin,
    pub stdout: Lines<BufReader<ChildStdout>>,
}

impl Process {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("it starts");
        let stdin = child.stdin.take().expect("it has a standard input");
        let stdout = child.stdout.take().expect("it has a standard output");
        Self { child, stdin, stdout: BufReader::new(stdout).lines() }
    }

    pub async fn send(&mut self, message: &Value) {
        self.stdin.write_all(line(message).as_bytes()).await.expect("it reads");
    }

    pub async fn receive(&mut self) -> Value {
        let line = timeout(GUARD, self.stdout.next_line()).await.expect("it answers");
        let line = line.expect("it writes").expect("it has not ended");
        serde_json::from_str(&line).expect("it writes nothing but messages")
    }

    pub async fn ask(&mut self, message: Value) -> Value {
        self.send(&message).await;
        self.receive().await
    }

    pub fn signal(&self, signal: Signal) {
        let pid = self.child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        // It can have ended.
        let _ = kill_process(pid.expect("it has been started"), signal);
    }

    /// Sends a signal again and again until the process ends.
    pub async fn signal_until_end(mut self, signal: Signal) -> Option<i32> {
        let insist = async {
            loop {
                self.signal(signal);
                match timeout(Duration::from_millis(10), self.child.wait()).await {
                    Ok(status) => break status.expect("it ends").code(),
                    Err(_) => continue,
                }
            }
        };
        timeout(GUARD, insist).await.expect("it ends")
    }

    /// Closes its standard input and waits for its end.
    pub async fn hang_up(self) -> Ended {
        let Self { mut child, stdin, stdout } = self;
        drop(stdin);
        Self::end(&mut child, Some(stdout)).await
    }

    /// Waits for its end.
    pub async fn ended(mut self) -> Ended {
        let ended = Self::end(&mut self.child, Some(self.stdout)).await;
        drop(self.stdin);
        ended
    }

    /// Closes its standard output.
    pub fn stop_reading(self) -> (Child, ChildStdin) {
        (self.child, self.stdin)
    }

    pub async fn end(child: &mut Child, stdout: Option<Lines<BufReader<ChildStdout>>>) -> Ended {
        let mut ended = Ended { code: None, stdout: String::new(), stderr: String::new() };
        let reading = async {
            if let Some(stdout) = stdout {
                let _ = stdout.into_inner().read_to_string(&mut ended.stdout).await;
            }
            if let Some(mut stderr) = child.stderr.take() {
                let _ = stderr.read_to_string(&mut ended.stderr).await;
            }
            child.wait().await.expect("it can be waited for").code()
        };
        ended.code = timeout(GUARD, reading).await.expect("it ends");
        ended
    }
}

/// A server over HTTP.
pub struct OverHttp {
    child: Child,
    pub address: SocketAddr,
    /// The lines of its log, as they are.
    pub log: UnboundedReceiver<String>,
}

impl OverHttp {
    /// Starts it on a free port.
    pub async fn start(command: &mut Command) -> Self {
        let mut child = command.args(["--http", "0"]).spawn().expect("it starts");
        let stderr = child.stderr.take().expect("it has a standard error");
        let (lines, mut log) = unbounded_channel();
        tokio::spawn(async move {
            let mut stderr = BufReader::new(stderr);
            let mut line = Vec::new();
            while stderr.read_until(b'\n', &mut line).await.is_ok_and(|read| read > 0) {
                let _ = lines.send(String::from_utf8(std::mem::take(&mut line)).expect("UTF-8"));
            }
        });
        // With a log, other lines can come first.
        let address = loop {
            let line = timeout(GUARD, log.recv()).await.expect("it starts").expect("it writes");
            if let Some(rest) = line.strip_prefix("serving MCP at http://") {
                break rest.split('/').next().and_then(|it| it.parse().ok()).expect("an address");
            }
        };
        Self { child, address, log }
    }

    pub fn pid(&self) -> Pid {
        let pid = self.child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        pid.expect("it has been started")
    }

    pub fn signal(&self, signal: Signal) {
        // It can have ended.
        let _ = kill_process(self.pid(), signal);
    }

    /// How it has ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("it can be looked at")
    }

    /// Ends it as a power cut does.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it can be killed");
    }

    /// Ends it as an operator does.
    pub async fn stop(self) -> Option<i32> {
        self.stopped().await.code()
    }

    pub async fn stopped(mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        let ended = timeout(GUARD, self.child.wait()).await.expect("it ends");
        ended.expect("it can be waited for")
    }
}

pub fn line(message: &Value) -> String {
    format!("{message}\n")
}

/// A call in a revision that needs no handshake.
pub fn call(id: impl Into<Value>, tool: &str, arguments: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id.into(), "method": "tools/call", "params": {
        "name": tool,
        "arguments": arguments,
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        },
    }})
}

pub fn text(answer: &Value) -> &str {
    answer["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text: {answer}"))
}

/// One end of a pair, for a process.
pub fn give(fd: impl Into<OwnedFd>) -> Stdio {
    Stdio::from(fd.into())
}
