use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::Duration,
};

use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::Notify;

use super::{
    Asks, Journal, TaskHandle,
    journal::{Answered, Fingerprint},
};
use crate::{
    primitives::Error,
    protocol::{ClientCapability, RpcError},
};

/// What the function of one call asks, and how it is answered. Of a function that asks nothing
/// this is almost nothing.
#[derive(Debug)]
pub(crate) struct Effects {
    pub(super) backend: Backend,
    /// How long a question waits for its answer.
    pub(super) timeout: Duration,
    state: Mutex<State>,
}

/// How a question is answered.
#[derive(Debug)]
pub(crate) enum Backend {
    /// By a real request, in a session.
    Live(Arc<Asks>),
    /// By running the function again, with the answer, when the client repeats its request.
    Replay,
    /// Through the task as which the function runs.
    Task(TaskHandle),
    /// Not at all, for this reason.
    Unavailable(&'static str),
}

#[derive(Debug, Default)]
struct State {
    /// Whoever polls the function: to be woken when work that it has spawned asks something.
    driver: Option<Waker>,
    /// How many questions a client is being asked right now.
    waiting: usize,
    /// How much work there is that the round must not cut off.
    holds: usize,
    /// The function has ended, or its round has.
    over: bool,
    start: Start,
    run: Option<Box<Run>>,
}

/// Whether the function becomes a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Start {
    /// It is none, or is one already.
    #[default]
    Not,
    /// When it says so.
    Possible,
    Wanted,
}

/// One run of a function that asks.
#[derive(Debug)]
struct Run {
    journal: Journal,
    /// Answers that came with a request that continues nothing, by key.
    volunteered: BTreeMap<String, Box<RawValue>>,
    /// What has been asked in this run, so that one key is one question.
    used: HashMap<String, Fingerprint>,
    /// How often each derived key has been given.
    derived: HashMap<String, u32>,
    steps: HashSet<String>,
    open: Vec<(String, Question)>,
    ended: Arc<Notify>,
}

/// Something that the client is to answer.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) method: Cow<'static, str>,
    /// As the revision of the call has them.
    pub(crate) params: Box<RawValue>,
    pub(crate) needs: ClientCapability<'static>,
}

/// The key of a question.
#[derive(Clone, Debug)]
pub(super) enum Key {
    Given(String),
    /// Made from what the question is about, and the question.
    Derived(&'static str),
}

/// Where a question stands.
pub(super) enum Standing {
    Answered(Answered),
    /// With the client's word only, which counts if the client could have been asked.
    Volunteered(Answered),
    Unanswered,
}

impl Effects {
    pub(crate) fn new(backend: Backend, timeout: Duration) -> Self {
        Self { backend, timeout, state: Mutex::default() }
    }

    /// The function goes on where `journal` leaves it, or starts with answers that nobody has asked
    /// for yet.
    pub(crate) fn resume(
        journal: Option<Journal>,
        mut answers: BTreeMap<String, Box<RawValue>>,
        timeout: Duration,
    ) -> Result<Self, Error> {
        let (journal, volunteered) = match journal {
            Some(mut journal) => {
                journal.take_answers(&mut answers);
                // Answers to what is not open are of no use.
                (journal, BTreeMap::new())
            }
            None => (Journal::new()?, answers),
        };
        let effects = Self::new(Backend::Replay, timeout);
        effects.lock().run = Some(Box::new(Run::new(journal, volunteered)));
        Ok(effects)
    }

    /// The function runs as a task, perhaps for the second time.
    pub(crate) fn of_task(
        task: TaskHandle,
        journal: &[u8],
        timeout: Duration,
    ) -> Result<Self, Error> {
        let journal = match journal {
            [] => Journal::of_task(task.id()),
            journal => serde_json::from_slice(journal).map_err(Error::internal)?,
        };
        let effects = Self::new(Backend::Task(task), timeout);
        effects.lock().run = Some(Box::new(Run::new(journal, BTreeMap::new())));
        Ok(effects)
    }

    /// The task as which the function runs.
    pub(crate) fn task(&self) -> Option<&TaskHandle> {
        match &self.backend {
            Backend::Task(task) => Some(task),
            _ => None,
        }
    }

    /// All answers that there are, by their keys.
    pub(super) fn answers(&self) -> Result<BTreeMap<String, Box<RawValue>>, Error> {
        self.with_run(|run| {
            let answered = run.journal.answers.iter();
            let answered = answered.map(|(key, it)| (key.clone(), it.answer.clone()));
            run.volunteered.clone().into_iter().chain(answered).collect()
        })
    }

    /// The function has ended and runs again from its start.
    pub(super) fn run_again(&self) {
        let mut state = self.lock();
        state.over = false;
        if let Some(run) = &mut state.run {
            run.used.clear();
            run.derived.clear();
            run.steps.clear();
            run.open.clear();
        }
    }

