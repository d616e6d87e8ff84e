use std::collections::HashSet;

use serde_json::{Map, Value};

use super::walk;

/// The definitions of a schema that is put together from schemas that were documents of their own.
#[derive(Debug, Default)]
pub(super) struct Definitions(Map<String, Value>);

impl Definitions {
    /// Takes the definitions out of `schema` and makes its references point here.
    ///
    /// A definition that is here already under its name is shared if it is the same, and renamed if
    /// not. Where `schema` refers to itself, a copy of it becomes a definition by the name of `hint`.
    pub(super) fn adopt(&mut self, schema: Value, hint: &str) -> Value {
        let Value::Object(mut body) = schema else { return schema };
        // They belong to a document, and this is no longer one.
        body.shift_remove("$schema");
        body.shift_remove("$id");
        let own = match body.shift_remove("$defs") {
            Some(Value::Object(own)) => own,
            _ => Map::new(),
        };
        let mut taken: HashSet<String> = self.0.keys().chain(own.keys()).cloned().collect();
        let renamed = self.rename(&own, &mut taken);
        let mut body = Value::Object(body);
        let refers_to_itself = refers_to_root(&body) || own.values().any(refers_to_root);
        let root = match refers_to_itself {
            true => free_name(hint, &mut taken),
            false => String::new(),
        };
        let redirect = |reference: &str| redirect(reference, &renamed, &root);
        rewrite_references(&mut body, &redirect);
        for (name, mut definition) in own {
            rewrite_references(&mut definition, &redirect);
            let name =
                renamed.get(&name).and_then(Value::as_str).map(str::to_owned).unwrap_or(name);
            self.0.insert(name, definition);
        }
        if refers_to_itself {
            self.0.insert(root, body.clone());
        }
        body
    }

    pub(super) fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// The new names of the definitions that clash. If one differs, all that have a namesake get a
    /// new name, because they may refer to each other.
    fn rename(&self, own: &Map<String, Value>, taken: &mut HashSet<String>) -> Map<String, Value> {
        let differs = |(name, definition)| self.0.get(name).is_some_and(|it| it != definition);
        if !own.iter().any(differs) {
            return Map::new();
        }
        own.keys()
            .filter(|name| self.0.contains_key(*name))
            .map(|name| (name.clone(), free_name(name, taken).into()))
            .collect()
    }
}

fn free_name(name: &str, taken: &mut HashSet<String>) -> String {
    let mut free = name.to_owned();
    let mut number = 2;
    while !taken.insert(free.clone()) {
        free = format!("{name}{number}");
        number += 1;
    }
    free
}

const DEFINITIONS: &str = "#/$defs/";

/// A pointer into the document, other than to a definition or an anchor.
fn is_to_root(reference: &str) -> bool {
    reference == "#" || reference.starts_with("#/") && !reference.starts_with(DEFINITIONS)
}

fn refers_to_root(schema: &Value) -> bool {
    let Value::Object(members) = schema else { return false };
    let mut found = members.get("$ref").and_then(Value::as_str).is_some_and(is_to_root);
    walk::for_each(members, &mut |_, schema| found = found || refers_to_root(schema));
    found
}

fn redirect(reference: &str, renamed: &Map<String, Value>, root: &str) -> Option<String> {
    if is_to_root(reference) {
        let inside = reference.strip_prefix('#')?;
        return Some(format!("{DEFINITIONS}{}{inside}", escape(root)));
    }
    let pointer = reference.strip_prefix(DEFINITIONS)?;
    let (name, inside) = pointer.split_at(pointer.find('/').unwrap_or(pointer.len()));
    let (_, new) = renamed.iter().find(|(old, _)| escape(old) == name)?;
    Some(format!("{DEFINITIONS}{}{inside}", escape(new.as_str()?)))
}

/// As a name stands in a pointer.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn rewrite_references(schema: &mut Value, redirect: &dyn Fn(&str) -> Option<String>) {
    let Value::Object(members) = schema else { return };
    if let Some(Value::String(reference)) = members.get_mut("$ref")
        && let Some(new) = redirect(reference)
    {
        *reference = new;
    }
    walk::for_each_mut(members, &mut |_, schema| rewrite_references(schema, redirect));
}
