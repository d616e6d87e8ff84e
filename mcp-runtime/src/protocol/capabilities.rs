use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json, value::RawValue};

use super::{ErrorCode, Revision, RpcError, find_member, optional_object};
use crate::effects::AskError;

/// What the client can do for the server.
///
/// In 2026-07-28 each request declares this anew; in older revisions `initialize` does, once.
///
/// ```
/// use mcp_runtime::prelude::*;
///
/// /// Summarize, with the client's model where there is one.
/// #[mcp_tool]
/// async fn summarize(text: String, ctx: Context) -> String {
///     if ctx.client_capabilities().sampling() { format!("long: {text}") } else { text }
/// }
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientCapabilities {
    #[serde(deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    elicitation: Option<Elicitation>,
    #[serde(deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    sampling: Option<Sampling>,
    #[serde(deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    roots: Option<Anything>,
    /// An object, as it came: decoded, it could take many times its bytes for as long as a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<Box<RawValue>>,
}

/// A capability whose presence is all that counts: any object.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Anything {}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Elicitation {
    #[serde(deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    form: Option<Anything>,
    #[serde(deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    url: Option<Anything>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Sampling {
    #[serde(deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    tools: Option<Anything>,
    #[serde(deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    context: Option<Anything>,
}

impl ClientCapabilities {
    /// Without what the revision does not have.
    pub(crate) fn in_revision(mut self, revision: Revision) -> Self {
        if revision < Revision::V2025_06_18 {
            self.elicitation = None;
        }
        if revision < Revision::V2025_11_25 {
            if let Some(elicitation) = &mut self.elicitation {
                *elicitation = Elicitation::default();
            }
            if let Some(sampling) = &mut self.sampling {
                *sampling = Sampling::default();
            }
        }
        self
    }

    /// Whether the client can show a form. An empty `elicitation` means forms only.
    #[must_use]
    pub fn elicitation_form(&self) -> bool {
        self.elicitation.as_ref().is_some_and(|it| it.form.is_some() || it.url.is_none())
    }

    /// Whether the client can send the user to a URL.
    #[must_use]
    pub fn elicitation_url(&self) -> bool {
        self.elicitation.as_ref().is_some_and(|it| it.url.is_some())
    }

    /// Whether the client lets the server use its model.
    #[must_use]
    pub fn sampling(&self) -> bool {
        self.sampling.is_some()
    }

    /// Whether the client's model can be given tools.
    #[must_use]
    pub fn sampling_tools(&self) -> bool {
        self.sampling.as_ref().is_some_and(|it| it.tools.is_some())
    }

    /// Whether the client can add its own context to a request to its model.
    #[must_use]
    pub fn sampling_context(&self) -> bool {
        self.sampling.as_ref().is_some_and(|it| it.context.is_some())
    }

    /// Whether the client tells the folders in which it works.
    #[must_use]
    pub fn roots(&self) -> bool {
        self.roots.is_some()
    }

    /// Whether the client has declared `capability`.
    #[must_use]
    pub fn has(&self, capability: ClientCapability<'_>) -> bool {
        match capability {
            ClientCapability::ElicitationForm => self.elicitation_form(),
            ClientCapability::ElicitationUrl => self.elicitation_url(),
            ClientCapability::Sampling => self.sampling(),
            ClientCapability::SamplingTools => self.sampling_tools(),
            ClientCapability::Roots => self.roots(),
            ClientCapability::Extension(id) => self.extension(id).is_some(),
        }
    }

    /// Refuses what needs more than the client has declared, with all that is missing.
    ///
    /// # Errors
    ///
    /// When something is missing.
    pub(crate) fn require(&self, needed: &[ClientCapability<'_>]) -> Result<(), AskError> {
        let missing: Vec<_> = needed.iter().filter(|needed| !self.has(**needed)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = missing.iter().map(ToString::to_string).collect();
        let message = format!("the client lacks the capability {}", names.join(" and "));
        let mut required = Value::Object(Map::new());
        for capability in missing {
            merge(&mut required, capability.to_json());
        }
        let data = json!({ "requiredCapabilities": required });
        let error = RpcError::new(ErrorCode::MISSING_CLIENT_CAPABILITY, message).with_data(data);
        Err(AskError::MissingCapability(error))
    }

    /// The client's settings for an extension, as JSON, where it declares the extension.
    ///
    /// ```
    /// use mcp_runtime::protocol::ClientCapabilities;
    ///
    /// let declared = r#"{ "extensions": { "com.example/search": { "depth": 2 } } }"#;
    /// let capabilities: ClientCapabilities = serde_json::from_str(declared)?;
    /// let settings = capabilities.extension("com.example/search").expect("declared");
    /// assert_eq!(settings.get(), r#"{ "depth": 2 }"#);
    /// assert!(capabilities.extension("com.example/other").is_none());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn extension(&self, id: &str) -> Option<&RawValue> {
        find_member(self.extensions.as_ref()?, id)
    }
}

/// Adds the members of one declaration to another.
fn merge(into: &mut Value, other: Value) {
    match (into, other) {
        (Value::Object(into), Value::Object(other)) => {
            for (key, value) in other {
                merge(into.entry(key).or_insert_with(|| json!({})), value);
            }
        }
        (into, other) => *into = other,
    }
}

/// Something that a client can do for a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientCapability<'a> {
    /// Show a form.
    ElicitationForm,
    /// Send the user to a URL.
    ElicitationUrl,
    /// Let the server use its model.
    Sampling,
    /// Give its model tools.
    SamplingTools,
    /// Tell the folders in which it works.
    Roots,
    /// Support an extension, by its id.
    Extension(&'a str),
}

impl ClientCapability<'_> {
    /// As a client would declare it.
    pub(crate) fn to_json(self) -> Value {
        match self {
            Self::ElicitationForm => json!({ "elicitation": { "form": {} } }),
            Self::ElicitationUrl => json!({ "elicitation": { "url": {} } }),
            Self::Sampling => json!({ "sampling": {} }),
            Self::SamplingTools => json!({ "sampling": { "tools": {} } }),
            Self::Roots => json!({ "roots": {} }),
            Self::Extension(id) => json!({ "extensions": { id: {} } }),
        }
    }
}

impl fmt::Display for ClientCapability<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ElicitationForm => f.write_str("`elicitation`"),
            Self::ElicitationUrl => f.write_str("`elicitation.url`"),
            Self::Sampling => f.write_str("`sampling`"),
            Self::SamplingTools => f.write_str("`sampling.tools`"),
            Self::Roots => f.write_str("`roots`"),
            Self::Extension(id) => write!(f, "`extensions.{id}`"),
        }
    }
}