    /// Keeps what a second run of a task must not do again.
    pub(super) async fn persist(&self) -> Result<(), Error> {
        let Some(task) = self.task() else { return Ok(()) };
        let journal = self.with_run(|run| serde_json::to_vec(&run.journal))?;
        task.save(journal.map_err(Error::internal)?.into()).await
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_run<T>(&self, act: impl FnOnce(&mut Run) -> T) -> Result<T, Error> {
        let mut state = self.lock();
        if state.over {
            return Err(Error::new("the call is over"));
        }
        let run = match &mut state.run {
            Some(run) => run,
            empty => empty.insert(Box::new(Run::new(Journal::new()?, BTreeMap::new()))),
        };
        Ok(act(run))
    }

    /// Whether the function has come to a question that only the next round can answer. If not,
    /// `waker` is woken when it does. The round is over then: what the function does while it is
    /// dropped counts no more.
    pub(crate) fn ends_round(&self, waker: &Waker) -> bool {
        if !matches!(self.backend, Backend::Replay) {
            return false;
        }
        let mut state = self.lock();
        let asks = state.holds == 0 && state.open_questions() > 0;
        if asks || state.start == Start::Wanted {
            state.over = true;
            return true;
        }
        match &mut state.driver {
            Some(driver) => driver.clone_from(waker),
            empty => *empty = Some(waker.clone()),
        }
        false
    }

    /// The journal and the open questions of a round that has ended.
    pub(crate) fn take_round(&self) -> Option<(Journal, Vec<(String, Question)>)> {
        let run = self.lock().run.take()?;
        let Run { mut journal, open, ended, .. } = *run;
        ended.notify_waiters();
        journal.open =
            open.iter().map(|(key, question)| (key.clone(), question.fingerprint())).collect();
        Some((journal, open))
    }

    /// The function becomes a task when it says so.
    pub(crate) fn set_may_start_task(&self, may: bool) {
        if may {
            self.lock().start = Start::Possible;
        }
    }

    /// Asks for a task to go on as; whether there will be one.
    pub(super) fn want_task(&self) -> bool {
        let mut state = self.lock();
        let wanted = state.start == Start::Possible && !state.over;
        if wanted {
            state.start = Start::Wanted;
            if let Some(driver) = state.driver.take() {
                driver.wake();
            }
        }
        wanted
    }

    /// The journal with which the function goes on as a task, if that is why it has ended.
    pub(crate) fn take_start(&self) -> Option<Result<Vec<u8>, RpcError>> {
        let mut state = self.lock();
        if state.start != Start::Wanted {
            return None;
        }
        let journal = state.run.take().map(|run| serde_json::to_vec(&run.journal));
        let journal = journal.transpose().map(Option::unwrap_or_default);
        Some(journal.map_err(|_| crate::primitives::internal_error()))
    }

    /// The function has ended: what it has left behind can ask no more.
    pub(crate) fn end(&self) {
        let mut state = self.lock();
        state.over = true;
        if let Some(run) = &state.run {
            run.ended.notify_waiters();
        }
    }

    /// Whether the function is dropped only to run again with the client's answers.
    pub(super) fn runs_again(&self) -> bool {
        let state = self.lock();
        state.over && state.run.as_ref().is_none_or(|run| !run.open.is_empty())
    }

    /// Whether the client is being asked something, so that the function can do nothing but wait.
    pub(crate) fn is_waiting(&self) -> bool {
        self.lock().waiting > 0
    }

    /// The client is being asked something for as long as the guard lives.
    pub(super) fn wait(&self) -> Waiting<'_> {
        self.lock().waiting += 1;
        Waiting(self)
    }

    /// How many questions are left to the next round.
    pub(super) fn open_questions(&self) -> usize {
        self.lock().open_questions()
    }

    /// The round does not end for as long as the guard lives.
    pub(super) fn hold(&self) -> Held<'_> {
        self.lock().holds += 1;
        Held(self)
    }

    /// A key for what is about this, in every run of the function the same.
    pub(super) fn derive_key(&self, about: &str, of: Fingerprint) -> Result<String, Error> {
        self.with_run(|run| run.derive(about, of))
    }

    /// Claims the key for the question.
    ///
    /// # Errors
    ///
    /// When the key has been given to another question in this run.
    pub(super) fn enter(&self, key: &str, question: &Question) -> Result<(), Error> {
        let fingerprint = question.fingerprint();
        self.with_run(|run| match run.used.insert(key.to_owned(), fingerprint) {
            Some(other) if other != fingerprint => {
                Err(Error::internal(format!("two questions of one call have the key `{key}`")))
            }
            _ => Ok(()),
        })?
    }

