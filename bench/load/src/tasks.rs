//! Tools that run as tasks: from the call to the result.

use std::{
    collections::VecDeque,
    fs,
    os::unix::net::UnixStream,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    check,
    http::{Connection, PATIENCE},
    machine::Cores,
    request::{self, FIRST_ID, VARIANTS, echo_text},
    server::{HttpServer, Process, TASKS},
    table::least,
};

/// How many requests are under way.
const CONNECTIONS: usize = 16;

/// How long a server at rest is watched.
const REST: Duration = Duration::from_secs(2);

/// Where the tasks are kept.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Store {
    Memory,
    Redis,
}

impl Store {
    /// Redis only where it is installed.
    pub(crate) fn available() -> Vec<Self> {
        let mut stores = vec![Self::Memory];
        if Command::new("redis-server").arg("--version").output().is_ok() {
            stores.push(Self::Redis);
        } else {
            eprintln!("redis-server is not installed: no tasks in Redis");
        }
        stores
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Memory => "in memory",
            Self::Redis => "in Redis",
        }
    }

    fn start(self, cores: &Cores) -> anyhow::Result<Started> {
        if self == Self::Memory {
            return Ok(Started { server: TASKS.start_http(cores, 0)?, redis: None });
        }
        let redis = Redis::start()?;
        let url = format!("redis+unix://{}", redis.socket.display());
        let keys = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let environment = [("BENCH_REDIS", url.as_str()), ("MCP_KEYS", keys)];
        let server = TASKS.start_http_with(cores, 0, &environment)?;
        Ok(Started { server, redis: Some(redis) })
    }
}

struct Started {
    server: HttpServer,
    redis: Option<Redis>,
}

/// A server of its own, that keeps nothing on the disk.
struct Redis {
    process: Process,
    socket: PathBuf,
}

impl Redis {
    fn start() -> anyhow::Result<Self> {
        let socket = std::env::temp_dir().join(format!("bench-redis-{}", std::process::id()));
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"]);
        command.arg(&socket).stdin(Stdio::null()).stdout(Stdio::null());
        let process = Process::start_here(command)?;
        let started = Instant::now();
        while UnixStream::connect(&socket).is_err() {
            ensure!(started.elapsed() < PATIENCE, "redis-server does not listen");
            thread::sleep(Duration::from_millis(2));
        }
        Ok(Self { process, socket })
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.socket);
    }
}

/// What tasks take.
pub(crate) struct Sample {
    /// How many come to their ends in a second.
    pub(crate) per_second: f64,
    /// Microseconds of the server's processor, for each.
    pub(crate) cpu: f64,
    /// The same of Redis.
    pub(crate) redis_cpu: Option<f64>,
}

/// Begins `count` tasks and looks at each until it has its result, beside `kept` that have theirs.
pub(crate) fn to_the_end(
    store: Store,
    cores: &Cores,
    count: usize,
    kept: usize,
    rounds: usize,
) -> anyhow::Result<Sample> {
    let mut walls = Vec::new();
    let mut cpus = Vec::new();
    let mut redis_cpus = Vec::new();
    for _ in 0..rounds {
        let started = store.start(cores)?;
        let mut clients = Clients::open(&started.server)?;
        clients.bring_to_the_end(kept.max(count.div_ceil(4)))?;
        let redis_cpu = || started.redis.as_ref().map(|redis| redis.process.cpu()).transpose();
        let (cpu, redis) = (started.server.process.cpu()?, redis_cpu()?);
        let begun = Instant::now();
        clients.bring_to_the_end(count)?;
        let each = |time: Duration| time.as_secs_f64() / count as f64;
        walls.push(each(begun.elapsed()));
        cpus.push(each(started.server.process.cpu()?.saturating_sub(cpu)) * 1e6);
        if let (Some(before), Some(after)) = (redis, redis_cpu()?) {
            redis_cpus.push(each(after.saturating_sub(before)) * 1e6);
        }
    }
    Ok(Sample {
        per_second: 1.0 / least(walls).context("no round")?,
        cpu: least(cpus).context("no round")?,
        redis_cpu: least(redis_cpus),
    })
}

/// Connections that each have one request under way.
struct Clients {
    connections: Vec<Connection>,
    next: u64,
}

/// What a request was for.
enum Asked {
    Begin { variant: usize },
    Get { id: String, variant: usize },
}

/// What the answers about a task have that is of interest here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    task_id: String,
    status: String,
    #[serde(default)]
    result: Value,
}

