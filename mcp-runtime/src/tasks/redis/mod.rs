//! The store of many processes: Redis 7 or newer, or Valkey.

mod claim;
mod codec;
mod options;
mod overview;
mod scripts;

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use ::redis::Client;
use bytes::Bytes;

use self::{
    claim::LostClaim,
    codec::{Codec, RequestFields},
    scripts::{Reply, Scripts, number, strings},
};
pub use self::{
    options::{InvalidRedisOptions, RedisStoreBuilder},
    overview::{TaskOverview, TaskOverviewPage},
};
use super::{
    Answer, Cipher, Fence, Outcome, Owner, Question, Release, Report, StoreError, StoreFuture,
    Swept, TaskId, TaskInfo, TaskLimits, TaskPage, TaskRecord, TaskRequest, TaskStore, Watch,
    Watchers,
};
use crate::backend::redis::{
    Connection, HeardOnChannel, Listener, RedisBackend, millis, text, unavailable,
};

/// Keeps tasks in Redis 7 or newer, or in Valkey, so that any process can go on with them.
///
/// Each method is one script, which the server runs as a whole, by its own clock. What was
/// acknowledged is as durable as the server is configured to be: `appendonly yes` with `appendfsync
/// always` loses nothing. Its `maxmemory-policy` has to be `noeviction`.
///
/// Every key begins with `{prefix}:`, in one slot of a cluster, and goes by itself when the last
/// task that needs it is over. Servers with the same prefix share their tasks.
///
/// It is used within a Tokio runtime. When the server is away, each call ends with
/// [`Unavailable`](StoreError::Unavailable) within [`timeout`](RedisStoreBuilder::timeout); the
/// connection is made again by the next call.
///
/// ```no_run
/// use mcp_runtime::tasks::RedisStore;
///
/// let store = RedisStore::builder("redis://127.0.0.1:6379").prefix("bookings").build()?;
/// # Ok::<(), mcp_runtime::Error>(())
/// ```
#[derive(Clone)]
pub struct RedisStore(Arc<Inner>);

struct Inner {
    connection: Arc<Connection>,
    scripts: Scripts,
    codec: Codec,
    watchers: Watchers,
    client: Client,
    /// Listens once somebody watches.
    listener: OnceLock<Listener>,
    lost_claim: LostClaim,
}

impl RedisStore {
    fn new(
        client: Client,
        prefix: String,
        timeout: Duration,
        cipher: Option<Arc<dyn Cipher>>,
    ) -> Self {
        Self(Arc::new(Inner {
            connection: Arc::new(Connection::new(client.clone(), timeout)),
            scripts: Scripts::new(prefix.clone()),
            codec: Codec::new(prefix, cipher),
            watchers: Watchers::default(),
            client,
            listener: OnceLock::new(),
            lost_claim: LostClaim::default(),
        }))
    }

    /// A store at `redis://[user:password@]host[:port][/database]`, or at
    /// `redis+unix:///path/of/socket`.
    ///
    /// `rediss://` needs one of the TLS features of the crate `redis`.
    pub fn builder(url: impl Into<String>) -> RedisStoreBuilder {
        RedisStoreBuilder::new(url.into())
    }

    /// What processes share besides tasks, beside the tasks.
    pub(crate) fn backend(
        &self,
        cipher: Arc<dyn Cipher>,
    ) -> Result<RedisBackend, getrandom::Error> {
        let (client, connection) = (self.0.client.clone(), Arc::clone(&self.0.connection));
        RedisBackend::new(client, connection, self.0.scripts.prefix().to_owned(), cipher)
    }

    /// Whether the server answers.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](StoreError::Unavailable).
    pub async fn check(&self) -> Result<(), StoreError> {
        self.0.connection.ping().await
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").finish_non_exhaustive()
    }
}

/// Larger numbers are none in Lua. No record comes near.
const MAX_BYTES: usize = 1 << 48;

fn owner_arg(owner: &Owner) -> Vec<u8> {
    // A type of strings: it cannot fail.
    serde_json::to_vec(owner).unwrap_or_default()
}

impl Inner {
    /// Runs a script that works on a task of which the worker shows the fence.
    async fn held(
        &self,
        script: &::redis::Script,
        fence: Fence,
        args: impl IntoIterator<Item = Vec<u8>>,
    ) -> Result<Reply, StoreError> {
        let mut all = vec![text(fence.id), text(fence.token)];
        all.extend(args);
        self.run(script, all).await
    }

