use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{
    InvalidSchema,
    document::{Document, MAX_SCHEMA_DEPTH, MAX_SUBSCHEMAS},
    job::Job,
    node::{ArrayRules, Combined, Condition, Node, NodeId, ObjectRules, Types},
};

/// The nodes of a schema; the root is the first.
pub(super) fn compile(schema: &Value) -> Result<Vec<Node>, InvalidSchema> {
    let document = Document::new(schema)?;
    let mut compiler =
        Compiler { document: &document, ids: HashMap::new(), nodes: Vec::new(), jobs: Vec::new() };
    compiler.node(schema, 0, "#")?;
    while let Some(job) = compiler.jobs.pop() {
        let node = compiler.compile(&job)?;
        compiler.nodes[job.id] = node;
    }
    check_ends(&compiler.nodes)?;
    Ok(compiler.nodes)
}

struct Compiler<'d, 's> {
    document: &'d Document<'s>,
    /// By address: a schema that several references lead to is one node.
    ids: HashMap<*const Value, NodeId>,
    nodes: Vec<Node>,
    jobs: Vec<Job<'s>>,
}

type Members = Map<String, Value>;

impl<'s> Compiler<'_, 's> {
    /// Allots the node of a schema.
    fn node(
        &mut self,
        schema: &'s Value,
        depth: usize,
        location: &str,
    ) -> Result<NodeId, InvalidSchema> {
        let schema = self.follow(schema, location)?;
        if let Some(id) = self.ids.get(&std::ptr::from_ref(schema)) {
            return Ok(*id);
        }
        if self.nodes.len() >= MAX_SUBSCHEMAS || depth > MAX_SCHEMA_DEPTH {
            return Err(InvalidSchema(format!("is too large or too deep at `{location}`")));
        }
        let id = self.nodes.len();
        self.nodes.push(Node::new(Types::ALL));
        self.ids.insert(schema, id);
        self.jobs.push(Job { id, schema, depth, location: location.to_owned() });
        Ok(id)
    }

    /// Goes from a schema that is a reference and nothing else to what it stands for.
    fn follow(&self, schema: &'s Value, location: &str) -> Result<&'s Value, InvalidSchema> {
        let mut target = schema;
        for _ in 0..MAX_SCHEMA_DEPTH {
            let Value::Object(members) = target else { return Ok(target) };
            let only = members.keys().all(|keyword| keyword == "$ref" || is_annotation(keyword));
            if !(only || self.document.draft7) {
                return Ok(target);
            }
            match self.document.reference(members)? {
                Some(next) => target = next,
                None => return Ok(target),
            }
        }
        Err(InvalidSchema(format!("has a `$ref` that leads back to itself at `{location}`")))
    }

    fn compile(&mut self, job: &Job<'s>) -> Result<Node, InvalidSchema> {
        let members = match job.schema {
            Value::Bool(true) => return Ok(Node::new(Types::ALL)),
            Value::Bool(false) => return Ok(Node::new(Types::NONE)),
            Value::Object(members) => members,
            _ => return Err(job.invalid("it", "be an object or a boolean")),
        };
        self.document.check_keywords(members)?;
        let mut node = Node::new(job.types()?);
        node.choices = job.choices()?;
        node.number = job.number_rules()?;
        node.string = job.string_rules()?;
        node.array = self.array_rules(job, members)?;
        node.object = self.object_rules(job, members)?;
        let combined = self.combined(job, members)?;
        node.combined = (!combined.is_empty()).then(|| Box::new(combined));
        Ok(node)
    }

    fn schema(&mut self, job: &Job<'s>, keyword: &str) -> Result<Option<NodeId>, InvalidSchema> {
        let Some(schema) = job.get(keyword) else { return Ok(None) };
        self.node(schema, job.depth + 1, &format!("{}/{keyword}", job.location)).map(Some)
    }

    fn schemas(&mut self, job: &Job<'s>, keyword: &str) -> Result<Vec<NodeId>, InvalidSchema> {
        let Some(schemas) = job.get(keyword) else { return Ok(Vec::new()) };
        let schemas = schemas.as_array().ok_or_else(|| job.invalid(keyword, "be an array"))?;
        let location = |index| format!("{}/{keyword}/{index}", job.location);
        (schemas.iter().enumerate())
            .map(|(index, schema)| self.node(schema, job.depth + 1, &location(index)))
            .collect()
    }

    fn array_rules(
        &mut self,
        job: &Job<'s>,
        members: &Members,
    ) -> Result<Option<Box<ArrayRules>>, InvalidSchema> {
        const KEYWORDS: [&str; 6] =
            ["items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems"];
        if !KEYWORDS.iter().any(|keyword| members.contains_key(*keyword)) {
            return Ok(None);
        }
        let list = members.get("items").is_some_and(Value::is_array);
        let (prefix, items) =
            if list { ("items", "additionalItems") } else { ("prefixItems", "items") };
        Ok(Some(Box::new(ArrayRules {
            prefix: self.schemas(job, prefix)?,
            items: self.schema(job, items)?,
            contains: self.schema(job, "contains")?,
            min_contains: job.count("minContains")?,
            max_contains: job.count("maxContains")?,
            min_items: job.count("minItems")?,
            max_items: job.count("maxItems")?,
            unique: job.get("uniqueItems") == Some(&Value::Bool(true)),
        })))
    }

    fn object_rules(
        &mut self,
        job: &Job<'s>,
        members: &Members,
    ) -> Result<Option<Box<ObjectRules>>, InvalidSchema> {
        const KEYWORDS: [&str; 9] = [
            "properties",
            "required",
            "additionalProperties",
            "patternProperties",
            "propertyNames",
            "minProperties",
            "maxProperties",
            "dependentRequired",
            "dependencies",
        ];
        if !KEYWORDS.iter().any(|keyword| members.contains_key(*keyword)) {
            return Ok(None);
        }
        let mut rules = ObjectRules {
            additional: self.schema(job, "additionalProperties")?,
            property_names: self.schema(job, "propertyNames")?,
            min_properties: job.count("minProperties")?,
            max_properties: job.count("maxProperties")?,
            ..ObjectRules::default()
        };
        for (name, schema) in job.named("properties")? {
            let location = format!("{}/properties/{name}", job.location);
            let node = self.node(schema, job.depth + 1, &location)?;
            rules.members.entry(name.clone()).or_default().node = Some(node);
            rules.names.push(name.clone());
        }
        for (pattern, schema) in job.named("patternProperties")? {
            let location = format!("{}/patternProperties/{pattern}", job.location);
            let node = self.node(schema, job.depth + 1, &location)?;
            rules.patterns.push((job.regex(pattern)?, node));
        }
        for name in job.names(job.get("required"), "required")? {
            let slot = slot(&mut rules, name);
            rules.required.push(slot);
        }
        for keyword in ["dependentRequired", "dependencies"] {
            for (name, needed) in job.named(keyword)? {
                if keyword == "dependencies" && !needed.is_array() {
                    continue;
                }
                for needed in job.names(Some(needed), keyword)? {
                    let pair = (slot(&mut rules, name), slot(&mut rules, needed));
                    rules.dependent.push(pair);
                }
            }
        }
        Ok(Some(Box::new(rules)))
    }

    fn combined(&mut self, job: &Job<'s>, members: &Members) -> Result<Combined, InvalidSchema> {
        let mut combined = Combined {
            all_of: self.schemas(job, "allOf")?,
            any_of: self.schemas(job, "anyOf")?,
            one_of: self.schemas(job, "oneOf")?,
            not: self.schema(job, "not")?,
            unevaluated: self.schema(job, "unevaluatedProperties")?,
            ..Combined::default()
        };
        if let Some(target) = self.document.reference(members)? {
            // Its depth counts anew: a long chain of definitions is not deep.
            combined.all_of.insert(0, self.node(target, 0, &job.location)?);
        }
        if let Some(test) = self.schema(job, "if")? {
            let (then, otherwise) = (self.schema(job, "then")?, self.schema(job, "else")?);
            combined.condition = Some(Condition { test, then, otherwise });
        }
        for keyword in ["dependentSchemas", "dependencies"] {
            for (name, schema) in job.named(keyword)? {
                if keyword == "dependencies" && schema.is_array() {
                    continue;
                }
                let location = format!("{}/{keyword}/{name}", job.location);
                let node = self.node(schema, job.depth + 1, &location)?;
                combined.dependent.push((name.clone(), node));
            }
        }
        Ok(combined)
    }
}

