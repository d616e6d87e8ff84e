use std::time::Duration;

use serde_json::value::RawValue;
use tokio::time::timeout;

use super::{
    AskError, Asking, Question,
    journal::Answered,
    live,
    state::{Key, Standing},
};
use crate::{context::Context, primitives::Error, protocol::RpcError};

/// How often a client is asked again that answers with what does not fit the question.
const TRIES: usize = 3;

impl Context {
    /// Asks the client of a session, now; `None` when it does not answer in time.
    ///
    /// # Errors
    ///
    /// The client's own; -32603 when it cannot be asked.
    pub(crate) async fn ask_raw(
        &self,
        question: &Question,
    ) -> Result<Option<Box<RawValue>>, RpcError> {
        let effects = &self.info().effects;
        let Asking::Live(asks) = &effects.asking else {
            return Err(RpcError::internal("ask", "the client cannot be asked"));
        };
        let answer = live::ask_raw(self, asks, question, effects.timeout).await;
        answer.map_err(RpcError::from)?.transpose()
    }

    /// Asks the client and waits for its answer; `None` when that takes longer than `patience`.
    ///
    /// In 2026-07-28 this does not return in the round that asks: the function is dropped. `read`
    /// reads an answer; one that it refuses is asked for again.
    ///
    /// # Errors
    ///
    /// When the client cannot be asked, does not declare the capability, or fails.
    pub(super) async fn ask<T>(
        &self,
        key: Key,
        question: Question,
        patience: Option<Duration>,
        read: impl Fn(&RawValue) -> Result<T, String>,
    ) -> Result<Option<T>, Error> {
        let key = self.question_key(key, &question)?;
        self.ask_as(key, question, patience, read).await
    }

    /// The text by which a question is known in every run of the function.
    pub(super) fn question_key(&self, key: Key, question: &Question) -> Result<String, Error> {
        match key {
            Key::Given(key) => Ok(self.scoped(&key)),
            Key::Derived(about) => {
                let effects = &self.info().effects;
                effects.derive_key(&self.scoped(about), question.fingerprint())
            }
        }
    }

    /// As [`ask`](Self::ask), with the key as [`question_key`](Self::question_key) gives it.
    pub(super) async fn ask_as<T>(
        &self,
        key: String,
        question: Question,
        patience: Option<Duration>,
        read: impl Fn(&RawValue) -> Result<T, String>,
    ) -> Result<Option<T>, Error> {
        let effects = &self.info().effects;
        let patience = patience.unwrap_or(effects.timeout);
        effects.enter(&key, &question)?;
        let mut fault = String::new();
        for attempt in 1..=TRIES {
            let answered = match effects.standing(&key, &question)? {
                Standing::Answered(answered) => answered,
                Standing::Volunteered(answered) => {
                    self.require(question.needs)?;
                    answered
                }
                Standing::Unanswered => {
                    self.require(question.needs)?;
                    match &effects.asking {
                        Asking::Live(asks) => {
                            match live::ask(self, asks, &question, patience).await? {
                                Some(answered) => answered,
                                None => return Ok(None),
                            }
                        }
                        Asking::Replay => {
                            let _open = effects.open(key, question)?;
                            return Err(effects.ended().await);
                        }
                        Asking::Task(task) => {
                            // On a task, each asking has a key of its own.
                            let key =
                                if attempt == 1 { key.clone() } else { format!("{key}#{attempt}") };
                            let answer = timeout(patience, task.ask(&key, &question)).await;
                            let Ok(answer) = answer else { return Ok(None) };
                            Answered { to: question.fingerprint(), answer: answer?, after: 0 }
                        }
                        Asking::Unavailable(why) => {
                            return Err(AskError::Failed((*why).to_owned()).into());
                        }
                    }
                }
            };
            match read(&answered.answer) {
                Ok(_) if Duration::from_secs(answered.after) > patience => return Ok(None),
                Ok(value) => {
                    effects.settle(&key, Some(answered))?;
                    effects.persist().await?;
                    return Ok(Some(value));
                }
                Err(why) => {
                    tracing::debug!(fault = %why, "an answer does not fit its question");
                    effects.settle(&key, None)?;
                    fault = why;
                }
            }
        }
        Err(AskError::Unusable(fault).into())
    }
}
