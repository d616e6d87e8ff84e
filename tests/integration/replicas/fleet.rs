//! Server processes on one Redis.

use std::{fs, future::Future, path::PathBuf, time::Duration};

use tempfile::TempDir;
use tokio::{
    process::Command,
    time::{sleep, timeout},
};

use crate::{
    process::{GUARD, OverHttp, replica},
    tasks::redis::server::RedisServer,
};

/// The same for all: base64 of 32 bytes.
const KEYS: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// How replicas are started.
pub struct Fleet {
    /// `None`: in memory.
    pub redis_url: Option<String>,
    pub lease: Option<Duration>,
    pub drain: Duration,
    folder: TempDir,
}

impl Fleet {
    pub fn new(redis_url: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { redis_url, lease: None, drain: Duration::ZERO, folder }
    }

    pub fn on(redis: &RedisServer) -> Self {
        Self::new(Some(redis.url()))
    }

    /// Tasks of lost workers are taken over before long.
    pub fn with_lease(self, lease: Duration) -> Self {
        Self { lease: Some(lease), ..self }
    }

    pub async fn start(&self) -> OverHttp {
        self.start_with(|_| ()).await
    }

    pub async fn start_with(&self, change: impl FnOnce(&mut Command)) -> OverHttp {
        let millis = |duration: Duration| duration.as_millis().to_string();
        let mut command = replica();
        command.env("MCP_KEYS", KEYS).env("EFFECTS", self.file());
        command.env("DRAIN_MILLIS", millis(self.drain));
        command.envs(self.redis_url.iter().map(|url| ("REDIS_URL", url)));
        command.envs(self.lease.map(|lease| ("LEASE_MILLIS", millis(lease))));
        change(&mut command);
        OverHttp::start(&mut command).await
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("effects")
    }

    /// What was done, as `name what` in the order in which it was done.
    pub fn effects(&self) -> Vec<(String, String)> {
        let text = fs::read_to_string(self.file()).unwrap_or_default();
        let split =
            |line: &str| line.split_once(' ').map(|(name, what)| (name.into(), what.into()));
        text.lines().filter_map(split).collect()
    }

    /// How often this was done.
    pub fn count(&self, name: &str, what: &str) -> usize {
        self.effects().iter().filter(|(of, it)| (of.as_str(), it.as_str()) == (name, what)).count()
    }

    pub async fn until_done(&self, name: &str, what: &str) {
        until(async || (self.count(name, what) > 0).then_some(())).await;
    }
}

/// Looks again and again until there is something.
pub async fn until<T, F: Future<Output = Option<T>>>(look: impl Fn() -> F) -> T {
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(GUARD, looking).await.expect("it happens")
}
