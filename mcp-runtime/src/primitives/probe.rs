//! Chooses how a function's return value becomes an answer, by the traits of its type.
//!
//! A macro sees tokens: `Result<Weather>`, or an alias of it, says nothing of what `Weather` is.
//! Method look-up sees types. `(&&&&&&Probe::<R, ForTool>::NEW).via()` finds the implementation with the most
//! references that fits, and the marker that it returns knows the conversion.

use std::{error::Error as StdError, fmt, marker::PhantomData};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{
    Error, IntoResource, IntoToolResult, PromptResult, ResourceResult, Result, ToolResult,
    output::IntoPrompt,
};
use crate::{protocol::ResourceContents, schema};

/// Asks what a return type becomes on the way to `Target`.
#[derive(Debug)]
pub struct Probe<T, Target>(PhantomData<fn() -> (T, Target)>);

impl<T, Target> Probe<T, Target> {
    /// The question.
    pub const NEW: Self = Self(PhantomData);
}

/// The way into a tool result.
#[derive(Debug)]
pub enum ForTool {}
/// The way into the contents of a resource.
#[derive(Debug)]
pub enum ForResource {}
/// The way into the messages of a prompt.
#[derive(Debug)]
pub enum ForPrompt {}

/// `T` converts itself.
#[derive(Clone, Copy, Debug)]
pub struct Converts;
/// `T` is structured output.
#[derive(Clone, Copy, Debug)]
pub struct Structured;
/// `Result<T, E>` where `T` converts itself.
pub struct ConvertsResult<E>(fn(E) -> Error);
/// `Result<T, E>` where `T` is structured output.
pub struct StructuredResult<E>(fn(E) -> Error);
/// There is no way: the compiler has said so, and says no more.
#[derive(Clone, Copy, Debug)]
pub struct Unsupported;

macro_rules! marker_of_result {
    ($($marker:ident),+) => {$(
        impl<E> Clone for $marker<E> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<E> Copy for $marker<E> {}

        impl<E> fmt::Debug for $marker<E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($marker))
            }
        }
    )+};
}

marker_of_result!(ConvertsResult, StructuredResult);

/// First choice.
pub trait ViaConvertResult<E> {
    /// The marker.
    fn via(&self) -> ConvertsResult<E>
    where
        E: IntoError,
    {
        ConvertsResult(E::into_error)
    }
}

/// Second choice.
pub trait ViaStructuredResult<E> {
    /// The marker.
    fn via(&self) -> StructuredResult<E>
    where
        E: IntoError,
    {
        StructuredResult(E::into_error)
    }
}

/// Third choice.
pub trait ViaConvert {
    /// The marker.
    fn via(&self) -> Converts {
        Converts
    }
}

/// Fourth choice.
pub trait ViaStructured {
    /// The marker.
    fn via(&self) -> Structured {
        Structured
    }
}

/// The last choices fit every type and have a bound that none of those fulfils that come here, so
/// that the compiler says what a function of the kind can return.
macro_rules! ways {
    ($target:ty: $convert:ident, $unsupported:ident $(, $structured:tt)?) => {
        impl<T: $convert, E> ViaConvertResult<E> for &&&&&Probe<Result<T, E>, $target> {}
        impl<T: $convert> ViaConvert for &&&Probe<T, $target> {}
        $(ways!(@$structured $target);)?

        /// Fifth choice: a `Result`, whose value is what has no way.
        pub trait $unsupported<T> {
            /// Does not compile.
            fn via(&self) -> Unsupported
            where
                T: $convert,
            {
                Unsupported
            }
        }

        impl<T, E> $unsupported<T> for &Probe<Result<T, E>, $target> {}

        impl<T> Probe<T, $target> {
            /// Last choice; does not compile.
            #[must_use]
            pub fn via(&self) -> Unsupported
            where
                T: $convert,
            {
                Unsupported
            }
        }
    };
    (@structured $target:ty) => {
        impl<T: Serialize + JsonSchema, E> ViaStructuredResult<E>
            for &&&&Probe<Result<T, E>, $target>
        {
        }
        impl<T: Serialize + JsonSchema> ViaStructured for &&Probe<T, $target> {}
    };
}

