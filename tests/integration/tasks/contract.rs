//! The suite for stores finds what stores do wrong.

use std::time::Duration;

use mcp_runtime::tasks::{
    Answer, Fence, MemoryStore, Outcome, Owner, Question, Release, Report, StoreError, StoreFuture,
    Swept, TaskId, TaskInfo, TaskLimits, TaskPage, TaskRecord, TaskRequest, TaskStore, Watch,
    Watchers, contract,
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    SharesTasks,
    HasNoLimit,
    HasNoLimitOfBytes,
    ListsTooFew,
    ListsNoMore,
    CancelsInWords,
    LosesAnswers,
    TakesAnyAnswer,
    ClaimsAnyTool,
    ClaimsAgain,
    NeverRenews,
    RenewsForAnyone,
    LosesReports,
    AsksInWords,
    LosesJournals,
    FinishesInWords,
    FinishesForAnyone,
    FinishesOnceOnly,
    KeepsWhatIsReleased,
    CountsReleases,
    NeverSweeps,
    NeverTells,
    NeverTellsOfWork,
    ForgetsNothing,
}

/// A store with one fault.
struct Faulty {
    store: MemoryStore,
    fault: Fault,
    silent: Watchers,
}

impl Faulty {
    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn owner<'a>(&self, owner: &'a Owner) -> &'a Owner {
        if self.has(Fault::SharesTasks) { &Owner::Process } else { owner }
    }
}

fn done<'a>() -> StoreFuture<'a, ()> {
    Box::pin(std::future::ready(Ok(())))
}

impl TaskStore for Faulty {
    fn create(&self, mut request: TaskRequest, limits: TaskLimits) -> StoreFuture<'_, TaskRecord> {
        request.owner = self.owner(&request.owner).clone();
        if self.has(Fault::HasNoLimitOfBytes) {
            request.max_bytes = usize::MAX;
        }
        if self.has(Fault::ForgetsNothing) {
            request.ttl = Duration::from_secs(10_000);
        }
        let none = TaskLimits { total: usize::MAX, per_owner: usize::MAX };
        self.store.create(request, if self.has(Fault::HasNoLimit) { none } else { limits })
    }

    fn get<'a>(&'a self, owner: &'a Owner, id: TaskId) -> StoreFuture<'a, TaskRecord> {
        self.store.get(self.owner(owner), id)
    }

    fn list<'a>(
        &'a self,
        owner: &'a Owner,
        after: Option<TaskId>,
        limit: usize,
    ) -> StoreFuture<'a, TaskPage> {
        Box::pin(async move {
            let mut page = self.store.list(self.owner(owner), after, limit).await?;
            if self.has(Fault::ListsTooFew) {
                page.tasks.pop();
            }
            if self.has(Fault::ListsNoMore) {
                page.next = None;
            }
            Ok(page)
        })
    }

    fn cancel<'a>(&'a self, owner: &'a Owner, id: TaskId) -> StoreFuture<'a, TaskInfo> {
        Box::pin(async move {
            if self.has(Fault::CancelsInWords) {
                return Ok(self.store.get(owner, id).await?.info());
            }
            self.store.cancel(self.owner(owner), id).await
        })
    }

    fn answer<'a>(
        &'a self,
        owner: &'a Owner,
        id: TaskId,
        answers: Vec<Answer>,
    ) -> StoreFuture<'a, Vec<String>> {
        Box::pin(async move {
            let keys = answers.iter().map(|answer| answer.key.clone()).collect();
            match self.fault {
                Fault::LosesAnswers => Ok(keys),
                Fault::TakesAnyAnswer => self.store.answer(owner, id, answers).await.map(|_| keys),
                _ => self.store.answer(self.owner(owner), id, answers).await,
            }
        })
    }

    fn claim<'a>(
        &'a self,
        worker: &'a str,
        tools: &'a [&'a str],
        lease: Duration,
    ) -> StoreFuture<'a, Option<TaskRecord>> {
        Box::pin(async move {
            let any = self.has(Fault::ClaimsAnyTool);
            let claimed =
                self.store.claim(worker, if any { &["work"] } else { tools }, lease).await?;
            if let (Fault::ClaimsAgain, Some(record)) = (self.fault, &claimed) {
                self.store.release(record.fence(), Release::Untouched).await?;
            }
            Ok(claimed)
        })
    }

    fn renew(&self, fence: Fence, lease: Duration) -> StoreFuture<'_, ()> {
        match self.fault {
            Fault::NeverRenews => self.store.renew(fence, Duration::from_secs(1)),
            Fault::RenewsForAnyone => Box::pin(async move {
                match self.store.renew(fence, lease).await {
                    Err(StoreError::Fenced) => Ok(()),
                    result => result,
                }
            }),
            _ => self.store.renew(fence, lease),
        }
    }

    fn report(&self, fence: Fence, mut report: Report) -> StoreFuture<'_, ()> {
        if self.has(Fault::LosesReports) {
            report.message = None;
        }
        self.store.report(fence, report)
    }

    fn ask(&self, fence: Fence, questions: Vec<Question>) -> StoreFuture<'_, ()> {
        if self.has(Fault::AsksInWords) { done() } else { self.store.ask(fence, questions) }
    }

    fn save_journal(&self, fence: Fence, journal: bytes::Bytes) -> StoreFuture<'_, ()> {
        if self.has(Fault::LosesJournals) {
            return self.store.renew(fence, Duration::from_secs(60));
        }
        self.store.save_journal(fence, journal)
    }

    fn finish(&self, fence: Fence, outcome: Outcome) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            match self.fault {
                Fault::FinishesInWords => return Ok(()),
                Fault::FinishesForAnyone => _ = self.store.finish(fence, outcome).await,
                Fault::FinishesOnceOnly => {
                    self.store.renew(fence, Duration::from_secs(60)).await?;
                    self.store.finish(fence, outcome).await?;
                }
                _ => self.store.finish(fence, outcome).await?,
            }
            Ok(())
        })
    }

    fn release(&self, fence: Fence, release: Release) -> StoreFuture<'_, ()> {
        match self.fault {
            Fault::KeepsWhatIsReleased => done(),
            Fault::CountsReleases => self.store.release(fence, Release::Interrupted),
            _ => self.store.release(fence, release),
        }
    }

    fn sweep(&self) -> StoreFuture<'_, Swept> {
        if self.has(Fault::NeverSweeps) {
            return Box::pin(std::future::ready(Ok(Swept::default())));
        }
        self.store.sweep()
    }

    fn watch(&self, id: TaskId) -> Watch {
        if self.has(Fault::NeverTells) { self.silent.watch(id) } else { self.store.watch(id) }
    }

    fn watch_work(&self) -> Watch {
        if self.has(Fault::NeverTellsOfWork) {
            self.silent.watch_work()
        } else {
            self.store.watch_work()
        }
    }
}

