use std::{borrow::Cow, collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    evaluate::{Evaluation, Outcome},
    node::{ArrayRules, Kind, Node, NodeId, ObjectRules},
    number::Num,
};

/// Looks at the next value with the schema of a node.
pub(super) struct Seed<'e, 'v> {
    evaluation: &'e mut Evaluation<'v>,
    id: NodeId,
}

impl<'e, 'v> Seed<'e, 'v> {
    pub(super) fn new(evaluation: &'e mut Evaluation<'v>, id: NodeId) -> Self {
        Self { evaluation, id }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self { evaluation, id } = self;
        let node = evaluation.node(id);
        evaluation.enter().map_err(D::Error::custom)?;
        let look = if node.needs_text() {
            <&RawValue>::deserialize(deserializer)
                .and_then(|text| evaluation.check_parts(node, text.get()).map_err(D::Error::custom))
        } else if node.accepts_all() {
            IgnoredAny::deserialize(deserializer).map(drop)
        } else {
            deserializer.deserialize_any(Look { evaluation, node })
        };
        evaluation.leave();
        look
    }
}

/// Looks at a value with what a node says itself.
pub(super) struct Look<'e, 'v> {
    pub(super) evaluation: &'e mut Evaluation<'v>,
    pub(super) node: &'v Node,
}

impl Look<'_, '_> {
    fn number(mut self, number: Num) -> Outcome {
        let kind = match number {
            Num::Integer(_) => Kind::Integer,
            Num::Fraction(_) => Kind::Fraction,
        };
        if self.is_kind(kind)?
            && let Some(rules) = &self.node.number
        {
            self.evaluation.check_number(rules, number)?;
        }
        Ok(())
    }

    fn text(mut self, text: &str) -> Outcome {
        if !self.is_kind(Kind::String)? {
            return Ok(());
        }
        self.evaluation.check_text_choices(self.node, text)?;
        match &self.node.string {
            Some(rules) => self.evaluation.check_string(rules, text),
            None => Ok(()),
        }
    }

    fn is_kind(&mut self, kind: Kind) -> Outcome<bool> {
        self.evaluation.is_kind(self.node, kind)
    }
}

impl<'de> Visitor<'de> for Look<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(mut self) -> Result<(), E> {
        self.is_kind(Kind::Null).map(drop).map_err(E::custom)
    }

    fn visit_bool<E: Error>(mut self, _: bool) -> Result<(), E> {
        self.is_kind(Kind::Boolean).map(drop).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.number(Num::Integer(number.into())).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.number(Num::Integer(number.into())).map_err(E::custom)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.number(Num::from_float(number)).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.text(text).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        let fits = self.is_kind(Kind::Array).map_err(A::Error::custom)?;
        let Some(rules) = self.node.array.as_deref().filter(|_| fits) else {
            while items.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        let mut array = Array::default();
        while array.look_at_next(self.evaluation, rules, &mut items)? {}
        self.evaluation.check_array(rules, array.len, array.contained).map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        let fits = self.is_kind(Kind::Object).map_err(A::Error::custom)?;
        let Some(rules) = self.node.object.as_deref().filter(|_| fits) else {
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        let mut present = vec![false; rules.slots.len()];
        let mut len = 0;
        while let Some(Name(name)) = members.next_key()? {
            len += 1;
            if let Some(present) = rules.slot(&name).and_then(|slot| present.get_mut(slot)) {
                *present = true;
            }
            look_at_member(self.evaluation, rules, &name, &mut members)?;
        }
        self.evaluation.check_object(rules, len, &present).map_err(A::Error::custom)
    }
}

/// What was seen of an array.
#[derive(Default)]
struct Array {
    len: usize,
    contained: usize,
    seen: HashSet<String>,
}

impl Array {
    fn look_at_next<'de, A: SeqAccess<'de>>(
        &mut self,
        evaluation: &mut Evaluation<'_>,
        rules: &ArrayRules,
        items: &mut A,
    ) -> Result<bool, A::Error> {
        let index = self.len;
        let id = rules.item(index);
        let more = evaluation.within(
            |path| path.push_index(index),
            |evaluation| {
                if rules.contains.is_none() && !rules.unique {
                    return match id {
                        Some(id) => items.next_element_seed(Seed { evaluation, id }),
                        None => Ok(items.next_element::<IgnoredAny>()?.map(drop)),
                    };
                }
                let Some(item) = items.next_element::<&RawValue>()? else { return Ok(None) };
                let look = match id {
                    Some(id) => evaluation.check(id, item.get()),
                    None => Ok(()),
                };
                look.and_then(|()| self.look_at_text(evaluation, rules, item.get()))
                    .map(Some)
                    .map_err(A::Error::custom)
            },
        )?;
        self.len += usize::from(more.is_some());
        Ok(more.is_some())
    }

    fn look_at_text(
        &mut self,
        evaluation: &mut Evaluation<'_>,
        rules: &ArrayRules,
        item: &str,
    ) -> Outcome {
        if let Some(id) = rules.contains
            && evaluation.fits(id, item)?
        {
            self.contained += 1;
        }
        if rules.unique && !self.seen.insert(evaluation.canonical(item)?) {
            evaluation.fail(|| "is the same as an item before it".to_owned())?;
        }
        Ok(())
    }
}

/// Looks at the value of the member whose name was just read.
fn look_at_member<'de, A: MapAccess<'de>>(
    evaluation: &mut Evaluation<'_>,
    rules: &ObjectRules,
    name: &str,
    members: &mut A,
) -> Result<(), A::Error> {
    evaluation.check_name(rules, name).map_err(A::Error::custom)?;
    let (own, by_pattern) = rules.schemas_of(name);
    evaluation.within(
        |path| path.push_name(name),
        |evaluation| {
            if by_pattern.is_empty() {
                return match own {
                    Some(id) if evaluation.node(id).refuses_all() => {
                        members.next_value::<IgnoredAny>()?;
                        evaluation.fail_unknown(rules, name).map_err(A::Error::custom)
                    }
                    Some(id) => members.next_value_seed(Seed { evaluation, id }),
                    None => members.next_value::<IgnoredAny>().map(drop),
                };
            }
            let value = members.next_value::<&RawValue>()?;
            for id in own.into_iter().chain(by_pattern) {
                evaluation.check(id, value.get()).map_err(A::Error::custom)?;
            }
            Ok(())
        },
    )
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// The members of an object, in order.
pub(super) struct Members<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}
