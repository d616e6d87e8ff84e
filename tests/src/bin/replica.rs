//! One of several servers that share their tasks: what they do is written to a file, so that a test
//! sees how often it was done.
//!
//! The environment says all: `REDIS_URL` (in memory without it), `MCP_KEYS`, `EFFECTS` (the file),
//! `LEASE_MILLIS` and `DRAIN_MILLIS`.

use std::{env, fs::OpenOptions, io::Write as _, process, time::Duration};

use mcp_runtime::{Limits, ResourceServer, auth::AuthLimits, prelude::*, tasks::TaskId};

/// The file of effects.
#[derive(Clone)]
struct Effects(String);

impl Effects {
    /// One write of one line: those of several processes do not mix.
    fn add(&self, name: &str, what: &str) -> Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).open(&self.0)?;
        Ok(file.write_all(format!("{name} {what}\n").as_bytes())?)
    }

    /// Tells which run of the task this is, counted by what has been kept of it: a run whose worker
    /// has lost the task does not come to an end here.
    async fn begin(&self, name: &str, ctx: &Context) -> Result<u32> {
        self.add(name, "begun")?;
        let this = TaskId::random()?.to_string();
        let mut run = 0;
        while ctx.step(&format!("run {run}"), async || Ok::<_, Error>(this.clone())).await? != this
        {
            run += 1;
        }
        self.add(name, &format!("held {run}"))?;
        Ok(run)
    }
}

#[derive(Elicit)]
struct Word {
    /// Any word.
    word: String,
}

/// Return at once.
#[mcp_tool(task = true, idempotent)]
async fn instant(name: String, ctx: Context, State(effects): State<Effects>) -> Result<String> {
    let run = effects.begin(&name, &ctx).await?;
    Ok(format!("{name} in run {run}"))
}

/// Do a first thing, wait, and do a second thing.
#[mcp_tool(task = true, idempotent)]
async fn nap(
    name: String,
    millis: u64,
    ctx: Context,
    State(effects): State<Effects>,
) -> Result<String> {
    let run = effects.begin(&name, &ctx).await?;
    ctx.step("first", async || effects.add(&name, "first")).await?;
    tokio::time::sleep(Duration::from_millis(millis)).await;
    ctx.step("second", async || effects.add(&name, "second")).await?;
    Ok(format!("{name} in run {run}"))
}

/// Do something that must not be begun twice.
#[mcp_tool(task = true)]
async fn once(name: String, millis: u64, State(effects): State<Effects>) -> Result<String> {
    effects.add(&name, "begun")?;
    tokio::time::sleep(Duration::from_millis(millis)).await;
    Ok(format!("{name} in run 0"))
}

/// Do something in another system that knows by a key what it has done.
#[mcp_tool(task = true, retries = 1)]
async fn twice(
    name: String,
    millis: u64,
    ctx: Context,
    State(effects): State<Effects>,
) -> Result<String> {
    let key = ctx.idempotency_key("work")?;
    effects.add(&name, &key)?;
    tokio::time::sleep(Duration::from_millis(millis)).await;
    Ok(key)
}

/// Ask for two words at once, and tell them.
#[mcp_tool(task = true, idempotent)]
async fn ask(name: String, ctx: Context, State(effects): State<Effects>) -> Result<String> {
    let run = effects.begin(&name, &ctx).await?;
    let (one, two) =
        tokio::join!(async { ctx.elicit::<Word>("One?").key("one").await?.accepted() }, async {
            ctx.elicit::<Word>("Two?").key("two").await?.accepted()
        },);
    Ok(format!("{name} in run {run}: {} {}", one?.word, two?.word))
}

/// Ask for a word before it is a task.
#[mcp_tool(task = true, idempotent, ask_first)]
async fn prepare(name: String, ctx: Context, State(effects): State<Effects>) -> Result<String> {
    let word = ctx.elicit::<Word>("A word?").key("word").await?.accepted()?.word;
    ctx.step("first", async || effects.add(&name, "first")).await?;
    ctx.start_task().await?;
    Ok(format!("{name}: {word}"))
}

/// Wait to be cancelled.
#[mcp_tool(task = true, idempotent)]
async fn wait(name: String, ctx: Context, State(effects): State<Effects>) -> Result<()> {
    effects.begin(&name, &ctx).await?;
    std::future::pending().await
}

/// Panic.
#[mcp_tool(task = true, idempotent)]
async fn explode(name: String, ctx: Context, State(effects): State<Effects>) -> Result<String> {
    effects.begin(&name, &ctx).await?;
    panic!("boom")
}

/// End the process, as a crash does.
#[mcp_tool(task = true, idempotent)]
async fn abort(name: String, ctx: Context, State(effects): State<Effects>) -> Result<()> {
    effects.begin(&name, &ctx).await?;
    process::abort()
}

/// Return more than there may be.
#[mcp_tool(task = true, idempotent)]
async fn huge(name: String, ctx: Context, State(effects): State<Effects>) -> Result<String> {
    effects.begin(&name, &ctx).await?;
    Ok("x".repeat(RESULT_BYTES + 1))
}

/// A small result, so that tests need no large ones.
const RESULT_BYTES: usize = 64 * 1024;

/// No task.
#[mcp_tool]
async fn echo(text: String) -> String {
    text
}

fn millis(variable: &str) -> Result<Option<Duration>> {
    Ok(match env::var(variable) {
        Ok(millis) => Some(Duration::from_millis(millis.parse()?)),
        Err(_) => None,
    })
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut limits = Limits::default();
    limits.tasks = 1_000_000;
    limits.tasks_per_principal = 1_000_000;
    limits.result_bytes = RESULT_BYTES;
    limits.page_items = 2;
    limits.task_lease = millis("LEASE_MILLIS")?.unwrap_or(limits.task_lease);
    limits.drain = millis("DRAIN_MILLIS")?.unwrap_or(limits.drain);
    let mut auth_limits = AuthLimits::default();
    auth_limits.requests_per_second = 10_000;
    let user = |name: &str| Principal::new("https://issuer.example", name);
    let auth = ["alice", "bob"]
        .into_iter()
        .fold(ResourceServer::new("http://127.0.0.1/mcp").limits(auth_limits), |auth, name| {
            auth.api_key(format!("the-secret-key-of-{name}"), user(name))
        });
    let server = Server::new("replica", "1.0.0")
        .limits(limits)
        .auth(auth)
        .state(Effects(env::var("EFFECTS")?))
        .tools(tools![instant, nap, once, twice, ask, prepare, wait, explode, abort, huge, echo]);
    let server = match env::var("REDIS_URL") {
        Ok(url) => server.backend(url),
        Err(_) => server,
    };
    server.run().await
}
