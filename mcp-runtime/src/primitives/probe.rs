//! Chooses how a function's return value becomes an answer, by the traits of its type.
//!
//! A macro sees tokens: `Result<Weather>`, or an alias of it, says nothing of what `Weather` is.
//! Method look-up sees types. `(&&&&Probe::<R>::NEW).via()` finds the implementation with the most
//! references that fits, and the marker that it returns knows the conversion.

use std::{error::Error as StdError, marker::PhantomData};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{
    Error, IntoResource, IntoToolResult, PromptResult, ResourceResult, Result, ToolResult,
    output::IntoPrompt,
};
use crate::{protocol::ResourceContents, schema};

/// Asks what a return type is.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    /// The question.
    pub const NEW: Self = Self(PhantomData);
}

/// `T` converts itself.
#[derive(Clone, Copy, Debug)]
pub struct Converts;
/// `T` is structured output.
#[derive(Clone, Copy, Debug)]
pub struct Structured;
/// `Result<T, _>` where `T` converts itself.
#[derive(Clone, Copy, Debug)]
pub struct ConvertsResult;
/// `Result<T, _>` where `T` is structured output.
#[derive(Clone, Copy, Debug)]
pub struct StructuredResult;

macro_rules! via {
    ($(#[$doc:meta])* $name:ident -> $marker:ident) => {
        $(#[$doc])*
        pub trait $name<Target> {
            /// The marker.
            fn via(&self, _: PhantomData<Target>) -> $marker {
                $marker
            }
        }
    };
}

via!(/// First choice.
    ViaConvertResult -> ConvertsResult);
via!(/// Second choice.
    ViaStructuredResult -> StructuredResult);
via!(/// Third choice.
    ViaConvert -> Converts);
via!(/// Fourth choice.
    ViaStructured -> Structured);

/// The way into a tool result.
#[derive(Debug)]
pub enum ForTool {}
/// The way into the contents of a resource.
#[derive(Debug)]
pub enum ForResource {}
/// The way into the messages of a prompt.
#[derive(Debug)]
pub enum ForPrompt {}

impl<T: IntoToolResult, E: Into<BoxError>> ViaConvertResult<ForTool> for &&&&Probe<Result<T, E>> {}
impl<T: Serialize + JsonSchema, E: Into<BoxError>> ViaStructuredResult<ForTool>
    for &&&Probe<Result<T, E>>
{
}
impl<T: IntoToolResult> ViaConvert<ForTool> for &&Probe<T> {}
impl<T: Serialize + JsonSchema> ViaStructured<ForTool> for &Probe<T> {}

impl<T: IntoResource, E: Into<BoxError>> ViaConvertResult<ForResource> for &&&&Probe<Result<T, E>> {}
impl<T: Serialize + JsonSchema, E: Into<BoxError>> ViaStructuredResult<ForResource>
    for &&&Probe<Result<T, E>>
{
}
impl<T: IntoResource> ViaConvert<ForResource> for &&Probe<T> {}
impl<T: Serialize + JsonSchema> ViaStructured<ForResource> for &Probe<T> {}

impl<T: IntoPrompt, E: Into<BoxError>> ViaConvertResult<ForPrompt> for &&&&Probe<Result<T, E>> {}
impl<T: IntoPrompt> ViaConvert<ForPrompt> for &&Probe<T> {}

/// Last choice: no way fits, and the bound of the method says which was wanted.
pub trait ViaUnsupported<Target, T> {
    /// Fails to compile, with the message of `Unwrapped<T>: Returns<Target>`.
    fn via(&self, _: PhantomData<Target>) -> Converts
    where
        T: Returns<Target>,
    {
        Converts
    }
}

impl<Target, T> ViaUnsupported<Target, T> for Probe<T> {}

/// What a function of this kind can return.
#[diagnostic::on_unimplemented(
    message = "a function for this purpose cannot return `{Self}`",
    label = "this return type has no conversion",
    note = "a tool returns text, `Content`, `ToolResult`, `()`, or a type that derives `Serialize` and `JsonSchema`",
    note = "a resource returns text, `Vec<u8>`, `ResourceContents`, or a type that derives `Serialize` and `JsonSchema`",
    note = "a prompt returns text, `PromptMessage`, `Vec<PromptMessage>` or `PromptResult`",
    note = "each can be in a `Result` whose error is any error type, and that of a tool or resource in an `Option`"
)]
pub trait Returns<Target> {}

