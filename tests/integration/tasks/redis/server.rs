//! A Redis server of a test's own, which the test can kill, pause and start again.

use std::{
    ffi::OsString,
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use mcp_runtime::tasks::{RedisStore, RedisStoreBuilder};
use redis::{FromRedisValue, aio::MultiplexedConnection};
use rustix::process::{Pid, Signal, kill_process};

/// Ends with the test.
pub struct RedisServer {
    folder: PathBuf,
    options: Vec<String>,
    child: Option<Child>,
}

impl RedisServer {
    /// A server that keeps nothing on the disk.
    pub async fn start() -> Self {
        Self::with(&["--save", "", "--appendonly", "no"]).await
    }

    /// A server that has on the disk what it has acknowledged.
    pub async fn durable() -> Self {
        Self::with(&["--save", "", "--appendonly", "yes", "--appendfsync", "always"]).await
    }

    pub async fn with(options: &[&str]) -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        // The path of a socket has to be short.
        let folder =
            std::env::temp_dir().join(format!("mcp-redis-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("the folder can be made");
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let mut server = Self { folder, options, child: None };
        server.start_again().await;
        server
    }

    /// After [`kill`](Self::kill): with what it has on the disk.
    pub async fn start_again(&mut self) {
        let child = Command::new(program())
            .args(["--port", "0", "--daemonize", "no", "--enable-debug-command", "yes", "--dir"])
            .arg(&self.folder)
            .arg("--unixsocket")
            .arg(self.socket())
            .args(&self.options)
            .stdin(Stdio::null())
            .stdout(fs::File::create(self.folder.join("log")).expect("a log"))
            .stderr(Stdio::inherit())
            .spawn();
        self.child = Some(child.expect("the server starts"));
        for _ in 0..1000 {
            if let Ok(mut connection) = self.try_connect().await
                && redis::cmd("PING").query_async::<()>(&mut connection).await.is_ok()
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        panic!("the server does not start:\n{log}");
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.join("socket")
    }

    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// Every byte of the server's log of writes.
    pub fn written(&self) -> Vec<u8> {
        let files = fs::read_dir(self.folder.join("appendonlydir")).expect("there is a log");
        let paths = files.map(|file| file.expect("a file").path());
        paths.flat_map(|path| fs::read(path).expect("it can be read")).collect()
    }

    /// How many commands the server has run.
    pub async fn commands(&self) -> u64 {
        let stats: String = self.run("INFO stats").await;
        let line = stats.lines().find_map(|line| line.strip_prefix("total_commands_processed:"));
        line.and_then(|count| count.parse().ok()).expect("the server counts")
    }

    pub fn store(&self) -> RedisStore {
        self.builder().build().expect("the options are right")
    }

    pub fn builder(&self) -> RedisStoreBuilder {
        RedisStore::builder(self.url())
    }

    async fn try_connect(&self) -> redis::RedisResult<MultiplexedConnection> {
        redis::Client::open(self.url())?.get_multiplexed_async_connection().await
    }

    /// Runs a command, for example `CONFIG SET maxmemory 1mb`.
    pub async fn run<T: FromRedisValue>(&self, command: &str) -> T {
        self.run_with(&command.split(' ').map(str::as_bytes).collect::<Vec<_>>()).await
    }

    pub async fn run_with<T: FromRedisValue>(&self, words: &[&[u8]]) -> T {
        let mut command = redis::Cmd::new();
        for word in words {
            command.arg(*word);
        }
        let mut connection = self.try_connect().await.expect("the server is there");
        command.query_async(&mut connection).await.expect("the command works")
    }

    /// Tells whether anything was written: it is the same as long as all values are.
    pub async fn digest(&self) -> String {
        self.run("DEBUG DIGEST").await
    }

    pub async fn keys(&self) -> Vec<String> {
        self.run("KEYS *").await
    }

    /// Panics if a key stays for ever, or is out of the slot of the others.
    pub async fn check_keys(&self) {
        self.check_keys_of("mcp").await;
    }

    /// Every key is of the server of this name, and goes by itself.
    pub async fn check_keys_of(&self, name: &str) {
        for key in self.keys().await {
            assert!(key.starts_with(&format!("{{{name}}}:")), "{key} has the hash tag");
            let ttl: i64 = self.run_with(&[b"PTTL", key.as_bytes()]).await;
            // -2: it is gone by now.
            assert!(ttl > 0 || ttl == -2, "{key} stays for ever");
        }
    }

    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it can be killed");
            child.wait().expect("it ends");
        }
        // What was killed leaves its socket.
        _ = fs::remove_file(self.socket());
    }

    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let child = self.child.as_ref().expect("it runs");
        kill_process(Pid::from_child(child), signal).expect("it can be told");
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
        _ = fs::remove_dir_all(&self.folder);
    }
}

/// `REDIS_SERVER` names another, for example of another version.
fn program() -> OsString {
    let runs = |program: &OsString| Command::new(program).arg("--version").output().is_ok();
    let named = std::env::var_os("REDIS_SERVER");
    named
        .or_else(|| ["redis-server", "valkey-server"].map(OsString::from).into_iter().find(runs))
        .expect("redis-server or valkey-server is installed: run tests/setup.sh")
}
