//! The rules, one function each. They report to a [`Ctxt`](crate::ctxt::Ctxt) and change nothing.

mod names;
mod params;
mod signature;

pub(crate) use names::{header_name, icon_source, tool_name};
pub(crate) use params::{arg_keys, argument_type, distinct_arguments, param_attributes};
pub(crate) use signature::{output_type, signature};
