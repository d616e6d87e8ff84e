use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{JsonWriter, Revision};

/// Who speaks, or for whom a content is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// Hints on how a client treats a content or a resource.
///
/// ```
/// use mcp_runtime::protocol::{Annotations, Content, Role};
///
/// let note = Content::text("done").with_annotations(
///     Annotations::new().audience([Role::User]).priority(0.8),
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Annotations {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    audience: Vec<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
}

impl Annotations {
    /// No hint.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// For whom it is meant.
    #[must_use]
    pub fn audience(mut self, audience: impl IntoIterator<Item = Role>) -> Self {
        self.audience = audience.into_iter().collect();
        self
    }

    /// How important it is, from 0 (optional) to 1 (required); other figures are clamped.
    #[must_use]
    pub fn priority(mut self, priority: f64) -> Self {
        self.priority = Some(priority.clamp(0.0, 1.0));
        self
    }

    /// When it last changed, as an ISO 8601 time (sent from 2025-06-18).
    #[must_use]
    pub fn last_modified(mut self, time: impl Into<String>) -> Self {
        self.last_modified = Some(time.into());
        self
    }

    pub(crate) fn write(&self, out: &mut JsonWriter<'_>, revision: Revision) {
        if revision < Revision::V2025_06_18 && self.last_modified.is_some() {
            out.member("annotations", &Self { last_modified: None, ..self.clone() });
        } else {
            out.member("annotations", self);
        }
    }
}

/// One piece of what a tool or prompt gives: text, a picture, a sound, a resource or a link to one.
///
/// ```
/// use mcp_runtime::protocol::Content;
///
/// let answer = [Content::text("A cat:"), Content::image([0x89, b'P'], "image/png")];
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    kind: ContentKind,
    annotations: Option<Box<Annotations>>,
    meta: Option<Box<Map<String, Value>>>,
}

/// What a [`Content`] is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ContentKind {
    /// Text.
    Text(String),
    /// A picture, base64 encoded, and its media type.
    Image {
        /// The picture in base64.
        data: String,
        /// For example `image/png`.
        mime_type: Cow<'static, str>,
    },
    /// A sound, base64 encoded, and its media type. Clients of 2024-11-05 get a text in its place.
    Audio {
        /// The sound in base64.
        data: String,
        /// For example `audio/wav`.
        mime_type: Cow<'static, str>,
    },
    /// A resource and what is in it.
    Resource(ResourceContents),
    /// A link to a resource. Clients older than 2025-06-18 get a text in its place.
    ResourceLink {
        /// The resource's URI.
        uri: String,
        /// The resource's name.
        name: String,
        /// The resource's media type, where it is known.
        mime_type: Option<Cow<'static, str>>,
        /// What it is.
        description: Option<String>,
    },
}

impl Content {
    pub(crate) fn new(kind: ContentKind) -> Self {
        Self { kind, annotations: None, meta: None }
    }

    /// Text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(ContentKind::Text(text.into()))
    }

    /// A picture.
    #[must_use]
    pub fn image(bytes: impl AsRef<[u8]>, mime_type: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ContentKind::Image { data: BASE64.encode(bytes), mime_type: mime_type.into() })
    }

    /// A sound.
    #[must_use]
    pub fn audio(bytes: impl AsRef<[u8]>, mime_type: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ContentKind::Audio { data: BASE64.encode(bytes), mime_type: mime_type.into() })
    }

    /// A text resource, embedded.
    #[must_use]
    pub fn embedded_text(
        uri: impl Into<String>,
        mime_type: impl Into<Cow<'static, str>>,
        text: impl Into<String>,
    ) -> Self {
        Self::new(ContentKind::Resource(
            ResourceContents::text(text).with_uri(uri.into()).with_mime_type(mime_type.into()),
        ))
    }

    /// A binary resource, embedded.
    #[must_use]
    pub fn embedded_blob(
        uri: impl Into<String>,
        mime_type: impl Into<Cow<'static, str>>,
        bytes: impl AsRef<[u8]>,
    ) -> Self {
        Self::new(ContentKind::Resource(
            ResourceContents::blob(bytes).with_uri(uri.into()).with_mime_type(mime_type.into()),
        ))
    }

    /// A link to a resource that the client can read.
    #[must_use]
    pub fn resource_link(uri: impl Into<String>, name: impl Into<String>) -> Self {
        Self::new(ContentKind::ResourceLink {
            uri: uri.into(),
            name: name.into(),
            mime_type: None,
            description: None,
        })
    }

    /// Adds hints for the client.
    #[must_use]
    pub fn with_annotations(mut self, annotations: Annotations) -> Self {
        self.annotations = Some(Box::new(annotations));
        self
    }

    /// Adds metadata (sent from 2025-06-18).
    #[must_use]
    pub fn with_meta(mut self, meta: Map<String, Value>) -> Self {
        self.meta = Some(Box::new(meta));
        self
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> &ContentKind {
        &self.kind
    }

    /// Writes the content as `revision` knows it; what the revision lacks becomes text.
    pub(crate) fn write(&self, out: &mut Vec<u8>, revision: Revision) {
        let mut content = JsonWriter::object(out);
        match &self.kind {
            ContentKind::Text(text) => write_text(&mut content, text),
            ContentKind::Image { data, mime_type } => {
                write_media(&mut content, "image", data, mime_type)
            }
            ContentKind::Audio { mime_type, .. } if revision < Revision::V2025_03_26 => {
                write_text(&mut content, &format!("[audio, {mime_type}]"));
            }
            ContentKind::Audio { data, mime_type } => {
                write_media(&mut content, "audio", data, mime_type)
            }
            ContentKind::Resource(resource) => {
                content.member("type", "resource");
                resource.write(content.key("resource"), "", None, revision);
            }
            ContentKind::ResourceLink { uri, name, .. } if revision < Revision::V2025_06_18 => {
                write_text(&mut content, &format!("{name}: {uri}"));
            }
            ContentKind::ResourceLink { uri, name, mime_type, description } => {
                content.member("type", "resource_link");
                content.member("uri", uri);
                content.member("name", name);
                content.optional("description", description.as_ref());
                content.optional("mimeType", mime_type.as_ref());
            }
        }
        if let Some(annotations) = &self.annotations {
            annotations.write(&mut content, revision);
        }
        if let (Some(meta), true) = (&self.meta, revision >= Revision::V2025_06_18) {
            content.member("_meta", meta);
        }
        content.end();
    }
}

