//! Claims whose answer is lost are not lost.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Inner, codec, scripts::Reply};
use crate::{
    backend::redis::{millis, text, unavailable},
    tasks::{Fence, StoreError, TaskId, TaskRecord},
};

/// The last claim that had no answer: it may have been made. Whoever asks again with its nonce gets
/// what it got.
#[derive(Default)]
pub(super) struct LostClaim(Mutex<Option<Claim>>);

struct Claim {
    nonce: TaskId,
    worker: String,
    tools: Vec<String>,
}

impl LostClaim {
    fn lock(&self) -> MutexGuard<'_, Option<Claim>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new claim, or the lost one if it asked for the same.
    fn begin(&self, worker: &str, tools: &[&str]) -> Result<Unanswered<'_>, StoreError> {
        let lost = self.lock().take_if(|lost| lost.worker == worker && lost.tools == tools);
        let claim = match lost {
            Some(claim) => claim,
            None => Claim {
                nonce: TaskId::random().map_err(unavailable)?,
                worker: worker.to_owned(),
                tools: tools.iter().map(|tool| (*tool).to_owned()).collect(),
            },
        };
        Ok(Unanswered { lost: self, claim: Some(claim) })
    }
}

/// A claim that is lost when this is dropped, be it because nobody waits any more.
struct Unanswered<'a> {
    lost: &'a LostClaim,
    claim: Option<Claim>,
}

impl Unanswered<'_> {
    fn args(&self, lease: Duration) -> Vec<Vec<u8>> {
        let mut args = Vec::new();
        if let Some(claim) = &self.claim {
            args.extend([text(&claim.worker), millis(lease), text(claim.nonce)]);
            args.extend(claim.tools.iter().map(text));
        }
        args
    }

    fn answered(mut self) {
        self.claim = None;
    }
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        if let Some(claim) = self.claim.take() {
            *self.lost.lock() = Some(claim);
        }
    }
}

impl Inner {
    pub(super) async fn claim(
        &self,
        worker: &str,
        tools: &[&str],
        lease: Duration,
    ) -> Result<Option<TaskRecord>, StoreError> {
        loop {
            let claim = self.lost_claim.begin(worker, tools)?;
            let mut reply = self.run(&self.scripts.claim, claim.args(lease)).await?;
            claim.answered();
            match reply.code.as_str() {
                "none" => return Ok(None),
                "again" => {}
                _ => {
                    if let Some(record) = self.read_claimed(&mut reply).await? {
                        return Ok(Some(record));
                    }
                }
            }
        }
    }

    /// The task that was claimed; `None` when it cannot be read, and has failed for that.
    async fn read_claimed(&self, reply: &mut Reply) -> Result<Option<TaskRecord>, StoreError> {
        let id = reply.id()?;
        let fields = reply.next()?;
        let token = codec::token(&fields);
        let error = match self.codec.read_record(id, fields) {
            Ok(record) => return Ok(Some(record)),
            Err(error) => error,
        };
        tracing::warn!(%error, "a task fails because it cannot be read");
        match self.held(&self.scripts.give_up, Fence { id, token }, []).await {
            Err(error @ StoreError::Unavailable { .. }) => Err(error),
            _ => Ok(None),
        }
    }
}
