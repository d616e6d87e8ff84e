use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};

use super::{Error, PromptMessage, PromptResult, ResourceResult, Result};
use crate::protocol::{Content, JsonWriter, ResourceContents, Revision, keys};

/// What a tool answers: contents, perhaps a structured value, and whether the call failed.
///
/// Most functions return something simpler; return this to say more.
///
/// ```
/// use mcp_runtime::{ToolResult, prelude::*, protocol::Content};
///
/// /// Draw a cat.
/// #[mcp_tool]
/// async fn cat() -> ToolResult {
///     ToolResult::new([Content::text("A cat:"), Content::image([0x89, b'P'], "image/png")])
/// }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ToolResult {
    content: Vec<Content>,
    structured: Option<Box<RawValue>>,
    is_error: bool,
    meta: Option<Box<Map<String, Value>>>,
    /// In place of `content`: a JSON array.
    written: Option<Box<RawValue>>,
}

impl ToolResult {
    /// Contents.
    pub fn new(content: impl IntoIterator<Item = Content>) -> Self {
        Self { content: content.into_iter().collect(), ..Self::default() }
    }

    /// One text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { content: vec![Content::text(text)], ..Self::default() }
    }

    /// A value, as structured output. Its JSON is the text for clients that know no structure.
    ///
    /// # Errors
    ///
    /// When `value` has no JSON: a map whose keys are no strings, or a failing `Serialize`.
    ///
    /// ```
    /// use mcp_runtime::{ToolResult, protocol::Content};
    /// use serde_json::json;
    ///
    /// # fn main() -> mcp_runtime::Result<()> {
    /// let result = ToolResult::structured(&json!({ "sum": 3 }))?
    ///     .with_content(Content::text("The sum is 3."));
    /// # Ok(())
    /// # }
    /// ```
    pub fn structured(value: &(impl Serialize + ?Sized)) -> Result<Self> {
        let json = serde_json::value::to_raw_value(value).map_err(Error::internal)?;
        Ok(Self { structured: Some(json), ..Self::default() })
    }

    /// A failed call; the model reads `message`.
    pub fn error(message: impl Into<String>) -> Self {
        Self { is_error: true, ..Self::text(message) }
    }

    /// Says that the call failed.
    pub fn with_error(mut self) -> Self {
        self.is_error = true;
        self
    }

    /// Adds a content.
    pub fn with_content(mut self, content: Content) -> Self {
        self.content.push(content);
        self
    }

    /// Adds metadata for the client's program. Keys that the protocol sets itself are left out.
    pub fn with_meta(mut self, mut meta: Map<String, Value>) -> Self {
        meta.retain(|key, _| !keys::is_reserved(key));
        self.meta = Some(Box::new(meta));
        self
    }

    /// A result that was written before, by [`write`](Self::write).
    pub(crate) fn written(json: &RawValue) -> Result<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Written {
            content: Box<RawValue>,
            structured_content: Option<Box<RawValue>>,
            #[serde(default)]
            is_error: bool,
            #[serde(rename = "_meta")]
            meta: Option<Box<Map<String, Value>>>,
        }
        let written: Written = serde_json::from_str(json.get()).map_err(Error::internal)?;
        Ok(Self {
            content: Vec::new(),
            structured: written.structured_content,
            is_error: written.is_error,
            meta: written.meta,
            written: Some(written.content),
        })
    }

    /// Whether the call failed.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.is_error
    }

    pub(crate) fn structured_json(&self) -> Option<&str> {
        self.structured.as_deref().map(RawValue::get)
    }

    /// Writes the members of the result. `wrap` says that the tool's output schema is no object:
    /// revisions before 2026-07-28 need it wrapped, as they do a value that is no object.
    pub(crate) fn write(&self, out: &mut JsonWriter<'_>, revision: Revision, wrap: bool) {
        let structured = self.structured_json();
        if let Some(content) = &self.written {
            out.raw("content", content.get().as_bytes());
        } else {
            self.write_content(out, revision);
        }
        if let (Some(json), true) = (structured, revision >= Revision::V2025_06_18) {
            if !revision.is_stateless() && (wrap || !json.starts_with('{')) {
                let mut object = out.object_at("structuredContent");
                object.raw("result", json.as_bytes());
                object.end();
            } else {
                out.raw("structuredContent", json.as_bytes());
            }
        }
        if self.is_error {
            out.raw("isError", b"true");
        }
    }

    fn write_content(&self, out: &mut JsonWriter<'_>, revision: Revision) {
        let mut content = out.array_at("content");
        for item in &self.content {
            item.write(content.item(), revision);
        }
        // The text copy of a structured value, where the author gave no content.
        if let (Some(json), true) = (self.structured_json(), self.content.is_empty()) {
            let mut text = JsonWriter::object(content.item());
            text.raw("type", b"\"text\"");
            text.member("text", plain_text(json).as_ref());
            text.end();
        }
        content.end();
    }

    pub(crate) fn meta(&self) -> Option<&Map<String, Value>> {
        self.meta.as_deref()
    }
}

/// A structured string is shown as the string, all else as its JSON.
fn plain_text(json: &str) -> Cow<'_, str> {
    if json.starts_with('"') {
        serde_json::from_str(json).map_or(Cow::Borrowed(json), Cow::Owned)
    } else {
        Cow::Borrowed(json)
    }
}

