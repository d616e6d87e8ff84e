//! Clients that create tasks and follow them to their ends.

use std::{collections::HashSet, net::SocketAddr, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use super::{draws::Random, ledger::Ledger, site::Site};
use crate::replicas::client::{ALICE, Answer, BOB, User, accept, keys};

/// How long the tasks of the replicas are kept.
pub(super) const TTL: Duration = Duration::from_secs(300);

/// How long a client waits for an answer: less than a server is paused.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Instant,
    Nap,
    Once,
    Ask,
    Wait,
    Explode,
    Huge,
    Abort,
}

impl Kind {
    pub(super) const ALL: [Self; 8] = [
        Self::Instant,
        Self::Nap,
        Self::Once,
        Self::Ask,
        Self::Wait,
        Self::Explode,
        Self::Huge,
        Self::Abort,
    ];

    fn weight(self) -> usize {
        match self {
            Self::Instant => 160,
            Self::Nap => 80,
            Self::Once | Self::Ask | Self::Wait => 40,
            Self::Explode | Self::Huge => 20,
            // Each ends three servers.
            Self::Abort => 1,
        }
    }

    fn tool(self) -> &'static str {
        match self {
            Self::Instant => "instant",
            Self::Nap => "nap",
            Self::Once => "once",
            Self::Ask => "ask",
            Self::Wait => "wait",
            Self::Explode => "explode",
            Self::Huge => "huge",
            Self::Abort => "abort",
        }
    }

    fn arguments(self, name: &str, random: &mut Random) -> Value {
        match self {
            Self::Nap | Self::Once => json!({ "name": name, "millis": random.below(600) }),
            _ => json!({ "name": name }),
        }
    }
}

/// Creates tasks until the end, and gives those who follow them.
pub(super) async fn produce(
    site: Arc<Site>,
    ledger: Arc<Ledger>,
    seed: u64,
    number: u64,
    kinds: Vec<Kind>,
    end: Instant,
) -> Vec<JoinHandle<()>> {
    let mut random = Random::new(seed.wrapping_mul(31).wrapping_add(number + 1));
    let user = if number.is_multiple_of(2) { ALICE } else { BOB };
    let drawn: Vec<Kind> =
        kinds.iter().flat_map(|kind| std::iter::repeat_n(*kind, kind.weight())).collect();
    let mut followers = Vec::new();
    for count in 0.. {
        if Instant::now() >= end {
            break;
        }
        let kind = random.pick(&drawn);
        let name = format!("{}-{number}-{count}", kind.tool());
        let arguments = kind.arguments(&name, &mut random);
        let at = site.any(random.below(1 << 32)).await;
        let asked = Instant::now();
        let call = json!({ "name": kind.tool(), "arguments": arguments });
        match ask(user, at, "tools/call", call).await {
            Some(Ok(created)) => match created["taskId"].as_str() {
                Some(id) => {
                    ledger.accepted(id, name.clone(), kind, user, asked);
                    let follower = Follower {
                        site: Arc::clone(&site),
                        ledger: Arc::clone(&ledger),
                        random: random.clone(),
                        user,
                        id: id.to_owned(),
                        name,
                        kind,
                        asked,
                        answered: HashSet::new(),
                        cancelled: false,
                    };
                    followers.push(tokio::spawn(follower.follow()));
                }
                None => ledger.violation(format!("a call became {created}")),
            },
            Some(Err(error)) => refused(&ledger, &error),
            // Nobody knows whether there is a task.
            None => {}
        }
        sleep(random.millis_below(80)).await;
    }
    followers
}

/// What a server says, unless it is gone or takes too long for a client.
async fn ask(user: User, at: SocketAddr, method: &str, params: Value) -> Option<Answer> {
    timeout(PATIENCE, user.ask(at, method, params)).await.ok()?.ok()
}

/// A server may say that its store is away.
fn refused(ledger: &Ledger, error: &Value) {
    ledger.refused(error);
    if error["data"]["reason"] != "unavailable" {
        ledger.violation(format!("a request is refused: {error}"));
    }
}

struct Follower {
    site: Arc<Site>,
    ledger: Arc<Ledger>,
    random: Random,
    user: User,
    id: String,
    name: String,
    kind: Kind,
    asked: Instant,
    /// The keys whose answers were acknowledged.
    answered: HashSet<String>,
    /// Whether the task's cancellation was.
    cancelled: bool,
}

impl Follower {
    async fn follow(mut self) {
        let mut after_end = 0;
        // Looks on for a while, because an end must not change.
        while after_end < 3 && self.asked.elapsed() < TTL {
            match self.ask(self.user, "tasks/get", json!({ "taskId": self.id })).await {
                Some(Ok(task)) => {
                    if self.ledger.saw(&self.id, &task) {
                        if after_end == 0 {
                            self.ledger.counted(&self.id, self.site.attempts(&self.id).await);
                        }
                        after_end += 1;
                    } else {
                        self.go_on(&task).await;
                    }
                }
                Some(Err(error)) if error["code"] == -32602 => {
                    if self.asked.elapsed() < TTL {
                        let violation = format!("{}: {error} before its time", self.name);
                        self.ledger.violation(violation);
                    }
                    return;
                }
                Some(Err(error)) => refused(&self.ledger, &error),
                None => {}
            }
            if self.random.below(20) == 0 {
                self.steal().await;
            }
            sleep(Duration::from_millis(30) + self.random.millis_below(200)).await;
        }
    }

    async fn ask(&mut self, user: User, method: &str, params: Value) -> Option<Answer> {
        let at = self.site.any(self.random.below(1 << 32)).await;
        ask(user, at, method, params).await
    }

    async fn go_on(&mut self, task: &Value) {
        if self.cancelled {
            self.ledger.violation(format!("{}: cancelled, and still {task}", self.name));
        }
        let asked: Vec<String> = keys(task).into_iter().map(str::to_owned).collect();
        for key in &asked {
            if self.answered.contains(key) {
                self.ledger.violation(format!("{}: `{key}` is asked again", self.name));
            }
        }
        if let Some(key) = asked.first() {
            let key = asked.get(self.random.below(2) as usize).unwrap_or(key).clone();
            let word = accept(&format!("{}/{key}", self.name));
            let params = json!({ "taskId": self.id, "inputResponses": { key.as_str(): word } });
            match self.ask(self.user, "tasks/update", params).await {
                Some(Ok(_)) => _ = self.answered.insert(key),
                Some(Err(error)) => refused(&self.ledger, &error),
                None => {}
            }
        }
        if self.kind == Kind::Wait && self.random.below(4) == 0 {
            match self.ask(self.user, "tasks/cancel", json!({ "taskId": self.id })).await {
                Some(Ok(_)) => self.cancelled = true,
                Some(Err(error)) => refused(&self.ledger, &error),
                None => {}
            }
        }
    }

    /// To somebody else the task is as unknown as one that never was.
    async fn steal(&mut self) {
        let thief = if self.user == ALICE { BOB } else { ALICE };
        let unknown = json!({ "code": -32602, "message": "unknown task" });
        let method = self.random.pick(&["tasks/get", "tasks/update", "tasks/cancel"]);
        let params = json!({ "taskId": self.id, "inputResponses": {} });
        match self.ask(thief, method, params).await {
            Some(Err(error)) if error == unknown => {}
            Some(Err(error)) => refused(&self.ledger, &error),
            Some(Ok(stolen)) => {
                self.ledger.violation(format!("{}: a thief gets {stolen}", self.name));
            }
            None => {}
        }
    }
}
