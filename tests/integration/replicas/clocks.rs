//! Servers that do not agree on the time.

use std::time::Duration;

use serde_json::json;

use super::{
    client::{ALICE, text},
    fleet::Fleet,
};
use crate::{clock::Clock, tasks::redis::server::RedisServer};

/// A lease runs out by the clock of Redis: a server whose own is ahead takes nothing from others, and
/// one whose own is behind loses nothing to them.
#[tokio::test]
async fn five_minutes_more_or_less_take_no_task_from_its_worker() {
    let redis = RedisServer::start().await;
    let fleet = Fleet::on(&redis).with_lease(Duration::from_secs(1));
    let mut servers = vec![fleet.start().await];
    for offset in [300, -300] {
        let folder = tempfile::tempdir().expect("a folder");
        let Some(clock) = Clock::find(folder.path()) else {
            eprintln!("there is no libfaketime: not tested");
            return;
        };
        clock.set(offset);
        servers.push(fleet.start_with(|command| clock.give(command)).await);
    }
    let mut begun = Vec::new();
    for (index, server) in servers.iter().enumerate() {
        let name = format!("nap-{index}");
        let arguments = json!({ "name": name, "millis": 3000 });
        begun.push((ALICE.begin(server.address, "nap", arguments).await, name));
    }
    for (id, name) in &begun {
        for server in &servers {
            let task = ALICE.until(server.address, id, "completed").await;
            assert_eq!(text(&task), format!("{name} in run 0"));
        }
        assert_eq!(fleet.count(name, "begun"), 1);
    }
}
