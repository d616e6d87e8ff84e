//! What has to be true of every task when all is over.

use std::{collections::HashMap, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    ledger::{Entry, Ledger},
    producer::{Kind, TTL},
    site::Site,
};

/// How often a task of these tools is begun at most.
const ATTEMPTS: u64 = 3;

/// How many look at the tasks at once.
const CLIENTS: usize = 8;

pub(super) async fn check(site: &Arc<Site>, ledger: &Arc<Ledger>) {
    let tasks = ledger.all();
    let mut looking = JoinSet::new();
    for part in tasks.chunks(tasks.len().div_ceil(CLIENTS).max(1)) {
        let (site, ledger, part) = (Arc::clone(site), Arc::clone(ledger), part.to_vec());
        looking.spawn(async move {
            for (number, (id, entry)) in (0..).zip(&part) {
                look_again(&site, &ledger, number, id, entry).await;
            }
        });
    }
    looking.join_all().await;
    let effects = site.effects_by_name();
    for (_, entry) in tasks {
        let Some(end) = &entry.end else { continue };
        if let Err(wrong) = judge(&entry, end, site.stops(), &effects) {
            ledger.violation(format!("{}: {wrong}: {end}", entry.name));
        }
    }
    site.check_keys().await;
}

/// Every task is still what it was, at any replica.
async fn look_again(site: &Site, ledger: &Ledger, number: u64, id: &str, entry: &Entry) {
    let answer = entry.user.ask(site.any(number).await, "tasks/get", json!({ "taskId": id })).await;
    match answer {
        Ok(Ok(task)) => {
            if !ledger.saw(id, &task) {
                ledger.violation(format!("{}: it has no end: {task}", entry.name));
            }
        }
        _ if entry.asked.elapsed() > TTL - Duration::from_secs(1) => {}
        answer => ledger.violation(format!("{}: in the end it is {answer:?}", entry.name)),
    }
}

fn judge(
    entry: &Entry,
    end: &Value,
    stops: u64,
    effects: &HashMap<String, Vec<String>>,
) -> Result<(), String> {
    let done = effects.get(&entry.name).map(Vec::as_slice).unwrap_or_default();
    let count = |what: &str| done.iter().filter(|it| *it == what).count() as u64;
    let begun = count("begun");
    // A task that was given back has been begun, and that does not count.
    let attempts = entry.attempts;
    let max = attempts.unwrap_or(1) + stops;
    if entry.kind == Kind::Once && begun > 1 || begun > max {
        return Err(format!("begun {begun} times, counted as {attempts:?}"));
    }
    for what in ["first", "second"] {
        if count(what) > begun {
            return Err(format!("`{what}` was done {} times in {begun} runs", count(what)));
        }
    }
    let (status, reason) = (end["status"].as_str(), end["error"]["data"]["reason"].as_str());
    if status == Some("failed") && reason == Some("worker_lost") {
        let is_due = entry.kind == Kind::Once || attempts == Some(ATTEMPTS);
        return if is_due { Ok(()) } else { Err(format!("given up after {attempts:?} attempts")) };
    }
    let text = end["result"]["content"][0]["text"].as_str().unwrap_or_default();
    let last_run = done.iter().filter_map(|it| it.strip_prefix("held ")?.parse::<u64>().ok()).max();
    let in_run = |run: u64| format!("{} in run {run}", entry.name);
    let right = match (entry.kind, status) {
        // The result is that of the last worker that has held the task.
        (Kind::Instant, Some("completed")) => last_run.is_some_and(|run| text == in_run(run)),
        (Kind::Nap, Some("completed")) => {
            last_run.is_some_and(|run| text == in_run(run))
                && count("first") > 0
                && count("second") > 0
        }
        (Kind::Ask, Some("completed")) => last_run.is_some_and(|run| {
            text == format!("{}: {name}/one {name}/two", in_run(run), name = entry.name)
        }),
        (Kind::Once, Some("completed")) => text == in_run(0) && begun == 1,
        (Kind::Once, Some("failed")) => reason == Some("server_stopped"),
        (Kind::Huge, Some("completed")) => {
            end["result"]["isError"] == true && text.starts_with("the result has more than")
        }
        (Kind::Explode, Some("failed")) => {
            end["error"] == json!({ "code": -32603, "message": "internal error" })
        }
        (Kind::Wait, Some("cancelled")) => true,
        _ => false,
    };
    if right { Ok(()) } else { Err(format!("not how it has to end, after {done:?}")) }
}
