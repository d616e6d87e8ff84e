//! JSON Schema: what clients are told of arguments and results, made so that every client accepts
//! it, and checked as it was told.

mod definitions;
mod generate;
mod header;
mod mend;
mod object;
mod validate;
mod walk;

pub(crate) use generate::{InputSchema, of_input, of_output, remove_null, string_choices};
pub(crate) use header::header_params;
pub(crate) use mend::{mend, parse_modest};
pub(crate) use object::ObjectBuilder;
pub(crate) use validate::{Validator, Violation, canonical, integer};
