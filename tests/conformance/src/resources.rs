//! The resources that the suite reads and subscribes to.

use mcp_runtime::{Resource, prelude::*};
use serde_json::json;

use crate::{
    decorated::{decorated_resource, listed_resource},
    media::PICTURE,
};

pub(crate) fn all() -> Vec<Resource> {
    resources![
        static_text,
        static_binary,
        template_data,
        watched_resource,
        decorated_resource,
        listed_resource
    ]
}

/// A text that never changes.
#[mcp_resource("test://static-text", mime_type = "text/plain")]
async fn static_text() -> &'static str {
    "This is the content of the static text resource."
}

/// A picture that never changes.
#[mcp_resource("test://static-binary", mime_type = "image/png")]
async fn static_binary() -> Vec<u8> {
    PICTURE.to_vec()
}

/// The data of one id.
#[mcp_resource("test://template/{id}/data", mime_type = "application/json")]
async fn template_data(id: String) -> String {
    let data = format!("Data for ID: {id}");
    json!({ "id": id, "templateTest": true, "data": data }).to_string()
}

/// A text that clients can subscribe to.
#[mcp_resource("test://watched-resource", mime_type = "text/plain")]
async fn watched_resource() -> &'static str {
    "Watched resource content."
}
