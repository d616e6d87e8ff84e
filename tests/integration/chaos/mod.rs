//! Servers, their store and their connections fail at random, and what clients were promised holds.
//!
//! A run is drawn from a seed, which is printed. To run it again, or for longer:
//!
//! ```sh
//! CHAOS_SEED=7 CHAOS_SECONDS=600 cargo nextest run -p integration-tests --all-features --no-capture chaos::whatever
//! ```

mod draws;
mod ledger;
mod producer;
mod site;
mod verdict;

use std::{env, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until, timeout};

use self::{
    draws::{Draws, TICK},
    ledger::Ledger,
    producer::Kind,
    site::Site,
};

/// How many clients create tasks at once.
const PRODUCERS: u64 = 4;

/// How long all that is under way may take when nothing fails any more.
const SETTLED: Duration = Duration::from_secs(120);

fn variable(name: &str, otherwise: u64) -> u64 {
    env::var(name).map_or(otherwise, |value| value.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_no_task_is_lost_and_none_ends_twice() {
    let seed = variable("CHAOS_SEED", 5);
    let site = Arc::new(Site::of_replicas(3).await);
    run(&site, seed, variable("CHAOS_SECONDS", 20), &Kind::ALL, Some(Draws::new(seed))).await;
}

/// What holds when nothing fails has to hold for one server and its memory as well.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_holds_in_memory() {
    let site = Arc::new(Site::in_memory().await);
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Abort).collect();
    run(&site, variable("CHAOS_SEED", 5), 3, &kinds, None).await;
}

async fn run(site: &Arc<Site>, seed: u64, seconds: u64, kinds: &[Kind], draws: Option<Draws>) {
    println!("CHAOS_SEED={seed} CHAOS_SECONDS={seconds}");
    let ledger = Arc::new(Ledger::default());
    let end = Instant::now() + Duration::from_secs(seconds);
    let upkeep = site.keep_up(&ledger);
    let mut producers = Vec::new();
    for number in 0..PRODUCERS {
        let (site, ledger, kinds) = (Arc::clone(site), Arc::clone(&ledger), kinds.to_vec());
        producers.push(tokio::spawn(producer::produce(site, ledger, seed, number, kinds, end)));
    }
    let mut tick = Instant::now();
    for draw in draws.into_iter().flatten() {
        sleep_until(tick).await;
        if tick >= end {
            break;
        }
        site.suffer(draw, &ledger);
        tick += TICK;
    }
    let mut followers = Vec::new();
    for producer in producers {
        followers.extend(producer.await.expect("a producer does not panic"));
    }
    site.recover().await;
    let settled = timeout(SETTLED, async {
        for follower in followers {
            follower.await.expect("a follower does not panic");
        }
    });
    if settled.await.is_err() {
        ledger.violation("some tasks do not come to an end".into());
    }
    verdict::check(site, &ledger).await;
    upkeep.abort();
    println!("{}\n{}", site.summary(), ledger.summary());
    ledger.assert_kept(&site.effects_by_name());
}
