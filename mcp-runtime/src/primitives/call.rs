use std::{borrow::Cow, future::Future, pin::Pin};

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{Argument, Input, Result, input::ArgumentError};
use crate::context::Context;

/// A future on the heap, as the handlers of tools, resources and prompts return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One call of a tool, a resource or a prompt, before its arguments are decoded.
///
/// The macros make the handlers that take one. Write such a handler for a tool whose schema is
/// known only at run time:
///
/// ```
/// use mcp_runtime::{Param, Tool};
///
/// let echo = Tool::new("echo", |call| {
///     Box::pin(async move {
///         let text = call.decode(|arguments| arguments.get::<String>(0))?;
///         Ok(mcp_runtime::ToolResult::text(text))
///     })
/// })
/// .param(Param::new::<String>("text"));
/// ```
#[derive(Debug)]
pub struct Call<'a> {
    context: Context,
    input: &'a Input,
    /// A JSON object; empty when there are no arguments.
    arguments: Cow<'a, str>,
    uri: &'a str,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        context: Context,
        input: &'a Input,
        arguments: Cow<'a, str>,
        uri: &'a str,
    ) -> Self {
        Self { context, input, arguments, uri }
    }

    /// Who calls, and the way back to the client.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The URI that is read; empty for tools and prompts.
    #[must_use]
    pub fn uri(&self) -> &str {
        self.uri
    }

    /// The arguments as the client sent them: a JSON object.
    #[must_use]
    pub fn arguments_json(&self) -> &str {
        if self.arguments.is_empty() { "{}" } else { &self.arguments }
    }

    /// Reads the arguments and checks them against the schema that the client was told.
    ///
    /// `read` runs a second time when the first fails and the arguments have certain faults that
    /// models make, such as a number in a string: then on mended arguments.
    ///
    /// # Errors
    ///
    /// Every fault of the arguments, with the path of each, for the model to mend.
    pub fn decode<T>(&self, read: impl Fn(&Arguments<'_>) -> Result<T>) -> Result<T> {
        self.input.decode(self.arguments_json(), &read)
    }
}

/// The arguments of a call, split but not decoded, in the order of the parameters.
#[derive(Debug)]
pub struct Arguments<'a> {
    pub(super) slots: Vec<Option<&'a RawValue>>,
    /// Whether there are arguments that the function does not take.
    pub(super) has_unknown: bool,
    pub(super) input: &'a Input,
    pub(super) json: &'a str,
}

impl Arguments<'_> {
    /// Decodes the argument of parameter `index`. A missing one is an error unless the type takes
    /// its absence as a value, as `Option` does.
    ///
    /// # Errors
    ///
    /// When it is missing, or not a `T`.
    pub fn get<T: Argument>(&self, index: usize) -> Result<T> {
        match self.slots.get(index).copied().flatten() {
            Some(json) => decode(json.get(), || self.input.name(index)),
            None => T::deserialize(MissingArgument)
                .map_err(|_| ArgumentError::missing(self.input.name(index)).into()),
        }
    }

    /// Decodes the argument of parameter `index`, or takes the default when it is missing or null.
    ///
    /// # Errors
    ///
    /// When it is there and not a `T`.
    pub fn get_or<T: Argument>(&self, index: usize, default: impl FnOnce() -> T) -> Result<T> {
        match self.slots.get(index).copied().flatten() {
            Some(json) if json.get() != "null" => decode(json.get(), || self.input.name(index)),
            _ => Ok(default()),
        }
    }

    /// Decodes all arguments as one value.
    ///
    /// # Errors
    ///
    /// When they are not a `T`.
    pub fn all<T: Argument>(&self) -> Result<T> {
        decode(self.json, || "")
    }
}

fn decode<'n, T: DeserializeOwned>(json: &str, name: impl FnOnce() -> &'n str) -> Result<T> {
    serde_json::from_str(json).map_err(|_| {
        // The second run finds the path; the first does not pay for it.
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let error = serde_path_to_error::deserialize::<_, T>(&mut deserializer).err();
        ArgumentError::decode(name(), error).into()
    })
}

/// Whether a missing argument is a value of `T`, as it is of `Option`.
pub(super) fn is_optional<T: DeserializeOwned>() -> bool {
    T::deserialize(MissingArgument).is_ok()
}

/// Stands for an argument that is not there: `Option` takes it as `None`, others refuse it.
struct MissingArgument;

impl<'de> serde::Deserializer<'de> for MissingArgument {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(serde::de::Error::custom("missing"))
    }

    fn deserialize_option<V: serde::de::Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_none()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