    async fn run(&self, script: &::redis::Script, args: Vec<Vec<u8>>) -> Result<Reply, StoreError> {
        let reply = self.connection.run(script, self.scripts.prefix(), &args).await?;
        Reply::read(reply)
    }

    async fn create(
        &self,
        request: TaskRequest,
        limits: TaskLimits,
    ) -> Result<TaskRecord, StoreError> {
        let RequestFields { head, arguments, principal } = self.codec.write_request(&request)?;
        let args = vec![
            text(request.id),
            owner_arg(&request.owner),
            request.tool.into_bytes(),
            millis(request.ttl),
            text(request.max_attempts),
            text(limits.total),
            text(limits.per_owner),
            text(request.max_bytes.min(MAX_BYTES)),
            head,
            arguments,
            principal,
        ];
        let mut reply = self.run(&self.scripts.create, args).await?;
        self.codec.read_record(request.id, reply.next()?)
    }

    async fn list(
        &self,
        owner: &Owner,
        after: Option<TaskId>,
        limit: usize,
    ) -> Result<TaskPage, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let args = vec![owner_arg(owner), after.into_bytes(), text(limit)];
        let mut reply = self.run(&self.scripts.list, args).await?;
        let mut page = TaskPage { tasks: Vec::new(), next: None };
        let mut last = None;
        for task in reply.items()? {
            let mut task = Reply::of_task(task)?;
            let id = task.id;
            last = Some(id);
            let info = match task.reply.code.as_str() {
                "ok" => self.codec.read_info(id, task.reply.next()?),
                _ => Err(StoreError::Unreadable("a damaged record".into())),
            };
            match info {
                Ok(info) => page.tasks.push(info),
                Err(error) => tracing::warn!(%error, "a task is left out of a list"),
            }
        }
        if number(&reply.next()?)? == 1 {
            page.next = last;
        }
        Ok(page)
    }

    async fn report(&self, fence: Fence, report: Report) -> Result<(), StoreError> {
        let mut args = Vec::new();
        if let Some(progress) = &report.progress {
            args.extend([b"progress".to_vec(), serde_json::to_vec(progress).unwrap_or_default()]);
        }
        if let Some(message) = &report.message {
            let sealed = self.codec.seal(fence.id, "message", message.as_bytes())?;
            args.extend([b"message".to_vec(), sealed]);
        }
        self.held(&self.scripts.report, fence, args).await.map(drop)
    }

    async fn ask(&self, fence: Fence, questions: Vec<Question>) -> Result<(), StoreError> {
        let mut asked: Vec<Question> = Vec::new();
        let mut reused = None;
        for question in questions {
            match asked.iter().find(|it| it.key == question.key) {
                Some(earlier) if earlier.asks_the_same(&question) => {}
                Some(_) => reused = reused.or(Some(question.key)),
                None => asked.push(question),
            }
        }
        if let Some(key) = reused {
            // A worker that has lost the task hears that first.
            self.held(&self.scripts.ask, fence, [text(1)]).await?;
            return Err(StoreError::KeyReused(key));
        }
        let mut args = Vec::new();
        for question in &asked {
            args.push(question.key.clone().into_bytes());
            args.push(self.codec.write_question(fence.id, question)?);
        }
        let ask = |known: u8| {
            self.held(&self.scripts.ask, fence, [text(known)].into_iter().chain(args.clone()))
        };
        let mut reply = ask(0).await?;
        if reply.code != "before" {
            return Ok(());
        }
        for before in reply.items()? {
            let before = self.codec.read_question(fence.id, before)?;
            if !asked.iter().any(|question| question.asks_the_same(&before)) {
                return Err(StoreError::KeyReused(before.key));
            }
        }
        ask(1).await.map(drop)
    }

    async fn finish(&self, fence: Fence, outcome: Outcome) -> Result<(), StoreError> {
        let (kind, outcome_bytes) = self.codec.write_outcome(fence.id, &outcome)?;
        let message = match &outcome {
            Outcome::Error(error) => {
                self.codec.seal(fence.id, "message", error.message().as_bytes())?
            }
            Outcome::Result { .. } => Vec::new(),
        };
        let is_small = text(u8::from(outcome.is_small()));
        let args = [text(outcome.status()), kind.into(), outcome_bytes, message, is_small];
        self.held(&self.scripts.finish, fence, args).await.map(drop)
    }

    async fn sweep(&self) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        loop {
            let mut reply = self.run(&self.scripts.sweep, Vec::new()).await?;
            let mut count = || number(&reply.next()?);
            let (expired, requeued, failed) = (count()?, count()?, count()?);
            swept.expired += expired;
            swept.requeued += requeued;
            swept.failed += failed;
            swept.next = reply.text()?.parse().ok().map(Duration::from_millis);
            // A script does a hundred at most.
            if requeued + failed < 100 {
                return Ok(swept);
            }
        }
    }

    fn listen(&self) {
        self.listener.get_or_init(|| {
            let watchers = self.watchers.clone();
            let channel = format!("{}changes", self.scripts.prefix());
            let hear = move |heard: HeardOnChannel<'_>| match heard {
                HeardOnChannel::Connected => watchers.all_changed(),
                HeardOnChannel::Message("work") => watchers.work_added(),
                HeardOnChannel::Message(text) => {
                    if let Some(Ok(id)) = text.strip_prefix("task ").map(str::parse) {
                        watchers.task_changed(id);
                    }
                }
            };
            Listener::spawn(&self.client, channel, Arc::new(hear))
        });
    }
}