/// What a tool can return as contents.
///
/// A type that is `Serialize + JsonSchema` needs no implementation: it is structured output.
///
/// ```
/// use mcp_runtime::{IntoToolResult, ToolResult, prelude::*, protocol::Content};
///
/// /// A picture of the type SVG.
/// struct Svg(String);
///
/// impl IntoToolResult for Svg {
///     fn into_tool_result(self) -> Result<ToolResult> {
///         Ok(ToolResult::new([Content::image(self.0, "image/svg+xml")]))
///     }
/// }
///
/// /// Draw a circle.
/// #[mcp_tool]
/// async fn circle(radius: u32) -> Svg {
///     Svg(format!("<svg><circle r='{radius}'/></svg>"))
/// }
/// # let _ = tools![circle];
/// ```
#[diagnostic::on_unimplemented(
    message = "a tool cannot return `{Self}`",
    label = "neither a content nor structured output",
    note = "return text, `Content`, `ToolResult`, `()`, an `Option` or `Result` of those, \
            or a type that derives `Serialize` and `JsonSchema`"
)]
pub trait IntoToolResult {
    /// Makes the result.
    ///
    /// # Errors
    ///
    /// An error is the call's outcome, as if the function had returned it.
    fn into_tool_result(self) -> Result<ToolResult>;
}

impl IntoToolResult for ToolResult {
    fn into_tool_result(self) -> Result<ToolResult> {
        Ok(self)
    }
}

impl IntoToolResult for () {
    fn into_tool_result(self) -> Result<ToolResult> {
        Ok(ToolResult::default())
    }
}

macro_rules! text_is_a_result {
    ($($text:ty),+) => {$(
        impl IntoToolResult for $text {
            fn into_tool_result(self) -> Result<ToolResult> {
                Ok(ToolResult::text(self))
            }
        }

        impl IntoResource for $text {
            fn into_resource(self) -> Result<ResourceResult> {
                Ok(ResourceResult::new([ResourceContents::text(self)]))
            }
        }

        impl IntoPrompt for $text {
            fn into_prompt(self) -> Result<PromptResult> {
                Ok(PromptResult::new([PromptMessage::user(String::from(self))]))
            }
        }
    )+};
}

text_is_a_result!(String, &str, Box<str>, Cow<'_, str>);

impl IntoToolResult for Content {
    fn into_tool_result(self) -> Result<ToolResult> {
        Ok(ToolResult::new([self]))
    }
}

impl IntoToolResult for Vec<Content> {
    fn into_tool_result(self) -> Result<ToolResult> {
        Ok(ToolResult::new(self))
    }
}

impl<const N: usize> IntoToolResult for [Content; N] {
    fn into_tool_result(self) -> Result<ToolResult> {
        Ok(ToolResult::new(self))
    }
}

impl<T: IntoToolResult> IntoToolResult for Option<T> {
    fn into_tool_result(self) -> Result<ToolResult> {
        self.map_or_else(|| Ok(ToolResult::default()), T::into_tool_result)
    }
}

/// What a resource function can return.
///
/// A type that is `Serialize + JsonSchema` needs no implementation: it is `application/json`.
#[diagnostic::on_unimplemented(
    message = "a resource cannot return `{Self}`",
    label = "not the contents of a resource",
    note = "return text, `Vec<u8>`, `ResourceContents`, a `Vec` or `Option` of those, a `Result`, \
            or a type that derives `Serialize` and `JsonSchema`"
)]
pub trait IntoResource {
    /// Makes the contents.
    ///
    /// # Errors
    ///
    /// An error is the outcome of the read.
    fn into_resource(self) -> Result<ResourceResult>;
}

impl IntoResource for ResourceResult {
    fn into_resource(self) -> Result<ResourceResult> {
        Ok(self)
    }
}

impl IntoResource for ResourceContents {
    fn into_resource(self) -> Result<ResourceResult> {
        Ok(ResourceResult::new([self]))
    }
}

impl IntoResource for Vec<ResourceContents> {
    fn into_resource(self) -> Result<ResourceResult> {
        Ok(ResourceResult::new(self))
    }
}

impl IntoResource for Vec<u8> {
    fn into_resource(self) -> Result<ResourceResult> {
        Ok(ResourceResult::new([ResourceContents::blob(self)]))
    }
}

/// `None` is a resource that does not exist.
impl<T: IntoResource> IntoResource for Option<T> {
    fn into_resource(self) -> Result<ResourceResult> {
        self.map_or_else(|| Err(Error::resource_not_found()), T::into_resource)
    }
}

/// What a prompt function can return, and what a model can be asked.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a prompt",
    label = "not the messages of a prompt",
    note = "a prompt is text (one message of the user), `PromptMessage`, a `Vec` of those or \
            `PromptResult`; a function can return a `Result` of those"
)]
pub trait IntoPrompt {
    /// Makes the messages.
    ///
    /// # Errors
    ///
    /// An error is the outcome of the request.
    fn into_prompt(self) -> Result<PromptResult>;
}

impl IntoPrompt for PromptResult {
    fn into_prompt(self) -> Result<PromptResult> {
        Ok(self)
    }
}

impl IntoPrompt for PromptMessage {
    fn into_prompt(self) -> Result<PromptResult> {
        Ok(PromptResult::new([self]))
    }
}

impl IntoPrompt for Vec<PromptMessage> {
    fn into_prompt(self) -> Result<PromptResult> {
        Ok(PromptResult::new(self))
    }
}

impl<const N: usize> IntoPrompt for [PromptMessage; N] {
    fn into_prompt(self) -> Result<PromptResult> {
        Ok(PromptResult::new(self))
    }
}
