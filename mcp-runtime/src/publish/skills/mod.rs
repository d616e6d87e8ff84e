//! The extension `io.modelcontextprotocol/skills` (SEP-2640): folders with instructions for models.

mod folder;
mod frontmatter;

#[cfg(test)]
mod tests;

use std::{path::Path, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::folder::{File, Folder, Skill};
use crate::{
    ListedResource, RequestContext, Resource, ResourceContents, ResourceResult, Result, Server,
    ServerHandle, protocol::RpcError, server::Item,
};

const EXTENSION: &str = "io.modelcontextprotocol/skills";

impl Server {
    /// Serves the skills below a folder: each folder with a file `SKILL.md` is one, known by its
    /// path, as in `skill://acme/refunds/SKILL.md` for `acme/refunds/SKILL.md`.
    ///
    /// A `SKILL.md` begins with frontmatter of YAML that has a `name`, which is that of its folder,
    /// and a `description`. Its other files are there for the model to read. The files are read
    /// now, and stay as they are while the server runs. Hidden files and links are left out.
    ///
    /// Clients find the skills with `skills/list`, `skills/get` and `resources/directory/read`, and
    /// read them as resources. What [`visible`](Self::visible) hides of the resources is hidden of
    /// the skills.
    ///
    /// What is wrong with a skill is told when the server is [built](Self::build): a name that does
    /// not fit, frontmatter that is no YAML, more than 512 files or 16 MiB, which clients need not
    /// take.
    ///
    /// ```no_run
    /// # fn main() -> mcp_runtime::Result<()> {
    /// let server = mcp_runtime::Server::new("support", "1.0.0").skills("skills").build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "skills")))]
    pub fn skills(self, folder: impl AsRef<Path>) -> Self {
        let (skills, faults) = Folder::read(folder.as_ref());
        let resources = skills.files.iter().map(resource).collect::<Vec<_>>();
        let skills = Arc::new(skills);
        let (listed, got, directories) = (Arc::clone(&skills), Arc::clone(&skills), skills);
        self.faults(faults)
            .extension(EXTENSION, json!({ "directoryRead": true }))
            .resources(resources)
            .method("skills/list", move |asked: List, ctx| {
                let answer = list(&listed, &asked, &ctx);
                async move { answer }
            })
            .method("skills/get", move |asked: Named, ctx| {
                let answer = get(&got, &asked, &ctx);
                async move { answer }
            })
            .method("resources/directory/read", move |asked: Named, ctx| {
                let answer = read_directory(&directories, &asked, &ctx);
                async move { answer }
            })
    }
}

fn resource(file: &File) -> Resource {
    let contents = match std::str::from_utf8(&file.bytes) {
        Ok(text) => ResourceContents::text(text),
        Err(_) => ResourceContents::blob(&file.bytes),
    };
    let resource = Resource::new(file.uri.clone(), file.name.clone(), move |_| {
        let contents = contents.clone();
        Box::pin(async move { Ok(ResourceResult::new([contents])) })
    });
    let resource = resource.mime_type(file.mime_type).size(file.size());
    match &file.description {
        Some(description) => resource.description(description.clone()),
        None => resource,
    }
}

#[derive(Deserialize)]
struct List {
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    uri: String,
    cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'a> {
    skills: Vec<&'a Value>,
    ttl_ms: u64,
    cache_scope: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Got<'a> {
    skill: &'a Value,
    ttl_ms: u64,
    cache_scope: &'static str,
}

#[derive(Serialize)]
struct Directory {
    resources: Vec<ListedResource>,
}

/// What the caller sees, and how long it may keep that.
struct View<'a> {
    server: ServerHandle,
    ctx: &'a RequestContext,
}

impl<'a> View<'a> {
    fn of(ctx: &'a RequestContext) -> Result<Self> {
        Ok(Self { server: ServerHandle::of_request(ctx)?, ctx })
    }

    fn has(&self, uri: &str) -> bool {
        self.server.core.is_visible(self.ctx.principal(), Item::Resource(uri))
    }

    fn sees(&self, skill: &Skill) -> bool {
        self.has(&skill.uri)
    }

    /// `ttlMs` and `cacheScope` (server/utilities/caching).
    fn cache(&self) -> (u64, &'static str) {
        let core = &self.server.core;
        let ttl = u64::try_from(core.cache.lists.as_millis()).unwrap_or(u64::MAX);
        (ttl, core.cache_scope(self.ctx.principal()))
    }
}

/// All skills are on one page: there are as many as the author has written.
fn refuse_cursor(cursor: Option<&String>) -> Result<()> {
    match cursor {
        None => Ok(()),
        Some(_) => Err(RpcError::invalid_params("this `cursor` is none of this list").into()),
    }
}

fn list(skills: &Folder, asked: &List, ctx: &RequestContext) -> Result<Value> {
    refuse_cursor(asked.cursor.as_ref())?;
    let view = View::of(ctx)?;
    let (ttl_ms, cache_scope) = view.cache();
    let seen = skills.skills.iter().filter(|it| view.sees(it)).map(|it| &it.entry).collect();
    to_value(&Listed { skills: seen, ttl_ms, cache_scope })
}

fn get(skills: &Folder, asked: &Named, ctx: &RequestContext) -> Result<Value> {
    let view = View::of(ctx)?;
    let (ttl_ms, cache_scope) = view.cache();
    let found = skills.skills.iter().find(|it| it.uri == asked.uri && view.sees(it));
    let found = found.ok_or_else(|| {
        RpcError::invalid_params(format!("no skill is served at `{}`", asked.uri))
    })?;
    to_value(&Got { skill: &found.entry, ttl_ms, cache_scope })
}

fn read_directory(skills: &Folder, asked: &Named, ctx: &RequestContext) -> Result<Value> {
    refuse_cursor(asked.cursor.as_ref())?;
    let view = View::of(ctx)?;
    let children = skills.children(&asked.uri, |file| view.has(&file.uri));
    let resources = children
        .ok_or_else(|| RpcError::invalid_params(format!("`{}` is no directory", asked.uri)))?;
    to_value(&Directory { resources })
}

fn to_value(result: &impl Serialize) -> Result<Value> {
    serde_json::to_value(result).map_err(crate::Error::internal)
}
