//! Checks what an author gives a server, all of it, before the server serves.

use super::catalog::Table;
use crate::{
    context::StateMap,
    primitives::{
        CompiledPrompt, CompiledResource, CompiledTool, Definition, Prompt, Resource, Tool,
    },
};

/// What can be registered with a server.
pub(super) trait Item: Sized {
    type Compiled;
    const KIND: &'static str;

    /// The name or URI, of which a server has each once.
    fn key(&self) -> &str;
    fn definition(&self) -> &Definition;
    fn compile(self) -> Result<Self::Compiled, String>;
}

macro_rules! impl_item {
    ($item:ty, $compiled:ty, $kind:literal, $key:ident) => {
        impl Item for $item {
            type Compiled = $compiled;
            const KIND: &'static str = $kind;

            fn key(&self) -> &str {
                self.$key()
            }

            fn definition(&self) -> &Definition {
                &self.definition
            }

            fn compile(self) -> Result<Self::Compiled, String> {
                self.compile()
            }
        }
    };
}

impl_item!(Tool, CompiledTool, "tool", name);
impl_item!(Prompt, CompiledPrompt, "prompt", name);
impl_item!(Resource, CompiledResource, "resource", uri);

/// Checks an item and enters it.
///
/// # Errors
///
/// What is wrong with it, for the author.
pub(super) fn register<I: Item>(
    item: I,
    states: &StateMap,
    table: &mut Table<I::Compiled>,
) -> Result<(), String> {
    let key = item.key().to_owned();
    let missing =
        item.definition().requirements.states.iter().find(|(id, _)| !states.contains(*id));
    if let Some((_, name)) = missing {
        return Err(format!(
            "{} `{key}` needs a state of type `{name}`, which the server was not given: \
             call `Server::state` with one",
            I::KIND
        ));
    }
    let needs_scopes = !item.definition().scopes.is_empty();
    if table.insert(&key, item.compile()?, needs_scopes) {
        Ok(())
    } else {
        Err(format!("there is a {} `{key}` already", I::KIND))
    }
}