    /// Whether the client has answered the question of this key in an earlier round.
    pub(super) fn has_answer(&self, key: &str) -> Result<bool, Error> {
        self.with_run(|run| run.journal.answers.contains_key(key))
    }

    pub(super) fn with_journal<T>(&self, act: impl FnOnce(&mut Journal) -> T) -> Result<T, Error> {
        self.with_run(|run| act(&mut run.journal))
    }

    pub(super) fn standing(&self, key: &str, question: &Question) -> Result<Standing, Error> {
        let to = question.fingerprint();
        self.with_run(|run| match run.journal.answers.get(key) {
            Some(answered) if answered.to == to => Standing::Answered(answered.clone()),
            Some(_) => {
                tracing::warn!(key, "a question is not the one that was asked under its key");
                run.journal.answers.remove(key);
                Standing::Unanswered
            }
            None => match run.volunteered.remove(key) {
                Some(answer) => Standing::Volunteered(Answered { to, answer, after: 0 }),
                None => Standing::Unanswered,
            },
        })
    }

    /// Keeps an answer for the rounds to come, or drops it.
    pub(super) fn settle(&self, key: &str, answer: Option<Answered>) -> Result<(), Error> {
        self.with_run(|run| match answer {
            Some(answer) => {
                run.journal.answers.insert(key.to_owned(), answer);
            }
            None => {
                run.journal.answers.remove(key);
            }
        })
    }

    /// Leaves the question to the next round, for as long as the guard lives.
    pub(super) fn open(&self, key: String, question: Question) -> Result<Opened<'_>, Error> {
        self.with_run(|run| run.open.push((key.clone(), question)))?;
        let driver = self.lock().driver.take();
        if let Some(driver) = driver {
            driver.wake();
        }
        Ok(Opened { effects: self, key })
    }

    /// Waits until the function has ended, for work that it has left behind.
    pub(super) async fn ended(&self) -> Error {
        match self.with_run(|run| Arc::clone(&run.ended).notified_owned()) {
            Ok(ended) => {
                ended.await;
                Error::new("the call is over")
            }
            Err(over) => over,
        }
    }

    /// The value of a step that has been done, in this round or an earlier one.
    pub(super) fn begin_step(&self, name: &str) -> Result<Option<Box<RawValue>>, Error> {
        self.with_run(|run| {
            if !run.steps.insert(name.to_owned()) {
                return Err(Error::internal(format!("two steps of one call are named `{name}`")));
            }
            Ok(run.journal.steps.get(name).cloned())
        })?
    }

    /// The same, of a step that a run can come to more than once.
    pub(super) fn step(&self, name: &str) -> Result<Option<Box<RawValue>>, Error> {
        self.with_run(|run| run.journal.steps.get(name).cloned())
    }

    pub(super) fn finish_step(&self, name: &str, value: Box<RawValue>) -> Result<(), Error> {
        self.with_run(|run| {
            run.journal.steps.insert(name.to_owned(), value);
        })
    }

    pub(super) fn idempotency_key(&self, name: &str) -> Result<String, Error> {
        self.with_run(|run| run.journal.idempotency_key(name))
    }
}

impl State {
    fn open_questions(&self) -> usize {
        self.run.as_ref().map_or(0, |run| run.open.len())
    }
}

impl Run {
    fn new(journal: Journal, volunteered: BTreeMap<String, Box<RawValue>>) -> Self {
        Self {
            journal,
            volunteered,
            used: HashMap::new(),
            derived: HashMap::new(),
            steps: HashSet::new(),
            open: Vec::new(),
            ended: Arc::default(),
        }
    }

    fn derive(&mut self, about: &str, question: Fingerprint) -> String {
        let key = format!("{about}-{}", question.short());
        let count = self.derived.entry(key.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { key } else { format!("{key}/{count}") }
    }
}

impl Question {
    /// As an entry of `inputRequests`.
    pub(crate) fn to_json(&self) -> impl Serialize + use<'_> {
        #[derive(Serialize)]
        struct InputRequest<'a> {
            method: &'a str,
            params: &'a RawValue,
        }
        InputRequest { method: &self.method, params: &self.params }
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.method, &self.params)
    }
}

/// See [`Effects::wait`].
pub(super) struct Waiting<'a>(&'a Effects);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.lock().waiting -= 1;
    }
}

/// See [`Effects::hold`].
pub(super) struct Held<'a>(&'a Effects);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.lock().holds -= 1;
    }
}

/// See [`Effects::open`].
pub(super) struct Opened<'a> {
    effects: &'a Effects,
    key: String,
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        let mut state = self.effects.lock();
        if !state.over
            && let Some(run) = &mut state.run
        {
            run.open.retain(|(key, _)| *key != self.key);
        }
    }
}
