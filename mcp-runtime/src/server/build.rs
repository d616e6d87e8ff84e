//! Checks what an author gives a server, all of it, before the server serves.

use crate::{
    context::{Requirements, StateMap},
    primitives::{CompiledPrompt, CompiledResource, CompiledTool, Prompt, Resource, Tool},
};

pub(super) fn compile_tool(tool: Tool, states: &StateMap) -> Result<CompiledTool, String> {
    check_states(&format!("tool `{}`", tool.name()), &tool.requirements, states)?;
    tool.compile()
}

pub(super) fn compile_prompt(prompt: Prompt, states: &StateMap) -> Result<CompiledPrompt, String> {
    check_states(&format!("prompt `{}`", prompt.name()), &prompt.requirements, states)?;
    prompt.compile()
}

pub(super) fn compile_resource(
    resource: Resource,
    states: &StateMap,
) -> Result<CompiledResource, String> {
    check_states(&format!("resource `{}`", resource.uri()), &resource.requirements, states)?;
    resource.compile()
}

fn check_states(who: &str, requirements: &Requirements, states: &StateMap) -> Result<(), String> {
    match requirements.states.iter().find(|(id, _)| !states.contains(*id)) {
        None => Ok(()),
        Some((_, name)) => Err(format!(
            "{who} needs a state of type `{name}`, which the server was not given: \
             call `Server::state` with one"
        )),
    }
}
