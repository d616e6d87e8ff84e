//! What each keyword asks of a value.

use std::borrow::Cow;

use serde_json::{Value, value::RawValue};

use super::{
    canonical::canonical,
    evaluate::{BYTES_PER_STEP, Evaluation, Outcome, STEPS_PER_BYTE, Stop},
    node::{
        ArrayRules, Choices, Combined, Kind, Node, NodeId, NumberRules, ObjectRules, StringRules,
    },
    number::Num,
    stream::Members,
    violation::{Fault, nearest},
};

/// How many names a message lists.
const MAX_LISTED: usize = 20;
/// A longer pattern costs no more, so that it alone never exceeds what a byte may cost.
const MAX_PATTERN_WEIGHT: usize = BYTES_PER_STEP * STEPS_PER_BYTE;

impl<'v> Evaluation<'v> {
    pub(super) fn is_kind(&mut self, node: &Node, kind: Kind) -> Outcome<bool> {
        if !self.is_type(node, kind)? {
            return Ok(false);
        }
        match &node.choices {
            Some(choices @ Choices { texts: Some(_), .. }) if kind != Kind::String => {
                self.fail_choice(choices)?;
                Ok(false)
            }
            _ => Ok(true),
        }
    }

    pub(super) fn check_text_choices(&mut self, node: &Node, text: &str) -> Outcome {
        match &node.choices {
            Some(choices @ Choices { texts: Some(texts), .. }) if !texts.contains(text) => {
                self.fail_choice(choices)
            }
            _ => Ok(()),
        }
    }

    fn fail_choice(&mut self, choices: &Choices) -> Outcome {
        let fault = if choices.values.len() == 1 { Fault::Tag } else { Fault::Other };
        self.fail_with(fault, || format!("must be {}", choices.description))
    }

    pub(super) fn check_number(&mut self, rules: &NumberRules, number: Num) -> Outcome {
        let bounds = [
            (rules.minimum.filter(|bound| number < *bound), "at least"),
            (rules.maximum.filter(|bound| number > *bound), "at most"),
            (rules.exclusive_minimum.filter(|bound| number <= *bound), "more than"),
            (rules.exclusive_maximum.filter(|bound| number >= *bound), "less than"),
            (rules.multiple_of.filter(|it| !number.is_multiple_of(*it)), "a multiple of"),
        ];
        for (broken, words) in bounds {
            if let Some(bound) = broken {
                self.fail(|| format!("must be {words} {bound}"))?;
            }
        }
        Ok(())
    }

