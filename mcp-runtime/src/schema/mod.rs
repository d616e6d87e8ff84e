//! JSON Schema: what clients are told of arguments and results, made so that every client accepts
//! it, and checked as it was told.

mod generate;
mod mend;
mod object;
mod validate;

pub(crate) use generate::{header_params, of_input, of_output, string_choices};
pub(crate) use mend::mend;
pub(crate) use object::ObjectBuilder;
pub(crate) use validate::{Validator, Violation};
