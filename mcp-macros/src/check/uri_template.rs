//! URI templates of RFC 6570, up to level 3.

/// The names of the variables, in order.
///
/// # Errors
///
/// What is wrong with the template.
pub(crate) fn uri_template(template: &str) -> Result<Vec<String>, String> {
    let (scheme, _) = template.split_once(':').unwrap_or_default();
    if !is_scheme(scheme) {
        return Err("a URI starts with a scheme, as in `notes://{id}`".to_owned());
    }
    let mut variables = Vec::new();
    let mut rest = template;
    let mut after_expression = false;
    while !rest.is_empty() {
        let Some(inner) = rest.strip_prefix('{') else {
            let end = rest.find('{').unwrap_or(rest.len());
            let (text, following) = rest.split_at(end);
            literal(text)?;
            rest = following;
            after_expression = false;
            continue;
        };
        let Some((expression, following)) = inner.split_once('}') else {
            return Err("a `{` without its `}`".to_owned());
        };
        let (operator, names) = split_operator(expression)?;
        if after_expression && matches!(operator, None | Some('+')) {
            return Err(format!(
                "nothing separates `{{{expression}}}` from the variable in front of it"
            ));
        }
        for name in names.split(',') {
            variable(name)?;
            if variables.iter().any(|it| it == name) {
                return Err(format!("the variable `{name}` occurs twice"));
            }
            variables.push(name.to_owned());
        }
        rest = following;
        after_expression = true;
    }
    Ok(variables)
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

fn literal(text: &str) -> Result<(), String> {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let escape = chars.as_str().as_bytes();
        match c {
            '}' => return Err("a `}` without its `{`".to_owned()),
            '%' if !(escape.len() >= 2 && escape[..2].iter().all(u8::is_ascii_hexdigit)) => {
                return Err("a `%` is followed by two hexadecimal digits".to_owned());
            }
            '"' | '\'' | '<' | '>' | '\\' | '^' | '`' | '|' => {
                return Err(format!("`{c}` cannot be in a URI"));
            }
            _ if c.is_whitespace() || c.is_control() => {
                return Err("white space cannot be in a URI".to_owned());
            }
            _ => {}
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
        Some('{') => Err("a `{` without its `}`".to_owned()),
        Some(_) => Ok((None, expression)),
    }
}

fn variable(name: &str) -> Result<(), String> {
    if name.ends_with('*') || name.contains(':') {
        return Err(format!("`{name}`: modifiers of variables (`*`, `:3`) are not supported"));
    }
    let fits = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if name.contains('{') {
        return Err("a `{` without its `}`".to_owned());
    }
    if name.split('.').all(fits) {
        return Ok(());
    }
    Err(format!("`{name}` is no name of a variable: it takes A-Z a-z 0-9 _ and ."))
}

#[cfg(test)]
#[path = "uri_template_tests.rs"]
mod tests;