fn slot(rules: &mut ObjectRules, name: &str) -> usize {
    let member = rules.members.entry(name.to_owned()).or_default();
    *member.slot.get_or_insert_with(|| {
        rules.slots.push(name.to_owned());
        rules.slots.len() - 1
    })
}

/// Keywords that say nothing of values.
fn is_annotation(keyword: &str) -> bool {
    matches!(
        keyword,
        "title"
            | "description"
            | "default"
            | "examples"
            | "deprecated"
            | "readOnly"
            | "writeOnly"
            | "$comment"
            | "$defs"
            | "definitions"
            | "$schema"
            | "$id"
            | "$anchor"
    )
}

/// Refuses schemas that apply themselves to the same value again and again.
fn check_ends(nodes: &[Node]) -> Result<(), InvalidSchema> {
    let in_place =
        |node: &Node| node.combined.iter().flat_map(|it| it.in_place()).collect::<Vec<_>>();
    let mut pending = vec![0_usize; nodes.len()];
    for target in nodes.iter().flat_map(in_place) {
        pending[target] += 1;
    }
    let mut ready: Vec<NodeId> = (0..nodes.len()).filter(|id| pending[*id] == 0).collect();
    let mut done = 0;
    while let Some(id) = ready.pop() {
        done += 1;
        for target in in_place(&nodes[id]) {
            pending[target] -= 1;
            if pending[target] == 0 {
                ready.push(target);
            }
        }
    }
    match done == nodes.len() {
        true => Ok(()),
        false => Err(InvalidSchema("has a `$ref` that leads back to itself".to_owned())),
    }
}
