//! The replicas, their Redis, and what befalls them.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    net::SocketAddr,
    os::unix::process::ExitStatusExt as _,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rustix::process::Signal;
use serde_json::json;
use tokio::{
    sync::{Mutex as AsyncMutex, MutexGuard},
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep},
};

use super::{draws::Draw, ledger::Ledger};
use crate::{
    process::OverHttp,
    replicas::{client::ALICE, fleet::Fleet},
    tasks::redis::{proxy::Proxy, server::RedisServer},
};

const LEASE: Duration = Duration::from_millis(1500);

pub(super) struct Site {
    fleet: Fleet,
    redis: Option<(AsyncMutex<RedisServer>, Proxy)>,
    replicas: Vec<Replica>,
    started: Instant,
    /// What has failed when.
    log: Mutex<Vec<String>>,
    counts: Mutex<BTreeMap<&'static str, u64>>,
}

struct Replica {
    /// Locked while something befalls it.
    server: AsyncMutex<OverHttp>,
    /// Where it is, unless it is gone.
    address: Mutex<Option<SocketAddr>>,
    /// Counts what has befallen it.
    faults: AtomicU64,
}

impl Replica {
    fn new(server: OverHttp) -> Self {
        let address = Mutex::new(Some(server.address));
        Self { server: AsyncMutex::new(server), address, faults: AtomicU64::new(0) }
    }

    fn address(&self) -> Option<SocketAddr> {
        *self.address.lock().expect("nobody panics with it")
    }

    fn move_to(&self, address: Option<SocketAddr>) {
        self.faults.fetch_add(1, Ordering::SeqCst);
        *self.address.lock().expect("nobody panics with it") = address;
    }
}

impl Site {
    pub(super) async fn of_replicas(count: usize) -> Self {
        let redis = RedisServer::durable().await;
        let proxy = Proxy::before(redis.socket());
        let mut fleet = Fleet::new(Some(proxy.url())).with_lease(LEASE);
        fleet.drain = Duration::from_millis(300);
        Self::start(fleet, Some((AsyncMutex::new(redis), proxy)), count).await
    }

    pub(super) async fn in_memory() -> Self {
        Self::start(Fleet::new(None), None, 1).await
    }

    async fn start(
        fleet: Fleet,
        redis: Option<(AsyncMutex<RedisServer>, Proxy)>,
        count: usize,
    ) -> Self {
        let mut replicas = Vec::new();
        for _ in 0..count {
            replicas.push(Replica::new(fleet.start().await));
        }
        let (log, counts) = (Mutex::default(), Mutex::default());
        Self { fleet, redis, replicas, started: Instant::now(), log, counts }
    }

    /// One of the servers, by any number. It can be gone or paused: a client does not know.
    pub(super) async fn any(&self, number: u64) -> SocketAddr {
        for number in number.. {
            if let Some(address) = self.replica(number).address() {
                return address;
            }
            sleep(Duration::from_millis(20)).await;
        }
        unreachable!("there are more numbers than a test has time for")
    }

    pub(super) fn suffer(self: &Arc<Self>, draw: Draw, ledger: &Arc<Ledger>) {
        let (site, ledger) = (Arc::clone(self), Arc::clone(ledger));
        tokio::spawn(async move { site.befall(draw, &ledger).await });
    }

    async fn befall(&self, draw: Draw, ledger: &Ledger) {
        match draw {
            Draw::Nothing => {}
            Draw::Kill(number, pause) => {
                let (replica, mut server) = self.take(number).await;
                self.note("kill", format!("{} for {pause:?}", server.address));
                replica.move_to(None);
                server.signal(Signal::KILL);
                sleep(pause).await;
                *server = self.fleet.start().await;
                replica.move_to(Some(server.address));
            }
            Draw::Pause(number) => {
                let (replica, server) = self.take(number).await;
                self.note("pause", server.address.to_string());
                replica.faults.fetch_add(1, Ordering::SeqCst);
                server.signal(Signal::STOP);
                sleep(3 * LEASE).await;
                server.signal(Signal::CONT);
                replica.faults.fetch_add(1, Ordering::SeqCst);
            }
            Draw::Stop(number) => {
                let (replica, mut server) = self.take(number).await;
                self.note("stop", server.address.to_string());
                replica.move_to(None);
                let next = self.fleet.start().await;
                let status = std::mem::replace(&mut *server, next).stopped().await;
                // A task can abort it at the last moment.
                if status.code() != Some(0) && status.signal() != Some(Signal::ABORT.as_raw()) {
                    ledger.violation(format!("a server that is told to stop ends with {status}"));
                }
                replica.move_to(Some(server.address));
            }
            Draw::KillRedis(pause) => {
                let Some((redis, _)) = &self.redis else { return };
                let mut redis = redis.lock().await;
                self.note("kill Redis", format!("for {pause:?}"));
                redis.kill();
                sleep(pause).await;
                redis.start_again().await;
            }
            Draw::PauseRedis(pause) => {
                let Some((redis, _)) = &self.redis else { return };
                let redis = redis.lock().await;
                self.note("pause Redis", format!("for {pause:?}"));
                redis.pause();
                sleep(pause).await;
                redis.resume();
            }
            Draw::Cut => {
                let Some((_, proxy)) = &self.redis else { return };
                self.note("cut", "all connections".into());
                proxy.reset();
            }
        }
    }

