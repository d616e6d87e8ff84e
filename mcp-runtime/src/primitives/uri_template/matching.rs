//! Matching in two passes over the URI for each part of the template: from the end, where a match of
//! the rest can start; from the start, the shortest value for each variable that lets the rest match.
//! Nothing is tried twice.

use serde_json::{Map, Value};

use super::{
    PARAMETER_ENDS, Part, Query, UriTemplate,
    text::{self, Unit},
};

pub(super) fn match_units(template: &UriTemplate, uri: &[Unit]) -> Option<Map<String, Value>> {
    let UriTemplate { parts, query, .. } = template;
    // Most URIs that belong to another template end here.
    if let Some(Part::Literal(prefix)) = parts.first()
        && !uri.starts_with(prefix)
    {
        return None;
    }
    let starts = starts(parts, query.as_ref(), uri);
    let mut values = Map::new();
    let mut at = 0;
    // The first table is that of the first part.
    if !*starts.first()?.first()? {
        return None;
    }
    for (part, rest_starts) in parts.iter().zip(starts.get(1..)?) {
        let shortest = |from: usize| (from..=uri.len()).find(|at| rest_starts[*at]);
        let (name, from, end) = match part {
            Part::Literal(literal) => {
                at += literal.len();
                continue;
            }
            Part::Variable { name, .. } => (name, at, shortest(at + 1)?),
            Part::Parameter { name } => match uri.get(at) {
                Some(unit) if unit.is_plain(b'=') => (name, at + 1, shortest(at + 1)?),
                _ => (name, at, at),
            },
        };
        values.insert(name.clone(), text::decode(uri.get(from..end)?)?.into());
        at = end;
    }
    if let Some(query) = query {
        match_query(query, uri.get(at..)?, &mut values)?;
    }
    Some(values)
}

/// For each part, and for the end: at which places of the URI it can start, so that it and all that
/// follows match.
fn starts(parts: &[Part], query: Option<&Query>, uri: &[Unit]) -> Vec<Vec<bool>> {
    let mut end: Vec<bool> =
        uri.iter().map(|unit| query.is_some_and(|query| *unit == query.start)).collect();
    end.push(true);
    let mut tables = vec![end];
    for part in parts.iter().rev() {
        let rest = &tables[tables.len() - 1];
        let table = match part {
            Part::Literal(literal) => (0..=uri.len())
                .map(|at| {
                    rest.get(at + literal.len()) == Some(&true) && uri[at..].starts_with(literal)
                })
                .collect(),
            Part::Variable { ends, .. } => {
                let runs = runs(rest, uri, ends);
                (0..=uri.len()).map(|at| goes_on(uri, at, ends) && runs[at + 1]).collect()
            }
            Part::Parameter { .. } => {
                let runs = runs(rest, uri, PARAMETER_ENDS);
                let equals = |at| uri.get(at).is_some_and(|it: &Unit| it.is_plain(b'='));
                (0..=uri.len()).map(|at| if equals(at) { runs[at + 1] } else { rest[at] }).collect()
            }
        };
        tables.push(table);
    }
    tables.reverse();
    tables
}

/// Where a value, perhaps empty, can start, so that the rest matches after it.
fn runs(rest: &[bool], uri: &[Unit], ends: &[u8]) -> Vec<bool> {
    let mut runs = rest.to_vec();
    for at in (0..uri.len()).rev() {
        runs[at] = rest[at] || goes_on(uri, at, ends) && runs[at + 1];
    }
    runs
}

/// Whether a value can hold what is there.
fn goes_on(uri: &[Unit], at: usize, ends: &[u8]) -> bool {
    uri.get(at).is_some_and(|unit| unit.escaped || !ends.contains(&unit.byte))
}

/// Reads `?a=1&b=2`; what is not in the template, or is there twice, does not match.
fn match_query(query: &Query, uri: &[Unit], values: &mut Map<String, Value>) -> Option<()> {
    let Some((_, pairs)) = uri.split_first() else { return Some(()) };
    if pairs.is_empty() {
        return Some(());
    }
    for pair in pairs.split(|unit| unit.is_plain(b'&')) {
        if pair.iter().any(|unit| unit.is_plain(b'#')) {
            return None;
        }
        let equals = pair.iter().position(|unit| unit.is_plain(b'=')).unwrap_or(pair.len());
        let name = text::decode(pair.get(..equals)?)?;
        let value = text::decode(pair.get(equals + 1..).unwrap_or_default())?;
        let known = query.names.contains(&name);
        if !known || values.insert(name, value.into()).is_some() {
            return None;
        }
    }
    Some(())
}
