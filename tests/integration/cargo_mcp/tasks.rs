//! `cargo mcp tasks`, on a real Redis.

use std::time::Duration;

use mcp_runtime::{
    Principal,
    tasks::{Outcome, Owner, RedisStore, TaskId, TaskLimits, TaskRequest, TaskStatus, TaskStore},
};
use serde_json::{Value, value::RawValue};

use super::{Place, Ran};
use crate::tasks::redis::server::RedisServer;

const ROOM: TaskLimits = TaskLimits { total: 1000, per_owner: 1000 };

struct Operator {
    redis: RedisServer,
    store: RedisStore,
    place: Place,
}

impl Operator {
    async fn start() -> Self {
        let redis = RedisServer::start().await;
        let store = redis.builder().prefix("trainer").build().expect("valid");
        Self { redis, store, place: Place::new() }
    }

    async fn create(&self, owner: &Owner, tool: &str) -> TaskId {
        let id = TaskId::random().expect("an id");
        let arguments = RawValue::from_string(r#"{"secret":"canary-0451"}"#.into()).expect("JSON");
        let mut request = TaskRequest::new(id, owner.clone(), tool, arguments);
        request.ttl = Duration::from_secs(60);
        self.store.create(request, ROOM).await.expect("room").id()
    }

    fn run(&self, words: &[&str]) -> Ran {
        let url = self.redis.url();
        let backend = ["--backend", url.as_str(), "--server", "trainer"];
        let ran = self.place.run(&[&["tasks"], words, &backend].concat());
        assert!(!format!("{ran:?}").contains("canary"), "arguments are not the operator's");
        ran
    }

    fn json(&self, words: &[&str]) -> Value {
        let ran = self.run(&[words, &["--json"]].concat());
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        serde_json::from_str(&ran.stdout).expect("JSON")
    }
}

fn alice() -> Owner {
    (&Principal::new("https://issuer.example", "alice").with_client("app")).into()
}

#[tokio::test]
async fn the_tasks_of_all_owners_are_listed() {
    let operator = Operator::start().await;
    for _ in 0..120 {
        operator.create(&Owner::Anonymous, "train").await;
    }
    let done = operator.create(&alice(), "measure").await;
    let claimed = operator.store.claim("worker-1", &["measure"], Duration::from_secs(60)).await;
    let fence = claimed.expect("claims").expect("it waits").fence();
    let result = RawValue::from_string("{}".into()).expect("JSON").into();
    let outcome = Outcome::Result { result, is_error: false };
    operator.store.finish(fence, outcome).await.expect("held");

    let listed = operator.json(&["list", "--limit", "1000"]);
    assert_eq!(listed["tasks"].as_array().expect("tasks").len(), 121);
    assert_eq!(operator.json(&["list"])["tasks"].as_array().expect("tasks").len(), 100);
    let completed = operator.json(&["list", "--status", "completed"]);
    let [task] = completed["tasks"].as_array().expect("tasks").as_slice() else { panic!("one") };
    assert_eq!(task["id"], done.to_string());
    assert_eq!(task["owner"], "alice of https://issuer.example by app");
    let table = operator.run(&["list", "--status", "completed"]).stdout;
    let row = table.lines().nth(1).expect("a row");
    assert!(row.starts_with(&format!("{done}  measure  completed")), "{table}");
}

#[tokio::test]
async fn a_task_is_shown_and_cancelled() {
    let operator = Operator::start().await;
    let id = operator.create(&alice(), "train").await.to_string();
    let claimed = operator.store.claim("worker-1", &["train"], Duration::from_secs(60)).await;
    claimed.expect("claims").expect("it waits");
    let task = operator.json(&["show", &id]);
    assert_eq!((&task["status"], &task["worker"]), (&"working".into(), &"worker-1".into()));
    assert_eq!((&task["attempts"], &task["maxAttempts"]), (&1.into(), &1.into()));
    let shown = operator.run(&["show", &id]).stdout;
    assert!(shown.contains("worker        worker-1\n"), "{shown}");

    assert_eq!(operator.run(&["cancel", &id]).stdout, format!("cancelled {id}\n"));
    let id: TaskId = id.parse().expect("an id");
    let record = operator.store.get(&alice(), id).await.expect("it is there");
    assert_eq!(record.status, TaskStatus::Cancelled);
    let again = operator.run(&["cancel", &id.to_string()]);
    assert_eq!(again.code, Some(1));
    assert!(again.stderr.contains("the task has ended: cancelled"), "{}", again.stderr);
}

#[tokio::test]
async fn what_is_wrong_is_told() {
    let operator = Operator::start().await;
    let unknown = "0".repeat(32);
    for (words, fault) in [
        (["show", unknown.as_str()], "there is no such task"),
        (["cancel", unknown.as_str()], "there is no such task"),
        (["show", "x"], "not the id of a task"),
    ] {
        let ran = operator.run(&words);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.stderr.contains(fault), "{}", ran.stderr);
    }
    assert_eq!(operator.run(&["list", "--status", "lost"]).code, Some(2));
    let away = ["tasks", "list", "--server", "trainer", "--backend", "redis+unix:///nowhere"];
    let told = operator.place.fail(&away);
    assert!(told.starts_with("error: the backend: "), "{told}");
    let wrong = ["tasks", "list", "--server", "trainer", "--backend", "http://a:secret@b"];
    let told = operator.place.fail(&wrong);
    assert!(told.contains("the URL is not valid") && !told.contains("secret"), "{told}");
}
