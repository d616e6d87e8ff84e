use std::borrow::Cow;

use serde::Serialize;

use super::{JsonWriter, Revision};

/// The background for which an icon is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum IconTheme {
    /// A light background.
    Light,
    /// A dark background.
    Dark,
}

/// A picture by which a client shows a server, tool, resource or prompt (from 2025-11-25).
///
/// ```
/// use mcp_runtime::protocol::Icon;
///
/// let icon = Icon::new("https://example.com/icon.svg").mime_type("image/svg+xml").size("any");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Icon {
    src: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sizes: Vec<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    theme: Option<IconTheme>,
}

impl Icon {
    /// The icon at `src`, an `https:` or `data:` URI.
    ///
    /// # Panics
    ///
    /// When `src` has another scheme: clients refuse those.
    #[must_use]
    #[track_caller]
    pub fn new(src: impl Into<Cow<'static, str>>) -> Self {
        let src = src.into();
        assert!(
            src.starts_with("https:") || src.starts_with("data:"),
            "an icon's source is an `https:` or `data:` URI: `{src}`"
        );
        Self { src, mime_type: None, sizes: Vec::new(), theme: None }
    }

    /// The media type, for example `image/png`.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<Cow<'static, str>>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// Adds a size in pixels, for example `48x48`, or `any` for a picture that scales.
    #[must_use]
    pub fn size(mut self, size: impl Into<Cow<'static, str>>) -> Self {
        self.sizes.push(size.into());
        self
    }

    /// The background for which it is drawn.
    #[must_use]
    pub fn theme(mut self, theme: IconTheme) -> Self {
        self.theme = Some(theme);
        self
    }
}

/// The name and version by which a server or client introduces itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Implementation {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) website_url: Option<String>,
    pub(crate) icons: Vec<Icon>,
}

impl Implementation {
    pub(crate) fn new(name: String, version: String) -> Self {
        Self { name, version, title: None, description: None, website_url: None, icons: Vec::new() }
    }

    /// The name, for programs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The name, for people.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Writes what `revision` knows of it.
    pub(crate) fn write(&self, out: &mut Vec<u8>, revision: Revision) {
        let mut object = JsonWriter::object(out);
        object.member("name", &self.name);
        object.member("version", &self.version);
        if revision >= Revision::V2025_06_18 {
            object.optional("title", self.title.as_ref());
        }
        if revision >= Revision::V2025_11_25 {
            object.optional("description", self.description.as_ref());
            object.optional("websiteUrl", self.website_url.as_ref());
            if !self.icons.is_empty() {
                object.member("icons", &self.icons);
            }
        }
        object.end();
    }
}

#[cfg(test)]
#[path = "icon_tests.rs"]
mod tests;