ways!(ForTool: IntoToolResult, ViaNoToolResult, structured);
ways!(ForResource: IntoResource, ViaNoResource, structured);
ways!(ForPrompt: IntoPrompt, ViaNoPrompt);

type BoxError = Box<dyn StdError + Send + Sync>;

/// What a function can have as the error of its `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of a function",
    label = "this `Result` has neither an error nor a text as its error",
    note = "implement `std::error::Error` for it, or take `mcp_runtime::Error` or `String`"
)]
pub trait IntoError {
    /// Makes the runtime's error.
    fn into_error(self) -> Error;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> IntoError for E {
    fn into_error(self) -> Error {
        Error::from_boxed(self.into())
    }
}

impl Unsupported {
    /// Never runs.
    #[must_use]
    pub fn output_schema<P>(&self, _: P) -> Option<Value> {
        None
    }

    /// Never runs.
    ///
    /// # Errors
    ///
    /// Never.
    pub fn tool<T>(&self, _: T) -> Result<ToolResult> {
        Ok(ToolResult::default())
    }

    /// Never runs.
    ///
    /// # Errors
    ///
    /// Never.
    pub fn resource<T>(&self, _: T) -> Result<ResourceResult> {
        Ok(ResourceResult::new([]))
    }

    /// Never runs.
    ///
    /// # Errors
    ///
    /// Never.
    pub fn prompt<T>(&self, _: T) -> Result<PromptResult> {
        Ok(PromptResult::default())
    }
}

impl Converts {
    /// No schema: contents are not structured.
    #[must_use]
    pub fn output_schema<T>(&self, _: Probe<T, ForTool>) -> Option<Value> {
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

impl<E> ConvertsResult<E> {
    /// No schema: contents are not structured.
    #[must_use]
    pub fn output_schema<T>(&self, _: Probe<T, ForTool>) -> Option<Value> {
        None
    }

    /// Converts a tool's return value.
    ///
    /// # Errors
    ///
    /// The function's own, and as the conversion.
    pub fn tool<T: IntoToolResult>(&self, value: Result<T, E>) -> Result<ToolResult> {
        value.map_err(self.0)?.into_tool_result()
    }

    /// Converts a resource's return value.
    ///
    /// # Errors
    ///
    /// The function's own, and as the conversion.
    pub fn resource<T: IntoResource>(&self, value: Result<T, E>) -> Result<ResourceResult> {
        value.map_err(self.0)?.into_resource()
    }

    /// Converts a prompt's return value.
    ///
    /// # Errors
    ///
    /// The function's own, and as the conversion.
    pub fn prompt<T: IntoPrompt>(&self, value: Result<T, E>) -> Result<PromptResult> {
        value.map_err(self.0)?.into_prompt()
    }
}

fn json_resource(value: &impl Serialize) -> Result<ResourceResult> {
    let json = serde_json::to_string(value).map_err(Error::internal)?;
    Ok(ResourceResult::new([ResourceContents::text(json).with_mime_type("application/json")]))
}

impl Structured {
    /// The schema of `T`.
    #[must_use]
    pub fn output_schema<T: JsonSchema>(&self, _: Probe<T, ForTool>) -> Option<Value> {
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

impl<E> StructuredResult<E> {
    /// The schema of `T`.
    #[must_use]
    pub fn output_schema<T: JsonSchema>(&self, _: Probe<Result<T, E>, ForTool>) -> Option<Value> {
        Some(schema::of_output::<T>())
    }

    /// Writes a tool's return value.
    ///
    /// # Errors
    ///
    /// The function's own, and when the value has no JSON.
    pub fn tool<T: Serialize>(&self, value: Result<T, E>) -> Result<ToolResult> {
        ToolResult::structured(&value.map_err(self.0)?)
    }

    /// Writes a resource's return value as `application/json`.
    ///
    /// # Errors
    ///
    /// The function's own, and when the value has no JSON.
    pub fn resource<T: Serialize>(&self, value: Result<T, E>) -> Result<ResourceResult> {
        json_resource(&value.map_err(self.0)?)
    }
}

#[cfg(test)]
#[path = "probe_tests.rs"]
mod tests;
