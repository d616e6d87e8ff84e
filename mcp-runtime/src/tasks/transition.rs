//! The status machine: what may become of a record.

use std::time::Duration;

use bytes::Bytes;

use super::{
    Answer, Failure, Full, Lease, Outcome, Question, Release, Report, StoreError, TaskRecord,
    TaskStatus, Timestamp,
};

/// The transitions of a task. A store that keeps whole records does each of them as one atomic
/// change of the record: read, apply, write if nobody else has written.
///
/// Each either changes the record as it says or leaves it as it was and says why.
impl TaskRecord {
    /// The caller gives the task up.
    ///
    /// # Errors
    ///
    /// [`Terminal`](StoreError::Terminal).
    pub fn cancel(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.check_open()?;
        self.end(TaskStatus::Cancelled, now);
        self.token += 1;
        Ok(())
    }

    /// The caller answers questions. What was not asked or has its answer is passed over. With the
    /// last answer the task is working again.
    ///
    /// Gives the keys that are answered now and were not before.
    ///
    /// # Errors
    ///
    /// [`Terminal`](StoreError::Terminal); [`Full`](StoreError::Full) when the answers have no room,
    /// and then none is taken.
    pub fn answer(
        &mut self,
        answers: Vec<Answer>,
        now: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        self.check_open()?;
        let mut taken = Vec::new();
        let mut questions = self.questions.clone();
        let mut more = 0;
        for answer in answers {
            let open = |it: &&mut Question| it.key == answer.key && it.answer.is_none();
            if let Some(question) = questions.iter_mut().find(open) {
                more += answer.value.get().len();
                question.answer = Some(answer.value);
                taken.push(answer.key);
            }
        }
        self.check_room(more)?;
        self.questions = questions;
        if !taken.is_empty() {
            if self.open_questions().next().is_none() {
                self.status = TaskStatus::Working;
            }
            self.updated = now;
        }
        Ok(taken)
    }

    /// A worker takes the task, which must wait for one.
    pub fn claim(&mut self, worker: &str, lease: Duration, now: Timestamp) {
        self.attempts += 1;
        self.token += 1;
        self.lease = Some(Lease { worker: worker.to_owned(), until: now + lease });
    }

    /// The worker goes on.
    ///
    /// # Errors
    ///
    /// [`Terminal`](StoreError::Terminal), [`Fenced`](StoreError::Fenced).
    pub fn renew(&mut self, token: u64, lease: Duration, now: Timestamp) -> Result<(), StoreError> {
        self.check_held(token)?;
        if let Some(held) = &mut self.lease {
            held.until = now + lease;
        }
        Ok(())
    }

    /// The worker tells how far it is.
    ///
    /// # Errors
    ///
    /// [`Terminal`](StoreError::Terminal), [`Fenced`](StoreError::Fenced).
    pub fn report(&mut self, token: u64, report: Report, now: Timestamp) -> Result<(), StoreError> {
        self.check_held(token)?;
        self.progress = report.progress.or(self.progress);
        self.message = report.message.or_else(|| self.message.take());
        self.updated = now;
        Ok(())
    }

    /// The worker asks the client. A question that was asked before, in the same words, keeps its
    /// answer.
    ///
    /// # Errors
    ///
    /// [`Terminal`](StoreError::Terminal), [`Fenced`](StoreError::Fenced),
    /// [`KeyReused`](StoreError::KeyReused), [`Full`](StoreError::Full).
    pub fn ask(
        &mut self,
        token: u64,
        questions: Vec<Question>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.check_held(token)?;
        let asked = |question: &Question| self.questions.iter().find(|it| it.key == question.key);
        let mut new: Vec<Question> = Vec::new();
        for question in questions {
            match asked(&question).or_else(|| new.iter().find(|it| it.key == question.key)) {
                Some(earlier) if earlier.asks_the_same(&question) => {}
                Some(_) => return Err(StoreError::KeyReused(question.key)),
                None => new.push(Question { answer: None, ..question }),
            }
        }
        if !new.is_empty() {
            self.check_room(new.iter().map(Question::bytes).sum())?;
            self.questions.append(&mut new);
            self.status = TaskStatus::InputRequired;
            self.updated = now;
        }
        Ok(())
    }

    /// The worker keeps what must not be done again.
    ///
    /// # Errors
    ///
    /// [`Terminal`](StoreError::Terminal), [`Fenced`](StoreError::Fenced), [`Full`](StoreError::Full).
    pub fn save_journal(&mut self, token: u64, journal: Bytes) -> Result<(), StoreError> {
        self.check_held(token)?;
        self.check_room(journal.len().saturating_sub(self.journal.len()))?;
        self.journal = journal;
        Ok(())
    }

    /// The worker ends the task. Nothing happens when it has done so before.
    ///
    /// # Errors
    ///
    /// [`Terminal`](StoreError::Terminal) when something else has ended it,
    /// [`Fenced`](StoreError::Fenced); [`Full`](StoreError::Full) when the outcome has no room and has
    /// more than [`Outcome::SMALL`] bytes.
    pub fn finish(
        &mut self,
        token: u64,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.outcome.is_some() && self.token == token {
            return Ok(());
        }
        self.check_held(token)?;
        if !outcome.is_small() {
            self.check_room(outcome.bytes())?;
        }
        self.set_outcome(outcome, now);
        Ok(())
    }

    /// The worker gives the task back. It waits for another worker, unless it has begun and may not
    /// be begun again: then it fails.
    ///
    /// # Errors
    ///
    /// [`Terminal`](StoreError::Terminal), [`Fenced`](StoreError::Fenced).
    pub fn release(
        &mut self,
        token: u64,
        release: Release,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.check_held(token)?;
        self.token += 1;
        if release == Release::Untouched || self.request.max_attempts > 1 {
            // Nothing went wrong, so that it does not count.
            self.attempts = self.attempts.saturating_sub(1);
            self.lease = None;
        } else {
            self.set_outcome(Outcome::Error(Failure::ServerStopped.error()), now);
        }
        Ok(())
    }

    /// The lease has run out: the task waits for another worker, or fails when it was begun as often
    /// as it may be.
    pub fn lapse(&mut self, now: Timestamp) {
        self.token += 1;
        if self.attempts < self.request.max_attempts {
            self.lease = None;
        } else {
            self.set_outcome(Outcome::Error(Failure::WorkerLost.error()), now);
        }
    }

    fn check_open(&self) -> Result<(), StoreError> {
        if self.status.is_terminal() { Err(StoreError::Terminal(self.status)) } else { Ok(()) }
    }

    fn check_room(&self, more: usize) -> Result<(), StoreError> {
        let has_room = more == 0 || self.bytes().saturating_add(more) <= self.request.max_bytes;
        if has_room { Ok(()) } else { Err(StoreError::Full(Full::Record)) }
    }

    fn check_held(&self, token: u64) -> Result<(), StoreError> {
        self.check_open()?;
        if self.token == token && self.lease.is_some() { Ok(()) } else { Err(StoreError::Fenced) }
    }

    fn set_outcome(&mut self, outcome: Outcome, now: Timestamp) {
        if let Outcome::Error(error) = &outcome {
            self.message = Some(error.message().to_owned());
        }
        self.end(outcome.status(), now);
        self.outcome = Some(outcome);
    }

    fn end(&mut self, status: TaskStatus, now: Timestamp) {
        self.status = status;
        self.lease = None;
        self.updated = now;
    }
}
