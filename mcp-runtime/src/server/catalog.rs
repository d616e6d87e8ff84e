//! What a server offers at one moment: tables by name, and the bytes of its lists.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use serde_json::{Map, Value};

use super::{cursor::List, listing};
use crate::{
    primitives::{CompiledPrompt, CompiledResource, CompiledTool},
    protocol::Revision,
    tasks::TaskPolicy,
};

/// A snapshot. A change makes a new one, so that a call sees one state from its start to its end.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    /// Counts the changes.
    pub(crate) version: u64,
    pub(crate) tools: Table<CompiledTool>,
    pub(crate) prompts: Table<CompiledPrompt>,
    /// By URI or URI template.
    pub(crate) resources: Table<CompiledResource>,
    pages: Pages,
    task_tools: OnceLock<Box<[Arc<CompiledTool>]>>,
}

/// Items in the order of their registration, found by name.
#[derive(Debug)]
pub(crate) struct Table<T> {
    items: Vec<Entry<T>>,
    by_name: HashMap<String, usize>,
    /// Whether an item has ever needed scopes.
    has_scopes: bool,
}

#[derive(Debug)]
pub(crate) struct Entry<T> {
    pub(crate) item: Arc<T>,
    pub(crate) enabled: bool,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { items: Vec::new(), by_name: HashMap::new(), has_scopes: false }
    }
}

impl<T> Clone for Table<T> {
    fn clone(&self) -> Self {
        let entry = |it: &Entry<T>| Entry { item: Arc::clone(&it.item), enabled: it.enabled };
        Self {
            items: self.items.iter().map(entry).collect(),
            by_name: self.by_name.clone(),
            has_scopes: self.has_scopes,
        }
    }
}

impl<T> Table<T> {
    pub(crate) fn get(&self, name: &str) -> Option<&Arc<T>> {
        let entry = self.items.get(*self.by_name.get(name)?)?;
        entry.enabled.then_some(&entry.item)
    }

    /// The items that are enabled.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<T>> {
        self.items.iter().filter(|entry| entry.enabled).map(|entry| &entry.item)
    }

    /// Whether the name was free.
    pub(crate) fn insert(&mut self, name: &str, item: T, needs_scopes: bool) -> bool {
        if self.by_name.contains_key(name) {
            return false;
        }
        self.has_scopes |= needs_scopes;
        self.by_name.insert(name.to_owned(), self.items.len());
        self.items.push(Entry { item: Arc::new(item), enabled: true });
        true
    }

    /// Whether there was one.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        let Some(index) = self.by_name.remove(name) else { return false };
        self.items.remove(index);
        for position in self.by_name.values_mut().filter(|it| **it > index) {
            *position -= 1;
        }
        true
    }

    /// Whether that changed anything: not when there is none, or it was so already.
    pub(crate) fn set_enabled(&mut self, name: &str, enabled: bool) -> bool {
        let Some(entry) = self.by_name.get(name).and_then(|&index| self.items.get_mut(index))
        else {
            return false;
        };
        std::mem::replace(&mut entry.enabled, enabled) != enabled
    }
}

impl Catalog {
    /// A copy to change.
    pub(crate) fn next(&self) -> Self {
        Self {
            version: self.version + 1,
            tools: self.tools.clone(),
            prompts: self.prompts.clone(),
            resources: self.resources.clone(),
            pages: Pages::default(),
            task_tools: OnceLock::new(),
        }
    }

    /// The tools that run as tasks.
    pub(crate) fn task_tools(&self) -> &[Arc<CompiledTool>] {
        self.task_tools.get_or_init(|| {
            self.tools.iter().filter(|it| it.tool.task.is_some()).cloned().collect()
        })
    }

    /// Whether a client that knows tasks has another list of tools than one that does not.
    pub(crate) fn hands_out(&self) -> bool {
        self.task_tools().iter().any(|it| it.tool.task.as_ref().is_some_and(TaskPolicy::hands_out))
    }

    /// Removes a tool, and the one that tells its results; whether there was one.
    pub(crate) fn remove_tool(&mut self, name: &str) -> bool {
        if let Some(result_tool) = self.result_tool(name) {
            self.tools.remove(&result_tool);
        }
        self.tools.remove(name)
    }

    /// Shows or hides a tool, and the one that tells its results; whether that changed anything.
    pub(crate) fn enable_tool(&mut self, name: &str, enabled: bool) -> bool {
        if let Some(result_tool) = self.result_tool(name) {
            self.tools.set_enabled(&result_tool, enabled);
        }
        self.tools.set_enabled(name, enabled)
    }

    fn result_tool(&self, of: &str) -> Option<String> {
        let mut tools = self.tools.items.iter().map(|entry| &entry.item.tool);
        tools.find(|it| it.result_of.as_deref() == Some(of)).map(|it| it.name().to_owned())
    }

    /// The resource that answers for `uri`, and the values of its template's variables. One URI
    /// comes before a template, and an earlier template before a later one.
    pub(crate) fn resource(
        &self,
        uri: &str,
    ) -> Option<(&Arc<CompiledResource>, Map<String, Value>)> {
        if let Some(resource) = self.resources.get(uri).filter(|it| it.template.is_fixed()) {
            return Some((resource, Map::new()));
        }
        self.resources
            .iter()
            .filter(|it| !it.template.is_fixed())
            .find_map(|it| Some((it, it.template.match_uri(uri)?)))
    }

    /// Whether there is something that not every caller may use.
    pub(crate) fn has_scopes(&self) -> bool {
        self.tools.has_scopes || self.prompts.has_scopes || self.resources.has_scopes
    }

    pub(crate) fn completes(&self) -> bool {
        self.prompts.iter().any(|it| it.input.completes())
            || self.resources.iter().any(|it| it.input.completes())
    }

    /// The bytes of the items `from..from + len` of a list that no principal filters.
    pub(crate) fn page(&self, list: List, revision: Revision, from: usize, len: usize) -> Page {
        let key = (list as u8, revision.index(), from);
        let mut pages = self.pages.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.entry(key).or_insert_with(|| listing::page(self, list, revision, from, len)).clone()
    }
}

/// A part of a list, written.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// A JSON array.
    pub(crate) items: Arc<[u8]>,
    pub(crate) more: bool,
}

/// Pages that have been asked for. There are as many as lists have pages and revisions.
#[derive(Debug, Default)]
struct Pages(Mutex<BTreeMap<(u8, usize, usize), Page>>);
