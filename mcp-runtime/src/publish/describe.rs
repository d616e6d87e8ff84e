//! A server, described without running any of its functions.

use serde_json::Value;

use crate::{
    Result, Server, ServerHandle,
    protocol::{JsonWriter, Revision},
    server::{List, list_page},
};

impl Server {
    /// Describes the server: see [`ServerHandle::describe`].
    ///
    /// # Errors
    ///
    /// When the server cannot be [built](Self::build).
    pub fn describe(self) -> Result<Value> {
        Ok(self.build()?.describe())
    }
}

impl ServerHandle {
    /// Describes the server as JSON, without running any of its functions: `serverInfo`,
    /// `instructions`, the `protocolVersions` that it speaks, its `capabilities`, and all of its
    /// `tools`, `prompts`, `resources` and `resourceTemplates`, as they look in lists of the newest
    /// revision. What is hidden from some callers is there.
    ///
    /// `Server::run` prints it for `--describe`.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// Add two numbers.
    /// #[mcp_tool]
    /// async fn add(a: f64, b: f64) -> f64 {
    ///     a + b
    /// }
    ///
    /// # fn main() -> mcp_runtime::Result<()> {
    /// let described = Server::new("calculator", "1.0.0").tools(tools![add]).describe()?;
    /// assert_eq!(described["serverInfo"]["name"], "calculator");
    /// assert_eq!(described["tools"][0]["description"], "Add two numbers.");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn describe(&self) -> Value {
        let core = &self.core;
        let catalog = core.catalog();
        let mut out = Vec::new();
        let mut object = JsonWriter::object(&mut out);
        core.info.write(object.key("serverInfo"), Revision::LATEST);
        object.optional("instructions", core.instructions.as_ref());
        object.member("protocolVersions", &Revision::newest_first());
        core.write_capabilities(&mut object, Revision::LATEST, false);
        for (key, list) in [
            ("tools", List::Tools),
            ("prompts", List::Prompts),
            ("resources", List::Resources),
            ("resourceTemplates", List::ResourceTemplates),
        ] {
            let page = list_page(&catalog, list, Revision::LATEST, 0, usize::MAX);
            object.raw(key, &page.items);
        }
        object.end();
        // What the writer writes is JSON.
        serde_json::from_slice(&out).unwrap_or_default()
    }
}