impl Content {
    /// Writes the content as a model takes it: text, a picture or a sound. Of a resource that is
    /// its text.
    pub(crate) fn write_for_model(&self, out: &mut Vec<u8>, revision: Revision) {
        let text = match &self.kind {
            ContentKind::Resource(ResourceContents { body: Body::Text(text), .. }) => text.clone(),
            ContentKind::Resource(ResourceContents { uri, mime_type, .. }) => {
                let uri = uri.as_deref().unwrap_or_default();
                format!("[{}, {uri}]", mime_type.as_deref().unwrap_or("bytes"))
            }
            ContentKind::ResourceLink { uri, name, .. } => format!("{name}: {uri}"),
            ContentKind::Text(_) | ContentKind::Image { .. } | ContentKind::Audio { .. } => {
                return self.write(out, revision);
            }
        };
        Self { kind: ContentKind::Text(text), ..self.clone() }.write(out, revision);
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

fn write_text(out: &mut JsonWriter<'_>, text: &str) {
    out.raw("type", b"\"text\"");
    out.member("text", text);
}

fn write_media(out: &mut JsonWriter<'_>, kind: &str, data: &str, mime_type: &str) {
    out.member("type", kind);
    out.member("data", data);
    out.member("mimeType", mime_type);
}

/// What is in a resource: text, or bytes.
///
/// The URI that was read and the media type of the resource's definition hold unless the contents
/// say otherwise, as those of a directory do.
///
/// ```
/// use mcp_runtime::ResourceContents;
///
/// let page = ResourceContents::text("# Title").with_mime_type("text/markdown");
/// let picture = ResourceContents::blob([0x89, b'P']).with_mime_type("image/png");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceContents {
    uri: Option<String>,
    mime_type: Option<Cow<'static, str>>,
    body: Body,
    meta: Option<Box<Map<String, Value>>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Body {
    Text(String),
    Blob(String),
}

impl ResourceContents {
    /// Text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { uri: None, mime_type: None, body: Body::Text(text.into()), meta: None }
    }

    /// Bytes.
    #[must_use]
    pub fn blob(bytes: impl AsRef<[u8]>) -> Self {
        Self { uri: None, mime_type: None, body: Body::Blob(BASE64.encode(bytes)), meta: None }
    }

    /// The URI of these contents, where it is not the one that was read.
    #[must_use]
    pub fn with_uri(mut self, uri: impl Into<String>) -> Self {
        self.uri = Some(uri.into());
        self
    }

    /// The media type.
    #[must_use]
    pub fn with_mime_type(mut self, mime_type: impl Into<Cow<'static, str>>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// Adds metadata (sent from 2025-06-18).
    #[must_use]
    pub fn with_meta(mut self, meta: Map<String, Value>) -> Self {
        self.meta = Some(Box::new(meta));
        self
    }

    /// Writes the contents, with the URI and media type that hold unless they say otherwise.
    pub(crate) fn write(
        &self,
        out: &mut Vec<u8>,
        uri: &str,
        mime_type: Option<&str>,
        revision: Revision,
    ) {
        let mut contents = JsonWriter::object(out);
        contents.member("uri", self.uri.as_deref().unwrap_or(uri));
        contents.optional("mimeType", self.mime_type.as_deref().or(mime_type));
        match &self.body {
            Body::Text(text) => contents.member("text", text),
            Body::Blob(base64) => contents.member("blob", base64),
        }
        if let (Some(meta), true) = (&self.meta, revision >= Revision::V2025_06_18) {
            contents.member("_meta", meta);
        }
        contents.end();
    }
}