type BoxError = Box<dyn StdError + Send + Sync>;

fn unwrapped<T, E: Into<BoxError>>(result: Result<T, E>) -> Result<T> {
    result.map_err(|error| Error::from_boxed(error.into()))
}

impl Converts {
    /// No schema: contents are not structured.
    #[must_use]
    pub fn output_schema<T>(&self, _: Probe<T>) -> Option<Value> {
        None
    }

    /// Converts a tool's return value.
    ///
    /// # Errors
    ///
    /// As the conversion.
    pub fn tool<T: IntoToolResult>(&self, value: T) -> Result<ToolResult> {
        value.into_tool_result()
    }

    /// Converts a resource's return value.
    ///
    /// # Errors
    ///
    /// As the conversion.
    pub fn resource<T: IntoResource>(&self, value: T) -> Result<ResourceResult> {
        value.into_resource()
    }

    /// Converts a prompt's return value.
    ///
    /// # Errors
    ///
    /// As the conversion.
    pub fn prompt<T: IntoPrompt>(&self, value: T) -> Result<PromptResult> {
        value.into_prompt()
    }
}

impl ConvertsResult {
    /// No schema: contents are not structured.
    #[must_use]
    pub fn output_schema<T>(&self, _: Probe<T>) -> Option<Value> {
        None
    }

    /// Converts a tool's return value.
    ///
    /// # Errors
    ///
    /// The function's own, and as the conversion.
    pub fn tool<T: IntoToolResult, E: Into<BoxError>>(
        &self,
        value: Result<T, E>,
    ) -> Result<ToolResult> {
        unwrapped(value)?.into_tool_result()
    }

    /// Converts a resource's return value.
    ///
    /// # Errors
    ///
    /// The function's own, and as the conversion.
    pub fn resource<T: IntoResource, E: Into<BoxError>>(
        &self,
        value: Result<T, E>,
    ) -> Result<ResourceResult> {
        unwrapped(value)?.into_resource()
    }

    /// Converts a prompt's return value.
    ///
    /// # Errors
    ///
    /// The function's own, and as the conversion.
    pub fn prompt<T: IntoPrompt, E: Into<BoxError>>(
        &self,
        value: Result<T, E>,
    ) -> Result<PromptResult> {
        unwrapped(value)?.into_prompt()
    }
}

fn json_resource(value: &impl Serialize) -> Result<ResourceResult> {
    let json = serde_json::to_string(value).map_err(Error::internal)?;
    Ok(ResourceResult::new([ResourceContents::text(json).with_mime_type("application/json")]))
}

impl Structured {
    /// The schema of `T`.
    #[must_use]
    pub fn output_schema<T: JsonSchema>(&self, _: Probe<T>) -> Option<Value> {
        Some(schema::of_output::<T>())
    }

    /// Writes a tool's return value.
    ///
    /// # Errors
    ///
    /// When the value has no JSON.
    pub fn tool<T: Serialize>(&self, value: T) -> Result<ToolResult> {
        ToolResult::structured(&value)
    }

    /// Writes a resource's return value as `application/json`.
    ///
    /// # Errors
    ///
    /// When the value has no JSON.
    pub fn resource<T: Serialize>(&self, value: T) -> Result<ResourceResult> {
        json_resource(&value)
    }
}

impl StructuredResult {
    /// The schema of `T`.
    #[must_use]
    pub fn output_schema<T: JsonSchema, E>(&self, _: Probe<Result<T, E>>) -> Option<Value> {
        Some(schema::of_output::<T>())
    }

    /// Writes a tool's return value.
    ///
    /// # Errors
    ///
    /// The function's own, and when the value has no JSON.
    pub fn tool<T: Serialize, E: Into<BoxError>>(&self, value: Result<T, E>) -> Result<ToolResult> {
        ToolResult::structured(&unwrapped(value)?)
    }

    /// Writes a resource's return value as `application/json`.
    ///
    /// # Errors
    ///
    /// The function's own, and when the value has no JSON.
    pub fn resource<T: Serialize, E: Into<BoxError>>(
        &self,
        value: Result<T, E>,
    ) -> Result<ResourceResult> {
        json_resource(&unwrapped(value)?)
    }
}

#[cfg(test)]
#[path = "probe_tests.rs"]
mod tests;
