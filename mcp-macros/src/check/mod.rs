//! The rules, one function each. They report to a [`Ctxt`](crate::ctxt::Ctxt) and change nothing.

mod form;
mod names;
mod params;
mod secrets;
mod server;
mod signature;
mod uri_template;
mod variables;

pub(crate) use form::{distinct_fields, field, form_generics, form_shape, options, variant};
pub(crate) use names::{header_name, icon_source, media_type, scope, tool_name};
pub(crate) use params::{arg_keys, argument_type, distinct_arguments, param_attributes};
pub(crate) use server::{distinct_primitives, one_marker, server};
pub(crate) use signature::{output_type, signature};
pub(crate) use uri_template::uri_template;
pub(crate) use variables::{lister, variables};
