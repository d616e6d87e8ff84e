//! Tools that ask the client: forms, its model, its folders.

use mcp_runtime::{Elicited, Field, Form, prelude::*};

#[derive(Elicit)]
struct Contact {
    /// How to call you.
    username: String,
    /// Where to write to.
    #[elicit(format = "email")]
    email: String,
}

/// Ask the user for a name and an address.
#[mcp_tool]
pub(crate) async fn test_elicitation(
    /// What to ask.
    message: String,
    ctx: Context,
) -> Result<String> {
    Ok(match ctx.elicit::<Contact>(message).await? {
        Elicited::Accepted(Contact { username, email }) => {
            format!("User response: {username}, {email}")
        }
        Elicited::Declined => "User response: declined".into(),
        _ => "User response: none".into(),
    })
}

#[derive(Elicit)]
struct Profile {
    #[elicit(default = "John Doe")]
    name: String,
    #[elicit(default = 30)]
    age: i64,
    #[elicit(default = 95.5)]
    score: f64,
    #[elicit(default = Status::Active)]
    status: Status,
    #[elicit(default = true)]
    verified: bool,
}

#[derive(Clone, Copy, Debug, Elicit)]
#[elicit(rename_all = "lowercase")]
enum Status {
    Active,
    Inactive,
    Pending,
}

/// Ask with a default for each kind of field.
#[mcp_tool]
pub(crate) async fn test_elicitation_sep1034_defaults(ctx: Context) -> Result<String> {
    let profile = ctx.elicit::<Profile>("Please check your profile.").await?;
    Ok(match profile.into_accepted() {
        Some(Profile { name, age, score, status, verified }) => {
            format!("Elicitation completed: {name}, {age}, {score}, {status:?}, {verified}")
        }
        None => "Elicitation completed: nothing".into(),
    })
}

/// Ask with a choice of each kind.
#[mcp_tool]
pub(crate) async fn test_elicitation_sep1330_enums(ctx: Context) -> Result<String> {
    let plain = ["option1", "option2", "option3"];
    let titled = [("value1", "First"), ("value2", "Second"), ("value3", "Third")];
    let form = Form::new()
        .field("untitledSingle", Field::choice(plain))
        .field("titledSingle", Field::choice(titled))
        .field("legacyEnum", Field::choice(titled).enum_names())
        .field("untitledMulti", Field::choices(plain))
        .field("titledMulti", Field::choices(titled));
    let chosen = ctx.elicit_form("Please choose.", form).await?;
    Ok(match chosen {
        Elicited::Accepted(answer) => format!("Elicitation completed: {answer:?}"),
        _ => "Elicitation completed: nothing".into(),
    })
}

/// Ask the client's model.
#[mcp_tool]
pub(crate) async fn test_sampling(
    /// What to ask.
    prompt: String,
    ctx: Context,
) -> Result<String> {
    let answer = ctx.sample(prompt).max_tokens(100).await?;
    Ok(format!("LLM response: {}", answer.text()))
}
