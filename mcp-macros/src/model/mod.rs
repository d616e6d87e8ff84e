//! What the author meant, checked, with the spans of the source: a function and its parameters, or a
//! form and its fields.

mod callable;
mod form;
mod function;
mod kind;
mod param;
mod primitive;
mod server;

pub(crate) use callable::{Callable, Site};
pub(crate) use form::{Form, FormField, FormOption, Shape};
pub(crate) use function::Function;
pub(crate) use kind::Kind;
pub(crate) use param::{Argument, Param, is_option};
pub(crate) use primitive::{KindKeys, Primitive};
pub(crate) use server::{Member, ServerImpl};
