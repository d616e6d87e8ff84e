/// 1 to 128 of `A-Z a-z 0-9 _ - .`
pub(crate) fn tool_name(name: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if let Some(wrong) = name.chars().find(|c| !fits(*c)) {
        return Err(format!(
            "{} cannot be in the name of a tool: it takes A-Z a-z 0-9 _ - and .",
            quoted(wrong)
        ));
    }
    match name.len() {
        1..=128 => Ok(()),
        0 => Err("the name of a tool is empty".to_owned()),
        len => Err(format!("the name of a tool has 128 characters at most, this one has {len}")),
    }
}

/// A token of RFC 9110, section 5.6.2.
pub(crate) fn header_name(name: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() {
        return Err("the name of a header is empty".to_owned());
    }
    match name.chars().find(|c| !fits(*c)) {
        Some(wrong) => Err(format!("{} cannot be in the name of an HTTP header", quoted(wrong))),
        None => Ok(()),
    }
}

pub(crate) fn icon_source(source: &str) -> Result<(), String> {
    if source.starts_with("https:") || source.starts_with("data:") {
        return Ok(());
    }
    Err("the source of an icon is an `https:` or `data:` URI: clients refuse others".to_owned())
}

/// A `scope-token` of RFC 6749, section 3.3.
pub(crate) fn scope(scope: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\');
    if scope.is_empty() {
        return Err("a scope is not empty".to_owned());
    }
    match scope.chars().find(|c| !fits(*c)) {
        Some(wrong) => Err(format!("{} cannot be in a scope", quoted(wrong))),
        None => Ok(()),
    }
}

/// `type/subtype`, perhaps with parameters.
pub(crate) fn media_type(text: &str) -> Result<(), String> {
    let name = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
    };
    let essence = text.split(';').next().unwrap_or_default().trim_end();
    match essence.split_once('/') {
        Some((kind, subtype)) if name(kind) && name(subtype) => Ok(()),
        _ => Err(format!("`{text}` is no media type, such as `text/plain`")),
    }
}

fn quoted(c: char) -> String {
    if c == ' ' { "a space".to_owned() } else { format!("`{}`", c.escape_debug()) }
}
