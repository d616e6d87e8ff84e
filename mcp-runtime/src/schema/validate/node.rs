use std::collections::{HashMap, HashSet};

use regex_lite::Regex;

use super::{format::Format, number::Num};

/// A compiled schema: its place among the nodes of its validator.
pub(in crate::schema) type NodeId = usize;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::schema) enum Kind {
    Null,
    Boolean,
    Integer,
    /// A number that is no integer.
    Fraction,
    String,
    Array,
    Object,
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::schema) struct Types(u8);

impl Types {
    pub(super) const ALL: Self = Self(0x7f);
    pub(super) const NONE: Self = Self(0);

    pub(in crate::schema) fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    pub(super) fn with(self, kind: Kind) -> Self {
        Self(self.0 | (1 << kind as u8))
    }

    pub(super) fn describe(self) -> String {
        let mut names = Vec::new();
        for (kind, name) in [
            (Kind::String, "a string"),
            (Kind::Integer, "an integer"),
            (Kind::Fraction, "a number"),
            (Kind::Boolean, "true or false"),
            (Kind::Array, "an array"),
            (Kind::Object, "an object"),
            (Kind::Null, "null"),
        ] {
            let part_of_number = kind == Kind::Integer && self.has(Kind::Fraction);
            if self.has(kind) && !part_of_number {
                names.push(name);
            }
        }
        names.join(" or ")
    }
}

impl Kind {
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Integer => "a number",
            Self::Fraction => "a number with a fraction",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

/// A schema. What it says nothing of is `None`.
#[derive(Debug)]
pub(in crate::schema) struct Node {
    pub(in crate::schema) types: Types,
    pub(super) choices: Option<Choices>,
    pub(super) number: Option<Box<NumberRules>>,
    pub(super) string: Option<Box<StringRules>>,
    pub(in crate::schema) array: Option<Box<ArrayRules>>,
    pub(in crate::schema) object: Option<Box<ObjectRules>>,
    pub(in crate::schema) combined: Option<Box<Combined>>,
}

impl Node {
    pub(super) fn new(types: Types) -> Self {
        Self {
            types,
            choices: None,
            number: None,
            string: None,
            array: None,
            object: None,
            combined: None,
        }
    }

    /// Whether one look at a value, as it streams by, is not enough.
    pub(super) fn needs_text(&self) -> bool {
        self.combined.is_some() || matches!(self.choices, Some(Choices { texts: None, .. }))
    }

    /// Whether no value fits.
    pub(super) fn refuses_all(&self) -> bool {
        self.types == Types::NONE
    }

    /// Whether every value fits, as far as one look tells.
    pub(super) fn accepts_all(&self) -> bool {
        self.types == Types::ALL
            && self.choices.is_none()
            && self.number.is_none()
            && self.string.is_none()
            && self.array.is_none()
            && self.object.is_none()
    }
}

/// `enum` and `const`.
#[derive(Debug)]
pub(super) struct Choices {
    /// Where all are strings.
    pub(super) texts: Option<HashSet<String>>,
    /// In canonical JSON.
    pub(super) values: HashSet<String>,
    pub(super) description: String,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct NumberRules {
    pub(super) minimum: Option<Num>,
    pub(super) exclusive_minimum: Option<Num>,
    pub(super) maximum: Option<Num>,
    pub(super) exclusive_maximum: Option<Num>,
    pub(super) multiple_of: Option<Num>,
}

#[derive(Debug, Default)]
pub(super) struct StringRules {
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    pub(super) pattern: Option<Regex>,
    pub(super) format: Option<Format>,
}

#[derive(Debug, Default)]
pub(in crate::schema) struct ArrayRules {
    pub(super) prefix: Vec<NodeId>,
    pub(super) items: Option<NodeId>,
    pub(super) contains: Option<NodeId>,
    pub(super) min_contains: Option<usize>,
    pub(super) max_contains: Option<usize>,
    pub(super) min_items: Option<usize>,
    pub(super) max_items: Option<usize>,
    pub(super) unique: bool,
}

impl ArrayRules {
    pub(in crate::schema) fn item(&self, index: usize) -> Option<NodeId> {
        self.prefix.get(index).copied().or(self.items)
    }
}

#[derive(Debug, Default)]
pub(in crate::schema) struct ObjectRules {
    pub(super) members: HashMap<String, Member>,
    /// The names under `properties`, in order.
    pub(super) names: Vec<String>,
    /// The names whose presence matters; members refer to them by their place.
    pub(super) slots: Vec<String>,
    pub(super) required: Vec<usize>,
    /// If the first is there, the second must be.
    pub(super) dependent: Vec<(usize, usize)>,
    pub(super) patterns: Vec<(Regex, NodeId)>,
    pub(super) additional: Option<NodeId>,
    pub(super) property_names: Option<NodeId>,
    pub(super) min_properties: Option<usize>,
    pub(super) max_properties: Option<usize>,
}

#[derive(Debug, Default)]
pub(super) struct Member {
    pub(super) node: Option<NodeId>,
    pub(super) slot: Option<usize>,
}

impl ObjectRules {
    /// The schema of a member that need not be there.
    pub(in crate::schema) fn optional(&self, name: &str) -> Option<NodeId> {
        let required = self.slot(name).is_some_and(|slot| self.required.contains(&slot));
        self.members.get(name).and_then(|member| member.node).filter(|_| !required)
    }

    pub(super) fn slot(&self, name: &str) -> Option<usize> {
        self.members.get(name)?.slot
    }

    /// The schemas that a member must fit: one, unless it fits patterns.
    pub(in crate::schema) fn schemas_of(&self, name: &str) -> (Option<NodeId>, Vec<NodeId>) {
        let own = self.members.get(name).and_then(|member| member.node);
        let mut by_pattern = Vec::new();
        for (pattern, node) in &self.patterns {
            if pattern.is_match(name) {
                by_pattern.push(*node);
            }
        }
        match by_pattern.is_empty() {
            true => (own.or(self.additional), by_pattern),
            false => (own, by_pattern),
        }
    }
}

/// Schemas that apply to the same value.
#[derive(Debug, Default)]
pub(in crate::schema) struct Combined {
    /// With the target of `$ref`.
    pub(in crate::schema) all_of: Vec<NodeId>,
    pub(in crate::schema) any_of: Vec<NodeId>,
    pub(in crate::schema) one_of: Vec<NodeId>,
    pub(super) not: Option<NodeId>,
    pub(super) condition: Option<Condition>,
    /// By the member whose presence makes them apply.
    pub(super) dependent: Vec<(String, NodeId)>,
    pub(super) unevaluated: Option<NodeId>,
}

#[derive(Debug)]
pub(super) struct Condition {
    pub(super) test: NodeId,
    pub(super) then: Option<NodeId>,
    pub(super) otherwise: Option<NodeId>,
}

impl Combined {
    /// All that can apply to the value itself.
    pub(super) fn in_place(&self) -> impl Iterator<Item = NodeId> {
        let condition = self.condition.iter().flat_map(|it| [Some(it.test), it.then, it.otherwise]);
        let lists = [&self.all_of, &self.any_of, &self.one_of].into_iter().flatten().copied();
        let dependent = self.dependent.iter().map(|(_, node)| *node);
        lists.chain(self.not).chain(condition.flatten()).chain(dependent)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.in_place().next().is_none() && self.unevaluated.is_none()
    }
}
