use std::path::PathBuf;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{AskError, Question, elicit::to_json, state::Key};
use crate::{context::Context, primitives::Result, protocol::ClientCapability};

/// A folder or file in which the client works (client/roots).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Root {
    uri: String,
    #[serde(default)]
    name: Option<String>,
}

impl Root {
    /// A `file://` URI.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// A name for people.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The path, where the URI is one of this machine: without a host, or with `localhost`.
    ///
    /// It is the client's word. Whether it exists, and whether the caller may see it, is for the
    /// server to find out.
    #[must_use]
    pub fn path(&self) -> Option<PathBuf> {
        let rest = file_uri(&self.uri)?;
        let (host, path) = rest.split_at(rest.find('/')?);
        if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
            return None;
        }
        let path = unescape(path)?;
        // `/C:/folder`
        let path = if cfg!(windows) { path.strip_prefix('/')? } else { &path };
        Some(PathBuf::from(path))
    }
}

impl Context {
    /// Asks the client in which folders it works. All calls of this in one function have the same
    /// answer.
    ///
    /// The function can run again from its start before this returns: in 2026-07-28, where the
    /// client sends its request again with the answer.
    ///
    /// Roots are deprecated by the specification in 2026-07-28, and work: a server is better told of
    /// its folders by an argument or by its configuration.
    ///
    /// # Errors
    ///
    /// When the client has no roots (-32021 in 2026-07-28), fails, or answers with what is no
    /// `file://` URI: [`Error::ask_error`](crate::Error::ask_error) tells.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// List the folders.
    /// #[mcp_tool]
    /// async fn folders(ctx: Context) -> Result<Vec<String>> {
    ///     let roots = ctx.roots().await?;
    ///     Ok(roots.iter().map(|root| root.uri().to_owned()).collect())
    /// }
    /// ```
    pub async fn roots(&self) -> Result<Vec<Root>> {
        let question = Question {
            method: "roots/list".into(),
            params: to_json(b"{}".to_vec())?,
            needs: ClientCapability::Roots,
        };
        let roots = self.ask(Key::Given("roots".to_owned()), question, None, read).await?;
        roots.ok_or_else(|| AskError::TimedOut.into())
    }
}

fn read(answer: &RawValue) -> Result<Vec<Root>, String> {
    #[derive(Deserialize)]
    struct ListRootsResult {
        roots: Vec<Root>,
    }
    let ListRootsResult { roots } =
        serde_json::from_str(answer.get()).map_err(|_| "it has no list of roots".to_owned())?;
    match roots.iter().position(|root| !is_file_uri(&root.uri)) {
        Some(index) => Err(format!("the URI of root {index} is no `file://` URI")),
        None => Ok(roots),
    }
}

/// What stands behind `file://`.
fn file_uri(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_at_checked("file://".len())?;
    scheme.eq_ignore_ascii_case("file://").then_some(rest)
}

fn is_file_uri(uri: &str) -> bool {
    let in_uris = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
    file_uri(uri).is_some_and(|rest| {
        rest.contains('/') && rest.bytes().all(in_uris) && unescape(rest).is_some()
    })
}

/// Without percent escapes; `None` when one is broken, is a NUL or separates, or they are no UTF-8.
fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        let digits = part.get(..2).filter(|it| it.bytes().all(|b| b.is_ascii_hexdigit()))?;
        match u8::from_str_radix(digits, 16).ok()? {
            b'\0' | b'/' => return None,
            byte => bytes.push(byte),
        }
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
#[path = "roots_tests.rs"]
mod tests;
