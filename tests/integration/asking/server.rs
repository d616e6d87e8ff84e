//! A server whose functions ask.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use mcp_runtime::{Elicited, KeyRing, Limits, PromptMessage, prelude::*};

/// How often things have been done.
#[derive(Clone, Debug, Default)]
pub(super) struct Counters {
    pub(super) runs: Arc<AtomicUsize>,
    pub(super) charges: Arc<AtomicUsize>,
}

impl Counters {
    pub(super) fn runs(&self) -> usize {
        self.runs.load(Ordering::Relaxed)
    }

    pub(super) fn charges(&self) -> usize {
        self.charges.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Elicit)]
pub(super) struct Name {
    /// What to call you.
    #[elicit(length = 1..=40)]
    name: String,
}

#[derive(Debug, Elicit)]
struct Age {
    /// In years.
    #[elicit(range = 0..=150)]
    age: u8,
}

/// Greet the user by name.
#[mcp_tool]
async fn greet(ctx: Context, State(counters): State<Counters>) -> Result<String> {
    counters.runs.fetch_add(1, Ordering::Relaxed);
    Ok(match ctx.elicit::<Name>("Who are you?").key("user_name").await? {
        Elicited::Accepted(answer) => format!("hello {}", answer.name),
        Elicited::Declined => "declined".into(),
        Elicited::Cancelled => "cancelled".into(),
        Elicited::TimedOut => "timed out".into(),
    })
}

/// Ask three things, one after the other.
#[mcp_tool]
async fn wizard(ctx: Context, State(counters): State<Counters>) -> Result<String> {
    counters.runs.fetch_add(1, Ordering::Relaxed);
    let name = ctx.elicit::<Name>("Who are you?").await?.accepted()?.name;
    let age = ctx.elicit::<Age>(format!("How old are you, {name}?")).await?.accepted()?.age;
    let sure = ctx.confirm(format!("{name}, {age}?")).await?;
    Ok(format!("{name} {age} {sure}"))
}

/// Ask two things at once.
#[mcp_tool]
async fn pair(ctx: Context, State(counters): State<Counters>) -> Result<String> {
    counters.runs.fetch_add(1, Ordering::Relaxed);
    let (name, age) =
        tokio::join!(async { ctx.elicit::<Name>("Who are you?").await?.accepted() }, async {
            ctx.elicit::<Age>("How old are you?").await?.accepted()
        },);
    Ok(format!("{} {}", name?.name, age?.age))
}

/// Take no error for an answer.
#[mcp_tool]
async fn stubborn(ctx: Context) -> String {
    let mut asked = 0;
    loop {
        asked += 1;
        if let Ok(Elicited::Accepted(answer)) = ctx.elicit::<Name>("Who are you?").key("name").await
        {
            return format!("{} after {asked}", answer.name);
        }
        if asked == 5 {
            return "nobody".into();
        }
    }
}

/// Ask something else in each run.
#[mcp_tool]
async fn fickle(ctx: Context, State(counters): State<Counters>) -> Result<bool> {
    let run = counters.runs.fetch_add(1, Ordering::Relaxed);
    ctx.confirm(format!("Is this run {run}?")).await
}

/// The same under a key.
#[mcp_tool]
async fn drifting(ctx: Context, State(counters): State<Counters>) -> Result<String> {
    // The first two runs differ, as when a new version of the program takes over.
    let version = counters.runs.fetch_add(1, Ordering::Relaxed).min(1);
    let asked = ctx.elicit::<Name>(format!("Who are you, in version {version}?")).key("name");
    Ok(asked.await?.accepted()?.name)
}

/// Two questions under one key.
#[mcp_tool]
async fn ambiguous(ctx: Context) -> Result<String> {
    let first = ctx.elicit::<Name>("Who are you?").key("it").await?.accepted()?.name;
    let second = ctx.elicit::<Age>("How old are you?").key("it").await?.accepted()?.age;
    Ok(format!("{first} {second}"))
}

/// The same question twice under one key.
#[mcp_tool]
async fn again(ctx: Context) -> Result<String> {
    let first = ctx.elicit::<Name>("Who are you?").key("it").await?.accepted()?.name;
    let second = ctx.elicit::<Name>("Who are you?").key("it").await?.accepted()?.name;
    Ok(format!("{first} {second}"))
}

/// The same question twice.
#[mcp_tool]
async fn twice(ctx: Context) -> Result<String> {
    let first = ctx.elicit::<Name>("Who?").await?.accepted()?.name;
    let second = ctx.elicit::<Name>("Who?").await?.accepted()?.name;
    Ok(format!("{first} {second}"))
}

/// Buy something: charge once, then ask twice.
#[mcp_tool]
async fn buy(amount: u32, ctx: Context, State(counters): State<Counters>) -> Result<String> {
    counters.runs.fetch_add(1, Ordering::Relaxed);
    let key = ctx.idempotency_key("charge")?;
    let charge = async || {
        let number = counters.charges.fetch_add(1, Ordering::Relaxed) + 1;
        Ok::<_, Error>(format!("receipt {number} for {amount} with {key}"))
    };
    let receipt = ctx.step("charge", charge).await?;
    let gift = ctx.confirm("Is it a gift?").await?;
    let bag = ctx.confirm("Do you need a bag?").await?;
    let same = receipt.ends_with(&ctx.idempotency_key("charge")?);
    Ok(format!("{receipt}: gift {gift}, bag {bag}, same key {same}"))
}