impl Clients {
    fn open(server: &HttpServer) -> anyhow::Result<Self> {
        let connections = (0..CONNECTIONS).map(|_| Connection::open(server.address));
        Ok(Self { connections: connections.collect::<Result<_, _>>()?, next: FIRST_ID })
    }

    /// First all tasks are begun, then all are looked at, in turn, until each is at its end.
    fn bring_to_the_end(&mut self, count: usize) -> anyhow::Result<()> {
        let begin = (0..count).map(|number| Asked::Begin { variant: number % VARIANTS });
        let begun = self.ask_all(begin.collect())?;
        let ended = self.ask_all(begun)?;
        ensure!(ended.is_empty(), "some tasks have no end");
        Ok(())
    }

    /// Sends all requests, and again those for tasks that are not at their ends; gives the requests
    /// for the tasks that were begun.
    fn ask_all(&mut self, mut waiting: VecDeque<Asked>) -> anyhow::Result<VecDeque<Asked>> {
        let mut under_way: VecDeque<(usize, u64, Asked)> = VecDeque::new();
        let mut free: Vec<usize> = (0..self.connections.len()).collect();
        let mut begun = VecDeque::new();
        loop {
            while !waiting.is_empty() && !free.is_empty() {
                let (Some(asked), Some(index)) = (waiting.pop_front(), free.pop()) else { break };
                let id = self.next;
                self.next += 1;
                let request = match &asked {
                    Asked::Begin { variant } => request::begin_task(id, *variant),
                    Asked::Get { id: task, .. } => request::get_task(id, task),
                };
                self.connections[index].send(request.as_bytes())?;
                under_way.push_back((index, id, asked));
            }
            let Some((index, id, asked)) = under_way.pop_front() else { return Ok(begun) };
            let task = receive(&mut self.connections[index], id)?;
            free.push(index);
            match asked {
                Asked::Begin { variant } => {
                    begun.push_back(Asked::Get { id: task.task_id, variant })
                }
                Asked::Get { variant, .. } if task.status == "completed" => {
                    let text = &task.result["content"][0]["text"];
                    ensure!(*text == echo_text(variant), "the text of a task is {text}");
                }
                again => {
                    ensure!(task.status == "working", "a task is {}", task.status);
                    waiting.push_back(again);
                }
            }
        }
    }
}

fn receive(connection: &mut Connection, id: u64) -> anyhow::Result<Task> {
    let head = connection.receive()?;
    let result = check::result(id, connection.message(&head)?)?;
    Ok(serde_json::from_str(result.get())?)
}

/// Microseconds from the end of a task to the client that waits for it with `tasks/result`: the
/// median, as what is of interest is what clients see.
pub(crate) fn latency(store: Store, cores: &Cores, count: usize) -> anyhow::Result<f64> {
    let started = store.start(cores)?;
    let mut connection = Connection::open(started.server.address)?;
    let session = connection.open_session()?;
    let mut latencies = Vec::new();
    for id in (FIRST_ID..).step_by(2).take(count) {
        connection.send(request::begin_timed_task(id, &session).as_bytes())?;
        let head = connection.receive()?;
        let created = check::result(id, connection.message(&head)?)?;
        let created: Value = serde_json::from_str(created.get())?;
        let task = created["task"]["taskId"].as_str().context("no task")?;
        connection.send(request::task_result(id + 1, &session, task).as_bytes())?;
        let head = connection.receive()?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let result = check::result(id + 1, connection.message(&head)?)?;
        let result: Value = serde_json::from_str(result.get())?;
        let text = result["content"][0]["text"].as_str().context("no text")?;
        let ended = Duration::from_nanos(text.parse()?);
        latencies.push(now.saturating_sub(ended).as_secs_f64() * 1e6);
    }
    latencies.sort_by(f64::total_cmp);
    latencies.get(latencies.len() / 2).copied().context("no task was measured")
}

/// Milliseconds of processor that a server takes in a second in which nothing happens, with `count`
/// tasks kept.
pub(crate) fn idle(store: Store, cores: &Cores, count: usize) -> anyhow::Result<f64> {
    let started = store.start(cores)?;
    Clients::open(&started.server)?.bring_to_the_end(count)?;
    // What the last requests have left is done.
    thread::sleep(Duration::from_millis(500));
    let before = started.server.process.cpu()?;
    thread::sleep(REST);
    let taken = started.server.process.cpu()?.saturating_sub(before);
    Ok(taken.as_secs_f64() * 1e3 / REST.as_secs_f64())
}
