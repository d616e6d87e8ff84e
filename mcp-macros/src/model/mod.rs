//! What the author meant: a function and its parameters, checked, with the spans of the source.

mod callable;
mod function;
mod kind;
mod param;
mod primitive;
mod server;

pub(crate) use callable::{Callable, Site};
pub(crate) use function::Function;
pub(crate) use kind::Kind;
pub(crate) use param::{Argument, Param, is_option};
pub(crate) use primitive::{KindKeys, Primitive};
pub(crate) use server::{Member, ServerImpl};
