//! URI templates of RFC 6570, up to level 3: those that the runtime can match.

const MAX_LENGTH: usize = 2048;
const MAX_VARIABLES: usize = 32;

/// The names of the variables, in order.
///
/// # Errors
///
/// What is wrong with the template.
pub(crate) fn uri_template(template: &str) -> Result<Vec<String>, String> {
    scheme(template)?;
    if template.len() > MAX_LENGTH {
        return Err(format!("a URI template has at most {MAX_LENGTH} bytes"));
    }
    let mut variables = Vec::new();
    let mut before = Before::Text;
    let mut rest = template;
    while !rest.is_empty() {
        let Some(inner) = rest.strip_prefix('{') else {
            let (text, following) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
            before.allows_text()?;
            literal(text)?;
            before = Before::Text;
            rest = following;
            continue;
        };
        let (expression, following) =
            inner.split_once('}').ok_or_else(|| "a `{` without its `}`".to_owned())?;
        let (operator, names) = split_operator(expression)?;
        before.allows(operator, expression)?;
        for name in names.split(',') {
            variable(name)?;
            if variables.iter().any(|it| it == name) {
                return Err(format!("the variable `{name}` occurs twice"));
            }
            variables.push(name.to_owned());
        }
        before = if matches!(operator, Some('?' | '&')) { Before::Query } else { Before::Variable };
        rest = following;
    }
    if variables.len() > MAX_VARIABLES {
        return Err(format!("a URI template has at most {MAX_VARIABLES} variables"));
    }
    Ok(variables)
}

/// What stands in front of the next part.
#[derive(Clone, Copy)]
enum Before {
    Text,
    Variable,
    Query,
}

impl Before {
    fn allows_text(self) -> Result<(), String> {
        match self {
            Self::Text | Self::Variable => Ok(()),
            Self::Query => Err("`{?..}` and `{&..}` can only stand at the end".to_owned()),
        }
    }

    fn allows(self, operator: Option<char>, expression: &str) -> Result<(), String> {
        self.allows_text()?;
        match (self, operator) {
            (Self::Variable, None | Some('+')) => Err(format!(
                "nothing separates `{{{expression}}}` from the variable in front of it"
            )),
            _ => Ok(()),
        }
    }
}

/// A URI starts with a scheme, unless that is a variable.
fn scheme(template: &str) -> Result<(), String> {
    let scheme = template.split([':', '{', '/', '?', '#']).next().unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let is_scheme =
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(fits);
    match template[scheme.len()..].chars().next() {
        Some('{') if scheme.is_empty() => Ok(()),
        Some(':' | '{') if is_scheme => Ok(()),
        _ => Err("a URI starts with a scheme, as in `notes://{id}`".to_owned()),
    }
}

/// Text without variables: the characters of RFC 3986 and escapes, and those beyond ASCII, which
/// clients escape.
fn literal(text: &str) -> Result<(), String> {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '}' => return Err("a `}` without its `{`".to_owned()),
            '%' => {
                if chars.by_ref().take(2).filter(char::is_ascii_hexdigit).count() != 2 {
                    return Err("a `%` is followed by two hexadecimal digits".to_owned());
                }
            }
            ' ' => return Err("a space cannot be in a URI".to_owned()),
            _ if !c.is_ascii() || c.is_ascii_alphanumeric() => {}
            _ if "-._~:/?#[]@!$&'()*+,;=".contains(c) => {}
            _ => return Err(format!("`{}` cannot be in a URI", c.escape_debug())),
        }
    }
    Ok(())
}

fn split_operator(expression: &str) -> Result<(Option<char>, &str), String> {
    match expression.chars().next() {
        None => Err("`{}` names no variable".to_owned()),
        Some(operator @ ('+' | '#' | '.' | '/' | ';' | '?' | '&')) => {
            Ok((Some(operator), &expression[1..]))
        }
        Some(reserved @ ('=' | ',' | '!' | '@' | '|')) => {
            Err(format!("`{reserved}` is not an operator of URI templates"))
        }
        Some(_) => Ok((None, expression)),
    }
}

fn variable(name: &str) -> Result<(), String> {
    if name.contains('{') {
        return Err("a `{` without its `}`".to_owned());
    }
    if name.contains(['*', ':']) {
        return Err(format!(
            "`{name}` has a modifier of level 4 of RFC 6570, which cannot be matched: remove it"
        ));
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.split('.').all(|part| !part.is_empty() && part.chars().all(fits)) {
        return Ok(());
    }
    Err(format!("`{name}` is no name of a variable: it takes A-Z a-z 0-9 _ and dots between"))
}

#[cfg(test)]
#[path = "uri_template_tests.rs"]
mod tests;