/// The promises that a store with this fault does not keep.
async fn broken(fault: Fault) -> Vec<&'static str> {
    let mut broken = Vec::new();
    for promise in contract::PROMISES {
        let checking = tokio::spawn(async move {
            let store = Faulty { store: MemoryStore::new(), fault, silent: Watchers::default() };
            let checked = (promise.check)(&store);
            // In the clock of the test, which does not wait.
            tokio::time::timeout(Duration::from_secs(300), checked).await.expect("it ends");
        });
        if checking.await.is_err() {
            broken.push(promise.name);
        }
    }
    broken
}

#[tokio::test(start_paused = true)]
async fn each_fault_breaks_the_promise_that_is_about_it() {
    for (fault, promise) in [
        (Fault::SharesTasks, "a_foreign_task_is_unknown"),
        (Fault::HasNoLimit, "tasks_are_limited"),
        (Fault::HasNoLimitOfBytes, "a_task_has_no_more_bytes_than_it_may"),
        (Fault::ListsTooFew, "a_list_has_every_task_of_its_owner_once"),
        (Fault::ListsNoMore, "a_list_has_every_task_of_its_owner_once"),
        (Fault::CancelsInWords, "a_cancelled_task_stays_cancelled"),
        (Fault::LosesAnswers, "a_question_waits_for_its_answer"),
        (Fault::TakesAnyAnswer, "an_answer_is_taken_once"),
        (Fault::ClaimsAnyTool, "only_the_named_tools_are_claimed"),
        (Fault::ClaimsAgain, "a_task_is_claimed_once"),
        (Fault::NeverRenews, "a_renewed_lease_holds"),
        (Fault::RenewsForAnyone, "a_lost_worker_is_fenced"),
        (Fault::LosesReports, "a_report_is_seen"),
        (Fault::AsksInWords, "a_question_waits_for_its_answer"),
        (Fault::LosesJournals, "a_task_runs_again_with_all_that_it_had"),
        (Fault::FinishesInWords, "an_outcome_is_kept"),
        (Fault::FinishesForAnyone, "a_lost_worker_is_fenced"),
        (Fault::FinishesOnceOnly, "a_task_ends_once"),
        (Fault::KeepsWhatIsReleased, "a_task_can_be_given_back"),
        (Fault::CountsReleases, "a_task_can_be_given_back"),
        (Fault::NeverSweeps, "a_sweep_finds_lost_workers"),
        (Fault::NeverTells, "a_watch_tells_of_each_change"),
        (Fault::NeverTellsOfWork, "a_watch_tells_of_work"),
        (Fault::ForgetsNothing, "a_task_is_forgotten_when_its_time_is_over"),
    ] {
        let broken = broken(fault).await;
        assert!(broken.contains(&promise), "{fault:?} breaks {broken:?}");
    }
}