    /// A replica by any number, once nothing befalls it any more.
    async fn take(&self, number: u64) -> (&Replica, MutexGuard<'_, OverHttp>) {
        let replica = self.replica(number);
        (replica, replica.server.lock().await)
    }

    fn replica(&self, number: u64) -> &Replica {
        &self.replicas[usize::try_from(number).expect("64 bits") % self.replicas.len()]
    }

    fn note(&self, what: &'static str, details: String) {
        let line = format!("{:>8.3} {what} {details}", self.started.elapsed().as_secs_f64());
        self.log.lock().expect("nobody panics with it").push(line);
        *self.counts.lock().expect("nobody panics with it").entry(what).or_default() += 1;
    }

    /// Starts again what has ended by itself, and sees that each server answers whatever becomes of
    /// the others.
    pub(super) fn keep_up(self: &Arc<Self>, ledger: &Arc<Ledger>) -> JoinHandle<()> {
        let mut upkeep = JoinSet::new();
        for number in 0..self.replicas.len() {
            let (site, told) = (Arc::clone(self), Arc::clone(ledger));
            upkeep.spawn(async move { site.restart(number, &told).await });
            let (site, told) = (Arc::clone(self), Arc::clone(ledger));
            upkeep.spawn(async move { site.ping(number, &told).await });
        }
        tokio::spawn(async move { while upkeep.join_next().await.is_some() {} })
    }

    async fn restart(&self, number: usize, ledger: &Ledger) {
        let replica = &self.replicas[number];
        loop {
            sleep(Duration::from_millis(20)).await;
            let mut server = replica.server.lock().await;
            let Some(status) = server.ended() else { continue };
            self.note("abort", server.address.to_string());
            if status.signal() != Some(Signal::ABORT.as_raw()) {
                ledger.violation(format!("a server ends with {status}"));
            }
            replica.move_to(None);
            *server = self.fleet.start().await;
            replica.move_to(Some(server.address));
        }
    }

    /// What needs no store is answered, whatever the store does.
    async fn ping(&self, number: usize, ledger: &Ledger) {
        let replica = &self.replicas[number];
        loop {
            sleep(Duration::from_millis(100)).await;
            let faults = replica.faults.load(Ordering::SeqCst);
            let Some(address) = replica.address() else { continue };
            if replica.server.try_lock().is_err() {
                continue;
            }
            let params = json!({ "name": "echo", "arguments": { "text": "ping" } });
            let answer = ALICE.ask(address, "tools/call", params).await;
            if matches!(&answer, Ok(Ok(pong)) if pong["content"][0]["text"] == "ping") {
                ledger.ponged();
                continue;
            }
            // It can have aborted, which is seen before long.
            sleep(Duration::from_millis(500)).await;
            if replica.faults.load(Ordering::SeqCst) == faults && replica.server.try_lock().is_ok()
            {
                ledger.violation(format!("a server to which nothing happens answers {answer:?}"));
            }
        }
    }

    /// Waits until everything that was drawn is over.
    pub(super) async fn recover(&self) {
        // What has just been drawn begins.
        sleep(Duration::from_millis(100)).await;
        for replica in &self.replicas {
            drop(replica.server.lock().await);
        }
        if let Some((redis, _)) = &self.redis {
            drop(redis.lock().await);
        }
        self.note("recover", String::new());
    }

    /// How many servers were told to stop.
    pub(super) fn stops(&self) -> u64 {
        self.counts.lock().expect("nobody panics with it").get("stop").copied().unwrap_or(0)
    }

    /// How often a task was begun, by the store's own word.
    pub(super) async fn attempts(&self, id: &str) -> Option<u64> {
        let (redis, _) = self.redis.as_ref()?;
        let redis = redis.lock().await;
        redis.run(&format!("HGET {{replica}}:task:{id} attempts")).await
    }

    pub(super) async fn check_keys(&self) {
        if let Some((redis, _)) = &self.redis {
            redis.lock().await.check_keys_of("replica").await;
        }
    }

    pub(super) fn effects_by_name(&self) -> HashMap<String, Vec<String>> {
        let mut effects: HashMap<String, Vec<String>> = HashMap::new();
        for (name, what) in self.fleet.effects() {
            effects.entry(name).or_default().push(what);
        }
        effects
    }

    pub(super) fn summary(&self) -> String {
        let mut summary = self.log.lock().expect("nobody panics with it").join("\n");
        let counts = self.counts.lock().expect("nobody panics with it");
        let _ = write!(summary, "\n{counts:?}");
        summary
    }
}