/// Fail in a step until the third run.
#[mcp_tool]
async fn unlucky(ctx: Context, State(counters): State<Counters>) -> Result<String> {
    let run = counters.runs.fetch_add(1, Ordering::Relaxed);
    let tried = ctx
        .step("try", async || match run {
            0 => Err(Error::new("out of luck")),
            run => Ok(run),
        })
        .await;
    ctx.confirm("Go on?").await?;
    Ok(tried.map_or_else(|error| error.to_string(), |run| format!("done in run {run}")))
}

/// Two steps of one name.
#[mcp_tool]
async fn stumbling(ctx: Context) -> Result<u32> {
    let step = || async { Ok::<_, Error>(1) };
    Ok(ctx.step("one", step).await? + ctx.step("one", step).await?)
}

/// Carry a large value from round to round.
#[mcp_tool]
async fn hoard(bytes: usize, ctx: Context) -> Result<usize> {
    let value = ctx.step("large", async || Ok::<_, Error>("x".repeat(bytes))).await?;
    ctx.confirm("Keep it?").await?;
    Ok(value.len())
}

/// Keep a secret from the client.
#[mcp_tool]
async fn secretive(ctx: Context) -> Result<usize> {
    let secret = ctx.step("secret", async || Ok::<_, Error>("planted-secret".to_owned())).await?;
    ctx.confirm("Go on?").await?;
    Ok(secret.len())
}

/// Count a lot of numbers, if that is wanted.
#[mcp_tool]
async fn pile(numbers: Vec<u32>, ctx: Context) -> Result<usize> {
    ctx.confirm("Count them?").await?;
    Ok(numbers.len())
}

/// Leave a question to another task.
#[mcp_tool]
async fn delegate(ctx: Context) -> Result<bool> {
    let asking = tokio::spawn(async move { ctx.confirm("Is anybody there?").await });
    asking.await.map_err(Error::internal)?
}

/// Tell that it starts, then ask.
#[mcp_tool]
async fn chatty(ctx: Context, progress: Progress) -> Result<bool> {
    progress.report(0.5, "half way").await;
    let sure = ctx.confirm("Sure?").await?;
    progress.report(1.0, "done").await;
    Ok(sure)
}

/// Choose a size.
#[mcp_tool]
async fn size(ctx: Context) -> Result<String> {
    ctx.choose("Which size?", ["small", "large"]).await?.accepted()
}

/// Wait a second at most.
#[mcp_tool]
async fn hasty(ctx: Context) -> Result<String> {
    let asked = ctx.elicit::<Name>("Quick!").timeout(std::time::Duration::from_millis(50));
    Ok(format!("{:?}", asked.await?.into_accepted().map(|it| it.name)))
}

/// Ask before anything else.
#[mcp_resource("mood://today")]
async fn mood(ctx: Context) -> Result<String> {
    Ok(if ctx.confirm("Are you well?").await? { "well" } else { "unwell" }.into())
}

/// A letter, signed by whoever answers.
#[mcp_prompt]
async fn letter(to: String, ctx: Context) -> Result<PromptMessage> {
    let from = ctx.elicit::<Name>("Who signs?").await?.accepted()?.name;
    Ok(PromptMessage::user(format!("Write to {to} from {from}.")))
}

/// Need a lot.
#[mcp_tool(requires(elicitation, elicitation_url, sampling))]
async fn demanding(State(counters): State<Counters>) {
    counters.runs.fetch_add(1, Ordering::Relaxed);
}

/// Need the model's help.
#[mcp_resource("demanding://", requires(sampling))]
async fn demanding_resource(State(counters): State<Counters>) -> &'static str {
    counters.runs.fetch_add(1, Ordering::Relaxed);
    "run"
}

/// Need the user.
#[mcp_prompt(requires(elicitation))]
async fn demand(State(counters): State<Counters>) -> &'static str {
    counters.runs.fetch_add(1, Ordering::Relaxed);
    "run"
}

/// The server, with a key that all instances share.
pub(super) fn server(counters: &Counters) -> Server {
    Server::new("asking", "1.0.0")
        .keys(KeyRing::new([9; 32]))
        .state(counters.clone())
        .tools(tools![
            greet, wizard, pair, stubborn, fickle, drifting, ambiguous, again, twice, buy, unlucky,
            stumbling, hoard, secretive, delegate, chatty, size, hasty, demanding, pile
        ])
        .resources(resources![mood, demanding_resource])
        .prompts(prompts![letter, demand])
}

pub(super) fn limited(change: impl FnOnce(&mut Limits)) -> Server {
    let mut limits = Limits::default();
    change(&mut limits);
    server(&Counters::default()).limits(limits)
}
