//! The prompts that the suite gets.

use mcp_runtime::{Prompt, PromptMessage, prelude::*, protocol::Content};

use crate::{
    decorated::decorated_prompt,
    media::{PICTURE, PICTURE_TYPE},
};

pub(crate) fn all() -> Vec<Prompt> {
    prompts![
        test_simple_prompt,
        test_prompt_with_arguments,
        test_prompt_with_embedded_resource,
        test_prompt_with_image,
        decorated_prompt,
        test_input_required_result_prompt,
    ]
}

/// A prompt without arguments.
#[mcp_prompt]
async fn test_simple_prompt() -> &'static str {
    "This is a simple prompt for testing."
}

/// A prompt that repeats its arguments.
#[mcp_prompt]
async fn test_prompt_with_arguments(
    /// The first argument.
    #[arg(complete = ["test", "testing", "trial"])]
    arg1: String,
    /// The second argument.
    arg2: String,
) -> String {
    format!("Prompt with arguments: arg1='{arg1}', arg2='{arg2}'")
}

/// A prompt with a resource in it.
#[mcp_prompt]
async fn test_prompt_with_embedded_resource(
    /// The URI of the resource.
    #[arg(rename = "resourceUri")]
    resource_uri: String,
) -> [PromptMessage; 2] {
    let resource = Content::embedded_text(
        resource_uri,
        "text/plain",
        "Embedded resource content for testing.",
    );
    [
        PromptMessage::user(resource),
        PromptMessage::user("Please process the embedded resource above."),
    ]
}

/// A prompt with a picture in it.
#[mcp_prompt]
async fn test_prompt_with_image() -> [PromptMessage; 2] {
    [
        PromptMessage::user(Content::image(PICTURE, PICTURE_TYPE)),
        PromptMessage::user("Please analyze the image above."),
    ]
}

#[derive(Elicit)]
struct UserContext {
    /// What the prompt is for.
    context: String,
}

/// A prompt that asks what it is for.
#[mcp_prompt]
async fn test_input_required_result_prompt(ctx: Context) -> Result<String> {
    let asked = ctx.elicit::<UserContext>("What is the prompt for?").key("user_context").await?;
    Ok(format!("Write something for: {}", asked.accepted()?.context))
}
