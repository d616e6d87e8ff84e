use std::any::{TypeId, type_name};

use mcp_auth::Principal;

use super::{Context, Progress};
use crate::primitives::Error;

/// A parameter that the server fills in, and that the client does not see.
///
/// [`Context`], [`Progress`], [`State`](super::State), [`Principal`] and
/// [`ServerHandle`](crate::ServerHandle) are filled in by their name; a parameter of another type
/// that implements this trait is marked `#[inject]`.
///
/// ```
/// use mcp_runtime::{Error, FromContext, prelude::*};
///
/// struct Tenant(String);
///
/// impl FromContext for Tenant {
///     fn from_context(ctx: &Context) -> Result<Self, Error> {
///         let principal = ctx.principal().ok_or_else(|| Error::new("sign in first"))?;
///         Ok(Self(principal.issuer().to_owned()))
///     }
/// }
///
/// /// Name the tenant.
/// #[mcp_tool]
/// async fn tenant(#[inject] tenant: Tenant) -> String {
///     tenant.0
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be injected into a function",
    label = "not a `FromContext`",
    note = "`Context`, `Progress`, `State<T>`, `Principal` and `ServerHandle` are injected by their name",
    note = "mark a parameter `#[arg]` if it is an argument that the client sends, \
            or implement `FromContext` for its type"
)]
pub trait FromContext: Sized {
    /// Makes the value for one call.
    ///
    /// # Errors
    ///
    /// An error here is the call's answer, and the function does not run.
    fn from_context(ctx: &Context) -> Result<Self, Error>;

    /// Says what the server must have been given. The check happens when the server is built.
    ///
    /// ```
    /// use mcp_runtime::{FromContext, Requirements, State, prelude::*};
    ///
    /// #[derive(Clone)]
    /// struct Prices(f64);
    ///
    /// /// The price of one piece.
    /// struct Price(f64);
    ///
    /// impl FromContext for Price {
    ///     fn from_context(ctx: &Context) -> Result<Self> {
    ///         let State(prices) = State::<Prices>::from_context(ctx)?;
    ///         Ok(Self(prices.0))
    ///     }
    ///
    ///     fn requirements(requirements: &mut Requirements) {
    ///         requirements.state::<Prices>();
    ///     }
    /// }
    /// ```
    fn requirements(requirements: &mut Requirements) {
        let _ = requirements;
    }
}

/// What the functions of a server need the server to have.
#[derive(Clone, Debug, Default)]
pub struct Requirements {
    pub(crate) states: Vec<(TypeId, &'static str)>,
}

impl Requirements {
    /// A state of type `T` must have been given to the server.
    pub fn state<T: 'static>(&mut self) {
        self.states.push((TypeId::of::<T>(), type_name::<T>()));
    }
}

impl FromContext for Context {
    fn from_context(ctx: &Context) -> Result<Self, Error> {
        Ok(ctx.clone())
    }
}

impl FromContext for Progress {
    fn from_context(ctx: &Context) -> Result<Self, Error> {
        Ok(Self::new(ctx.clone()))
    }
}

impl FromContext for Principal {
    fn from_context(ctx: &Context) -> Result<Self, Error> {
        ctx.principal().cloned().ok_or_else(|| Error::new("this needs an authenticated caller"))
    }
}

impl FromContext for Option<Principal> {
    fn from_context(ctx: &Context) -> Result<Self, Error> {
        Ok(ctx.principal().cloned())
    }
}
