//! What clients were told, and whether it goes together.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::Value;
use tokio::time::Instant;

use super::producer::Kind;
use crate::replicas::client::User;

/// All tasks that a server has given a client's word for, by their ids.
#[derive(Default)]
pub(super) struct Ledger {
    tasks: Mutex<HashMap<String, Entry>>,
    violations: Mutex<Vec<String>>,
    /// What was refused, and how often.
    refusals: Mutex<BTreeMap<String, u64>>,
    pongs: AtomicU64,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) user: User,
    /// Before it was created.
    pub(super) asked: Instant,
    /// The task as it was when it was first seen at its end.
    pub(super) end: Option<Value>,
    /// How often the store says that it was begun, if that is told.
    pub(super) attempts: Option<u64>,
    /// Each change that was seen.
    history: Vec<String>,
}

fn is_terminal(task: &Value) -> bool {
    matches!(task["status"].as_str(), Some("completed" | "failed" | "cancelled"))
}

impl Ledger {
    fn tasks(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.tasks.lock().expect("nobody panics with it")
    }

    pub(super) fn accepted(&self, id: &str, name: String, kind: Kind, user: User, asked: Instant) {
        let entry =
            Entry { name, kind, user, asked, end: None, attempts: None, history: Vec::new() };
        if let Some(other) = self.tasks().insert(id.to_owned(), entry) {
            self.violation(format!("two tasks have one id: {other:?}"));
        }
    }

    /// Enters what a server says of a task; whether it is at its end.
    pub(super) fn saw(&self, id: &str, task: &Value) -> bool {
        let mut tasks = self.tasks();
        let entry = tasks.get_mut(id).expect("it was accepted");
        let status = task["status"].as_str().unwrap_or_default().to_owned();
        if !entry.history.last().is_some_and(|last| last.ends_with(&status)) {
            let seconds = entry.asked.elapsed().as_secs_f64();
            entry.history.push(format!("{seconds:.3} {status}"));
        }
        let wrong = match &entry.end {
            _ if task["taskId"] != id => Some(format!("another task for {id}: {task}")),
            Some(end) if end != task => {
                Some(format!("{}: an end changes from {end} to {task}", entry.name))
            }
            _ => None,
        };
        if entry.end.is_none() && is_terminal(task) {
            entry.end = Some(task.clone());
        }
        drop(tasks);
        if let Some(wrong) = wrong {
            self.violation(wrong);
        }
        is_terminal(task)
    }

    pub(super) fn counted(&self, id: &str, attempts: Option<u64>) {
        self.tasks().get_mut(id).expect("it was accepted").attempts = attempts;
    }

    pub(super) fn all(&self) -> Vec<(String, Entry)> {
        self.tasks().iter().map(|(id, entry)| (id.clone(), entry.clone())).collect()
    }

    pub(super) fn refused(&self, error: &Value) {
        let reason = error["data"]["reason"].as_str().unwrap_or_default();
        let what = format!("{} {reason}: {}", error["code"], error["message"]);
        *self.refusals.lock().expect("nobody panics with it").entry(what).or_default() += 1;
    }

    pub(super) fn ponged(&self) {
        self.pongs.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn violation(&self, what: String) {
        eprintln!("VIOLATION: {what}");
        self.violations.lock().expect("nobody panics with it").push(what);
    }

    pub(super) fn summary(&self) -> String {
        let mut counts: BTreeMap<(Kind, String), u64> = BTreeMap::new();
        for entry in self.tasks().values() {
            let end = entry.end.as_ref();
            let status = end.and_then(|end| end["status"].as_str()).unwrap_or("open");
            let reason = end.and_then(|end| end["error"]["data"]["reason"].as_str());
            let what = format!("{status} {}", reason.unwrap_or_default());
            *counts.entry((entry.kind, what)).or_default() += 1;
        }
        let refusals = self.refusals.lock().expect("nobody panics with it");
        let pongs = self.pongs.load(Ordering::Relaxed);
        format!("{counts:?}\nrefusals: {refusals:?}\n{pongs} pings were answered")
    }

    /// Panics if a promise was broken, with what is known of the tasks concerned.
    pub(super) fn assert_kept(&self, effects: &HashMap<String, Vec<String>>) {
        let violations = self.violations.lock().expect("nobody panics with it");
        if violations.is_empty() {
            return;
        }
        for (id, entry) in self.all() {
            if violations.iter().any(|it| it.starts_with(&format!("{}:", entry.name))) {
                println!(
                    "{} is {id}: {:?}\n  {:?}",
                    entry.name,
                    entry.history,
                    effects.get(&entry.name)
                );
            }
        }
        panic!("{} promises are broken:\n{}", violations.len(), violations.join("\n"));
    }
}
