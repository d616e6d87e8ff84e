use super::{
    MAX_TEMPLATE, MAX_VARIABLES, Part, Query, UriTemplate,
    text::{self, Unit},
};

pub(super) fn parse(source: &str) -> Result<UriTemplate, String> {
    if source.len() > MAX_TEMPLATE {
        return Err(format!("a URI template has at most {MAX_TEMPLATE} bytes"));
    }
    let mut parser = Parser::default();
    let mut rest = source;
    while !rest.is_empty() {
        rest = match rest.split_once('{') {
            Some((literal, expression)) => {
                parser.literal(literal)?;
                let (expression, rest) = expression
                    .split_once('}')
                    .ok_or_else(|| format!("`{{{expression}` is not closed"))?;
                parser.expression(expression)?;
                rest
            }
            None => {
                parser.literal(rest)?;
                ""
            }
        };
    }
    check_scheme(source)?;
    if parser.variables.len() > MAX_VARIABLES {
        return Err(format!("a URI template has at most {MAX_VARIABLES} variables"));
    }
    let Parser { parts, query, variables } = parser;
    Ok(UriTemplate { parts, query, variables })
}

/// A URI starts with a scheme, unless that is a variable.
fn check_scheme(source: &str) -> Result<(), String> {
    let scheme = source.split([':', '{', '/', '?', '#']).next().unwrap_or_default();
    let after = source.as_bytes().get(scheme.len());
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let starts = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    match after {
        Some(b'{') if scheme.is_empty() => Ok(()),
        Some(b':' | b'{') if starts && scheme.chars().all(fits) => Ok(()),
        _ => Err("a URI starts with a scheme, such as `notes://`".to_owned()),
    }
}

#[derive(Default)]
struct Parser {
    parts: Vec<Part>,
    query: Option<Query>,
    variables: Vec<String>,
}

impl Parser {
    fn literal(&mut self, literal: &str) -> Result<(), String> {
        if literal.is_empty() {
            return Ok(());
        }
        self.check_end()?;
        let units = text::units(literal).ok_or_else(|| {
            format!("`{literal}` has a character that no URI has, or a broken escape")
        })?;
        self.push_literal(units);
        Ok(())
    }

    fn push_literal(&mut self, mut units: Vec<Unit>) {
        match self.parts.last_mut() {
            Some(Part::Literal(before)) => before.append(&mut units),
            _ => self.parts.push(Part::Literal(units)),
        }
    }

    fn expression(&mut self, expression: &str) -> Result<(), String> {
        let operator = expression.bytes().next().filter(|it| !it.is_ascii_alphanumeric());
        let names = match operator {
            Some(b'+' | b'#' | b'.' | b'/' | b';' | b'?' | b'&') => &expression[1..],
            _ => expression,
        };
        let names = names.split(',').map(|name| self.name(name)).collect::<Result<Vec<_>, _>>()?;
        self.check_end()?;
        match operator {
            Some(operator @ (b'?' | b'&')) => {
                self.query = Some(Query { start: Unit::plain(operator), names });
                Ok(())
            }
            Some(b'+') => self.variables(names, None, b',', b""),
            Some(b'#') => self.variables(names, Some(b'#'), b',', b""),
            Some(b'.') => self.variables(names, Some(b'.'), b'.', b"./?#"),
            Some(b'/') => self.variables(names, Some(b'/'), b'/', b"/?#"),
            Some(b';') => self.parameters(names),
            _ if names.len() > 1 => self.variables(names, None, b',', b",/?#"),
            _ => self.variables(names, None, b',', b"/?#"),
        }
    }

    fn variables(
        &mut self,
        names: Vec<String>,
        first: Option<u8>,
        between: u8,
        ends: &'static [u8],
    ) -> Result<(), String> {
        let mut separator = first;
        for name in names {
            if let Some(separator) = separator {
                self.push_literal(vec![Unit::plain(separator)]);
            }
            if !matches!(self.parts.last(), None | Some(Part::Literal(_))) {
                return Err(format!("nothing separates `{name}` from the variable before it"));
            }
            self.parts.push(Part::Variable { name, ends });
            separator = Some(between);
        }
        Ok(())
    }

    fn parameters(&mut self, names: Vec<String>) -> Result<(), String> {
        for name in names {
            let units = text::units(&format!(";{name}"));
            self.push_literal(units.ok_or_else(|| format!("`{name}` is no name"))?);
            self.parts.push(Part::Parameter { name });
        }
        Ok(())
    }

    /// The name of a variable, which must be new.
    fn name(&mut self, name: &str) -> Result<String, String> {
        if name.contains(['*', ':']) {
            return Err(format!(
                "`{name}` uses `*` or `:`, of level 4 of RFC 6570, which cannot be matched"
            ));
        }
        let in_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !name.split('.').all(|part| !part.is_empty() && part.chars().all(in_name)) {
            return Err(format!(
                "`{name}` is no name of a variable: A-Z a-z 0-9 _ and dots between"
            ));
        }
        if self.variables.iter().any(|it| it == name) {
            return Err(format!("the variable `{name}` occurs twice"));
        }
        self.variables.push(name.to_owned());
        Ok(name.to_owned())
    }

    /// Nothing can follow the variables of the query.
    fn check_end(&self) -> Result<(), String> {
        match &self.query {
            None => Ok(()),
            Some(_) => Err("`{?..}` and `{&..}` can only stand at the end".to_owned()),
        }
    }
}
