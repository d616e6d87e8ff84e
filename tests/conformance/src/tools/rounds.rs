//! Calls of several rounds, with the keys that the suite has for their questions.

use mcp_runtime::prelude::*;

#[derive(Elicit)]
pub(crate) struct Name {
    /// How to call you.
    pub(crate) name: String,
}

#[derive(Elicit)]
struct Color {
    /// The one that you like best.
    color: String,
}

#[derive(Elicit)]
struct Confirmation {
    /// Go on?
    ok: bool,
}

/// Ask for a name.
#[mcp_tool]
pub(crate) async fn test_input_required_result_elicitation(ctx: Context) -> Result<String> {
    let name = ctx.elicit::<Name>("What is your name?").key("user_name").await?.accepted()?.name;
    Ok(format!("Hello, {name}!"))
}

/// Ask for the capital of France.
#[mcp_tool]
pub(crate) async fn test_input_required_result_sampling(ctx: Context) -> Result<String> {
    let answer = ctx
        .sample("What is the capital of France?")
        .max_tokens(100)
        .key("capital_question")
        .await?;
    Ok(format!("The model says: {}", answer.text()))
}

/// Ask for the client's folders.
#[mcp_tool]
pub(crate) async fn test_input_required_result_list_roots(ctx: Context) -> Result<String> {
    let roots = ctx.roots().await?;
    let uris: Vec<&str> = roots.iter().map(|root| root.uri()).collect();
    Ok(format!("Roots: {}", uris.join(", ")))
}

/// Ask for a confirmation, with a value of an earlier round in the state.
#[mcp_tool]
pub(crate) async fn test_input_required_result_request_state(ctx: Context) -> Result<String> {
    let kept = ctx.step("state", async || Ok::<_, Error>("state-ok".to_owned())).await?;
    let asked = ctx.elicit::<Confirmation>("Please confirm.").key("confirm").await?;
    let ok = asked.accepted()?.ok;
    Ok(format!("{kept}: {ok}"))
}

/// Ask for three things at once.
#[mcp_tool]
pub(crate) async fn test_input_required_result_multiple_inputs(ctx: Context) -> Result<String> {
    let (name, greeting, roots) = tokio::join!(
        async { ctx.elicit::<Name>("What is your name?").key("user_name").await?.accepted() },
        async { ctx.sample("Write a greeting.").max_tokens(50).key("greeting").await },
        async { ctx.roots().await },
    );
    let (name, greeting, roots) = (name?, greeting?, roots?);
    Ok(format!("{} {} with {} roots", greeting.text(), name.name, roots.len()))
}

/// Ask for two things, one after the other.
#[mcp_tool]
pub(crate) async fn test_input_required_result_multi_round(ctx: Context) -> Result<String> {
    let name = ctx.elicit::<Name>("Step 1: What is your name?").key("step1").await?;
    let name = name.accepted()?.name;
    let color = ctx.elicit::<Color>("Step 2: What is your favourite colour?").key("step2").await?;
    Ok(format!("{name} likes {}", color.accepted()?.color))
}

/// Ask for a confirmation, whose state must not be changed.
#[mcp_tool]
pub(crate) async fn test_input_required_result_tampered_state(ctx: Context) -> Result<String> {
    let asked = ctx.elicit::<Confirmation>("Please confirm.").key("confirm").await?;
    Ok(format!("confirmed: {}", asked.accepted()?.ok))
}

/// Ask whatever the client can answer.
#[mcp_tool]
pub(crate) async fn test_input_required_result_capabilities(ctx: Context) -> Result<String> {
    if ctx.client_capabilities().elicitation_form() {
        let asked = ctx.elicit::<Name>("What is your name?").key("user_name").await?;
        return Ok(format!("Hello, {}!", asked.accepted()?.name));
    }
    let answer = ctx.sample("Write a greeting.").max_tokens(50).key("greeting").await?;
    Ok(answer.text())
}