impl TaskStore for RedisStore {
    fn create(&self, request: TaskRequest, limits: TaskLimits) -> StoreFuture<'_, TaskRecord> {
        Box::pin(self.0.create(request, limits))
    }

    fn get<'a>(&'a self, owner: &'a Owner, id: TaskId) -> StoreFuture<'a, TaskRecord> {
        Box::pin(async move {
            let args = vec![text(id), owner_arg(owner)];
            let mut reply = self.0.run(&self.0.scripts.get, args).await?;
            self.0.codec.read_record(id, reply.next()?)
        })
    }

    fn list<'a>(
        &'a self,
        owner: &'a Owner,
        after: Option<TaskId>,
        limit: usize,
    ) -> StoreFuture<'a, TaskPage> {
        Box::pin(self.0.list(owner, after, limit))
    }

    fn cancel<'a>(&'a self, owner: &'a Owner, id: TaskId) -> StoreFuture<'a, TaskInfo> {
        Box::pin(async move {
            let nonce = TaskId::random().map_err(unavailable)?;
            let args = vec![text(id), owner_arg(owner), text(nonce)];
            let mut reply = self.0.run(&self.0.scripts.cancel, args).await?;
            self.0.codec.read_info(id, reply.next()?)
        })
    }

    fn answer<'a>(
        &'a self,
        owner: &'a Owner,
        id: TaskId,
        answers: Vec<Answer>,
    ) -> StoreFuture<'a, Vec<String>> {
        Box::pin(async move {
            let mut args = vec![text(id), owner_arg(owner)];
            for answer in answers {
                let sealed = self.0.codec.write_answer(id, &answer)?;
                args.extend([answer.key.into_bytes(), sealed]);
            }
            strings(self.0.run(&self.0.scripts.answer, args).await?.next()?)
        })
    }

    fn claim<'a>(
        &'a self,
        worker: &'a str,
        tools: &'a [&'a str],
        lease: Duration,
    ) -> StoreFuture<'a, Option<TaskRecord>> {
        Box::pin(self.0.claim(worker, tools, lease))
    }

    fn renew(&self, fence: Fence, lease: Duration) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            self.0.held(&self.0.scripts.renew, fence, [millis(lease)]).await.map(drop)
        })
    }

    fn report(&self, fence: Fence, report: Report) -> StoreFuture<'_, ()> {
        Box::pin(self.0.report(fence, report))
    }

    fn ask(&self, fence: Fence, questions: Vec<Question>) -> StoreFuture<'_, ()> {
        Box::pin(self.0.ask(fence, questions))
    }

    fn save_journal(&self, fence: Fence, journal: Bytes) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let sealed = self.0.codec.seal(fence.id, "journal", &journal)?;
            self.0.held(&self.0.scripts.save_journal, fence, [sealed]).await.map(drop)
        })
    }

    fn finish(&self, fence: Fence, outcome: Outcome) -> StoreFuture<'_, ()> {
        Box::pin(self.0.finish(fence, outcome))
    }

    fn release(&self, fence: Fence, release: Release) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let begun = text(u8::from(release == Release::Interrupted));
            self.0.held(&self.0.scripts.release, fence, [begun]).await.map(drop)
        })
    }

    fn sweep(&self) -> StoreFuture<'_, Swept> {
        Box::pin(self.0.sweep())
    }

    fn watch(&self, id: TaskId) -> Watch {
        self.0.listen();
        self.0.watchers.watch(id)
    }

    fn watch_work(&self) -> Watch {
        self.0.listen();
        self.0.watchers.watch_work()
    }
}
