use std::{
    any::{Any, TypeId, type_name},
    collections::HashMap,
    fmt,
    ops::{Deref, DerefMut},
};

use super::{Context, FromContext, Requirements};
use crate::primitives::Error;

/// A value that was given to the server with `Server::state`, injected into a function.
///
/// `T` is cloned for each call, as in axum: make it an `Arc`, a pool, or anything cheap. A server
/// in which a function asks for a state that nobody gave cannot be built.
///
/// ```
/// use mcp_runtime::prelude::*;
///
/// #[derive(Clone)]
/// struct Greeting(&'static str);
///
/// /// Greet someone.
/// #[mcp_tool]
/// async fn greet(name: String, State(greeting): State<Greeting>) -> String {
///     format!("{}, {name}!", greeting.0)
/// }
///
/// let server = Server::new("greeter", "1.0.0").state(Greeting("Hello")).tools(tools![greet]);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct State<T>(pub T);

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for State<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Clone + Send + Sync + 'static> FromContext for State<T> {
    fn from_context(ctx: &Context) -> Result<Self, Error> {
        ctx.state().map(State).ok_or_else(|| {
            // The server checks this when it is built; a tool added later is checked as well.
            Error::internal(format!("no state of type `{}`", type_name::<T>()))
        })
    }

    fn requirements(requirements: &mut Requirements) {
        requirements.state::<T>();
    }
}

/// The states of a server, one a type.
#[derive(Default)]
pub(crate) struct StateMap(HashMap<TypeId, Box<dyn Any + Send + Sync>>);

impl StateMap {
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, state: T) {
        self.0.insert(TypeId::of::<T>(), Box::new(state));
    }

    pub(crate) fn get<T: Clone + 'static>(&self) -> Option<T> {
        self.0.get(&TypeId::of::<T>())?.downcast_ref().cloned()
    }

    pub(crate) fn contains(&self, id: TypeId) -> bool {
        self.0.contains_key(&id)
    }
}

impl fmt::Debug for StateMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StateMap").field("len", &self.0.len()).finish_non_exhaustive()
    }
}