    pub(super) fn check_string(&mut self, rules: &StringRules, text: &str) -> Outcome {
        let length = text.chars().count();
        if let Some(min) = rules.min_length.filter(|min| length < *min) {
            return self.fail(|| format!("must have at least {}", counted(min, "character")));
        }
        if let Some(max) = rules.max_length.filter(|max| length > *max) {
            return self.fail(|| format!("must have at most {}", counted(max, "character")));
        }
        if let Some(pattern) = &rules.pattern {
            let weight = pattern.as_str().len().min(MAX_PATTERN_WEIGHT);
            self.charge(text.len() * weight / BYTES_PER_STEP)?;
            if !pattern.is_match(text) {
                self.fail(|| format!("must match the regular expression `{pattern}`"))?;
            }
        }
        match rules.format {
            Some(format) if !format.fits(text) => {
                self.fail(|| format!("must be {}", format.describe()))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn check_array(
        &mut self,
        rules: &ArrayRules,
        len: usize,
        contained: usize,
    ) -> Outcome {
        if let Some(min) = rules.min_items.filter(|min| len < *min) {
            self.fail(|| format!("must have at least {}", counted(min, "item")))?;
        }
        if let Some(max) = rules.max_items.filter(|max| len > *max) {
            self.fail(|| format!("must have at most {}", counted(max, "item")))?;
        }
        if rules.contains.is_none() {
            return Ok(());
        }
        let min = rules.min_contains.unwrap_or(1);
        if contained < min {
            self.fail(|| format!("must have at least {} of a certain form", counted(min, "item")))?;
        }
        if let Some(max) = rules.max_contains.filter(|max| contained > *max) {
            self.fail(|| format!("must have at most {} of a certain form", counted(max, "item")))?;
        }
        Ok(())
    }

    pub(super) fn check_object(
        &mut self,
        rules: &ObjectRules,
        len: usize,
        present: &[bool],
    ) -> Outcome {
        self.charge(rules.required.len() + rules.dependent.len())?;
        let is_present = |slot: usize| present.get(slot).copied().unwrap_or_default();
        for slot in rules.required.iter().filter(|slot| !is_present(**slot)) {
            let name = &rules.slots[*slot];
            self.within(|path| path.push_name(name), |it| it.fail(|| "is required".to_owned()))?;
        }
        for (given, needed) in &rules.dependent {
            if is_present(*given) && !is_present(*needed) {
                let (given, needed) = (&rules.slots[*given], &rules.slots[*needed]);
                let reason = || format!("is required when `{given}` is there");
                self.within(|path| path.push_name(needed), |it| it.fail(reason))?;
            }
        }
        if let Some(min) = rules.min_properties.filter(|min| len < *min) {
            self.fail(|| format!("must have at least {}", counted(min, "member")))?;
        }
        if let Some(max) = rules.max_properties.filter(|max| len > *max) {
            self.fail(|| format!("must have at most {}", counted(max, "member")))?;
        }
        Ok(())
    }

    pub(super) fn check_name(&mut self, rules: &ObjectRules, name: &str) -> Outcome {
        self.charge(1 + rules.patterns.len() * (1 + name.len() / BYTES_PER_STEP))?;
        let Some(id) = rules.property_names else { return Ok(()) };
        let json = Value::from(name).to_string();
        if self.fits(id, &json)? {
            return Ok(());
        }
        self.within(
            |path| path.push_name(name),
            |it| it.fail(|| "has a name that is not allowed".to_owned()),
        )
    }

    /// Reports a member that is not known, at its place.
    pub(super) fn fail_unknown(&mut self, rules: &ObjectRules, name: &str) -> Outcome {
        self.fail(|| {
            if let Some(meant) = nearest(name, &rules.names) {
                return format!("is unknown; did you mean `{meant}`?");
            }
            let known: Vec<_> =
                rules.names.iter().take(MAX_LISTED).map(|name| format!("`{name}`")).collect();
            match (known.len() < rules.names.len(), known.is_empty()) {
                (_, true) => "is unknown; nothing is expected here".to_owned(),
                (true, _) => format!("is unknown; known are {}, and others", known.join(", ")),
                (false, _) => format!("is unknown; known are {}", known.join(", ")),
            }
        })
    }

    /// Equal values have equal texts.
    pub(super) fn canonical(&mut self, json: &str) -> Outcome<String> {
        self.charge(json.len() / BYTES_PER_STEP)?;
        let value: Value = serde_json::from_str(json).map_err(|_| Stop)?;
        Ok(canonical(&value))
    }

    /// Looks at a text with all that a node says.
    pub(super) fn check_parts(&mut self, node: &'v Node, json: &str) -> Outcome {
        if !node.accepts_all() {
            self.check_itself(node, json)?;
        }
        if let Some(choices @ Choices { texts: None, values, .. }) = &node.choices
            && !values.contains(&self.canonical(json)?)
        {
            self.fail_choice(choices)?;
        }
        match &node.combined {
            Some(combined) => self.check_combined(node, combined, json),
            None => Ok(()),
        }
    }

    fn check_combined(&mut self, node: &'v Node, combined: &'v Combined, json: &str) -> Outcome {
        for id in &combined.all_of {
            self.check(*id, json)?;
        }
        if !combined.any_of.is_empty() && self.count_fits(&combined.any_of, json, 1)? == 0 {
            self.fail_alternatives(&combined.any_of, json)?;
        }
        if !combined.one_of.is_empty() {
            match self.count_fits(&combined.one_of, json, 2)? {
                0 => self.fail_alternatives(&combined.one_of, json)?,
                1 => {}
                _ => self.fail(|| "fits two alternatives, and may fit only one".to_owned())?,
            }
        }
        if let Some(id) = combined.not
            && self.fits(id, json)?
        {
            self.fail(|| "has a form that is not allowed".to_owned())?;
        }
        if let Some(condition) = &combined.condition {
            let applies = match self.fits(condition.test, json)? {
                true => condition.then,
                false => condition.otherwise,
            };
            if let Some(id) = applies {
                self.check(id, json)?;
            }
        }
        self.charge(combined.dependent.len() * (1 + json.len() / BYTES_PER_STEP))?;
        for (name, id) in &combined.dependent {
            if has_member(json, name) {
                self.check(*id, json)?;
            }
        }
        if let Some(unevaluated) = combined.unevaluated {
            for (name, value) in members_of(json) {
                if !self.evaluates(node, &name, json)? {
                    self.check_unevaluated(node, unevaluated, &name, value.get())?;
                }
            }
        }
        Ok(())
    }

    /// How many schemas a text fits; counting ends at `enough`.
    fn count_fits(&mut self, ids: &[NodeId], json: &str, enough: usize) -> Outcome<usize> {
        let mut count = 0;
        for id in ids {
            count += usize::from(self.fits(*id, json)?);
            if count == enough {
                break;
            }
        }
        Ok(count)
    }

    fn check_unevaluated(&mut self, node: &Node, id: NodeId, name: &str, value: &str) -> Outcome {
        let refuses = self.node(id).refuses_all();
        let none = ObjectRules::default();
        let rules = node.object.as_deref().unwrap_or(&none);
        self.within(
            |path| path.push_name(name),
            |it| if refuses { it.fail_unknown(rules, name) } else { it.check(id, value) },
        )
    }

    /// Whether a schema has looked at a member, by itself or by those that apply with it.
    fn evaluates(&mut self, node: &'v Node, name: &str, json: &str) -> Outcome<bool> {
        if let Some(rules) = &node.object {
            let (own, by_pattern) = rules.schemas_of(name);
            if own.is_some() || !by_pattern.is_empty() {
                return Ok(true);
            }
        }
        let Some(combined) = &node.combined else { return Ok(false) };
        self.enter()?;
        for id in self.applied(combined, json)? {
            let inner = self.node(id);
            let all = inner.combined.as_ref().is_some_and(|it| it.unevaluated.is_some());
            if all || self.evaluates(inner, name, json)? {
                self.leave();
                return Ok(true);
            }
        }
        self.leave();
        Ok(false)
    }

    /// The schemas that apply to a text and that it fits.
    fn applied(&mut self, combined: &Combined, json: &str) -> Outcome<Vec<NodeId>> {
        let mut applied = combined.all_of.clone();
        for id in combined.any_of.iter().chain(&combined.one_of) {
            if self.fits(*id, json)? {
                applied.push(*id);
            }
        }
        if let Some(condition) = &combined.condition {
            match self.fits(condition.test, json)? {
                true => applied.extend([condition.test].into_iter().chain(condition.then)),
                false => applied.extend(condition.otherwise),
            }
        }
        let dependent = combined.dependent.iter().filter(|(name, _)| has_member(json, name));
        applied.extend(dependent.map(|(_, id)| *id));
        Ok(applied)
    }
}

fn has_member(json: &str, name: &str) -> bool {
    members_of(json).iter().any(|(member, _)| member == name)
}

/// None, where a text is no object.
fn members_of(json: &str) -> Vec<(Cow<'_, str>, &RawValue)> {
    serde_json::from_str(json).map_or(Vec::new(), |Members(members)| members)
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
