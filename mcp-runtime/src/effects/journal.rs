//! What a call has asked and done so far, as it travels with the client from round to round.

use std::{
    collections::BTreeMap,
    hash::Hasher,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use siphasher::sip128::{Hasher128, SipHasher24};

use super::url::AskedUrl;
use crate::tasks::TaskId;

/// All that a call of several rounds knows of the earlier ones.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Journal {
    /// Tells the calls of one body apart, and is the same in all rounds of one.
    chain: u128,
    /// When the first round began, in seconds since 1970.
    started: u64,
    /// When this round ended.
    pub(crate) sealed: u64,
    pub(crate) round: u32,
    pub(crate) answers: BTreeMap<String, Answered>,
    pub(crate) steps: BTreeMap<String, Box<RawValue>>,
    /// The URLs to which the user has been sent, by the keys of their questions.
    pub(super) urls: BTreeMap<String, AskedUrl>,
    /// What a function that asks by hand keeps for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) input_state: Option<String>,
    /// The questions of this round, that the client is to answer.
    pub(crate) open: BTreeMap<String, Fingerprint>,
}

/// The client's answer to a question: the bare result.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Answered {
    /// The question, so that an answer is never taken for that to another one.
    pub(crate) to: Fingerprint,
    pub(crate) answer: Box<RawValue>,
    /// How many seconds after the question it came.
    pub(crate) after: u64,
}

/// Tells two questions apart.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    pub(crate) fn of(method: &str, params: &RawValue) -> Self {
        // The key is no secret: a journal is sealed as a whole.
        let mut hasher = SipHasher24::new_with_key(b"question of call");
        hasher.write(method.as_bytes());
        hasher.write_u8(0);
        hasher.write(params.get().as_bytes());
        Self(hasher.finish128().h1)
    }

    /// A few characters of it, for keys.
    pub(crate) fn short(self) -> String {
        format!("{:08x}", self.0 >> 32)
    }
}

impl Journal {
    /// # Errors
    ///
    /// When the operating system gives no random bytes.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut chain = [0; 16];
        getrandom::fill(&mut chain)?;
        Ok(Self::of_chain(u128::from_be_bytes(chain)))
    }

    /// The same chain whenever the task is begun, also when its worker was lost before the journal
    /// was kept.
    pub(crate) fn of_task(id: TaskId) -> Self {
        Self::of_chain(id.bits())
    }

    fn of_chain(chain: u128) -> Self {
        Self {
            chain,
            started: now(),
            sealed: 0,
            round: 0,
            answers: BTreeMap::new(),
            steps: BTreeMap::new(),
            urls: BTreeMap::new(),
            input_state: None,
            open: BTreeMap::new(),
        }
    }

    /// A text that is the same in all rounds of the call, and that no other call has.
    pub(crate) fn idempotency_key(&self, name: &str) -> String {
        let mut hasher = SipHasher24::new_with_key(&self.chain.to_be_bytes());
        hasher.write(name.as_bytes());
        format!("{:032x}", u128::from(hasher.finish128()))
    }

    /// Whether the client has kept it too long.
    pub(crate) fn has_expired(&self, lifetime: Duration, total: Duration) -> bool {
        let now = now();
        let age = |since: u64| Duration::from_secs(now.saturating_sub(since));
        age(self.sealed) >= lifetime || age(self.started) >= total
    }

    /// Takes the client's answers to the open questions. An answer that is there already stays: the
    /// function has acted on it.
    pub(crate) fn take_answers(&mut self, answers: &mut BTreeMap<String, Box<RawValue>>) {
        let after = now().saturating_sub(self.sealed);
        for (key, to) in std::mem::take(&mut self.open) {
            if let Some(answer) = answers.remove(&key) {
                self.answers.entry(key).or_insert(Answered { to, answer, after });
            }
        }
    }
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
