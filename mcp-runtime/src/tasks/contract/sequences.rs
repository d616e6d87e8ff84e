//! Any sequence of calls, against the status machine of the record.

use super::support::*;
use crate::{
    protocol::{ErrorCode, RpcError},
    tasks::{
        Answer, Fence, MemoryStore, Outcome, Question, Release, Report, StoreError, TaskProgress,
        TaskRecord, TaskStore,
    },
};

/// Random calls, with right and wrong tokens and keys, leave the store as they leave a
/// [`MemoryStore`], and are refused for the same reasons. A failure names the seed.
pub async fn any_sequence_of_calls_ends_as_the_record_says(store: &dyn TaskStore) {
    for seed in 1..=40 {
        let model = MemoryStore::new();
        let mut random = Random(seed);
        let request = repeatable(1 + random.below(3));
        let id = create(store, request.clone()).await;
        create(&model, request).await;
        for step in 0..30 {
            let call = Call::draw(&mut random);
            let expected = call.make(&model, &get(&model, id).await).await;
            let actual = call.make(store, &get(store, id).await).await;
            assert_eq!(actual, expected, "seed {seed}, step {step}: {call:?}");
            let (expected, actual) = (get(&model, id).await, get(store, id).await);
            assert_eq!(shown(&actual), shown(&expected), "seed {seed}, step {step}: {call:?}");
        }
        // Leaves nothing that waits for a worker.
        _ = store.cancel(&alice(), id).await;
    }
}

#[derive(Debug)]
enum Call {
    Claim,
    Renew(u64),
    Report(u64),
    Ask(u64, u32, bool),
    SaveJournal(u64),
    Finish(u64, u32),
    Release(u64, Release),
    Answer(Vec<u32>),
    Cancel,
}

impl Call {
    fn draw(random: &mut Random) -> Self {
        // Mostly the token of the present claim, else an earlier one.
        let age = [0, 0, 0, 0, 1, 2][random.below(6) as usize];
        match random.below(24) {
            0..6 => Self::Claim,
            6..8 => Self::Renew(age),
            8..10 => Self::Report(age),
            10..13 => Self::Ask(age, random.below(4), random.below(4) == 0),
            13 => Self::SaveJournal(age),
            14 => Self::Finish(age, random.below(3)),
            15 => Self::Release(age, Release::Untouched),
            16 => Self::Release(age, Release::Interrupted),
            17 if random.below(4) == 0 => Self::Cancel,
            _ => Self::Answer((0..random.below(3)).map(|_| random.below(5)).collect()),
        }
    }

    /// Makes the call, and gives what came of it in words.
    async fn make(&self, store: &dyn TaskStore, record: &TaskRecord) -> String {
        let fence = |age| Fence { token: record.token.saturating_sub(age), ..record.fence() };
        let id = record.id();
        match self {
            Self::Claim => {
                let claimed = try_claim(store, "worker", LONG).await;
                format!("{:?}", claimed.map(|record| (record.id(), record.token)))
            }
            Self::Renew(age) => words(store.renew(fence(*age), LONG).await),
            Self::Report(age) => {
                let progress = TaskProgress { done: 0.25, total: Some(3.0) };
                let report = Report { progress: Some(progress), message: Some("going".into()) };
                words(store.report(fence(*age), report).await)
            }
            Self::Ask(age, key, differs) => {
                let params = if *differs { r#"{"a":2}"# } else { r#"{"a":1}"# };
                let questions = vec![
                    Question::new("k0", "m", json("{}")),
                    Question::new(format!("k{key}"), "m", json(params)),
                ];
                words(store.ask(fence(*age), questions).await)
            }
            Self::SaveJournal(age) => words(store.save_journal(fence(*age), "j".into()).await),
            Self::Finish(age, kind) => {
                let outcome = match kind {
                    0 => Outcome::Error(RpcError::new(ErrorCode::INVALID_PARAMS, "wrong")),
                    1 => Outcome::Result { result: json("{}"), is_error: true },
                    _ => succeeded(),
                };
                words(store.finish(fence(*age), outcome).await)
            }
            Self::Release(age, release) => words(store.release(fence(*age), *release).await),
            Self::Answer(keys) => {
                let answer = |key| Answer { key: format!("k{key}"), value: json("[true]") };
                words(store.answer(&alice(), id, keys.iter().map(answer).collect()).await)
            }
            Self::Cancel => words(store.cancel(&alice(), id).await.map(|info| info.status)),
        }
    }
}

fn words<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    format!("{result:?}")
}

/// A record without what time has to do with.
fn shown(record: &TaskRecord) -> serde_json::Value {
    let mut shown = serde_json::to_value(record).expect("a record is JSON");
    for member in ["created", "updated"] {
        shown[member].take();
    }
    if let Some(lease) = shown["lease"].as_object_mut() {
        lease.remove("until");
    }
    shown
}

/// Numbers that depend on nothing but the seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The middle bits, which are the best.
        (self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as u32 % bound
    }
}
