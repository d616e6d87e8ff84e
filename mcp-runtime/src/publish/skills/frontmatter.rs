//! The YAML at the head of a `SKILL.md`, as JSON.

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::{Map, Number, Value};

/// Reads the frontmatter, every member of it.
///
/// # Errors
///
/// What is wrong with it, for the author.
pub(super) fn parse(text: &str) -> Result<Map<String, Value>, String> {
    let yaml = cut(text).ok_or("`SKILL.md` does not begin with frontmatter between lines `---`")?;
    let documents = Yaml::load_from_str(yaml)
        .map_err(|error| format!("the frontmatter is no YAML: {error}"))?;
    match &documents[..] {
        [document @ Yaml::Mapping(_)] => match convert(document)? {
            Value::Object(members) => Ok(members),
            _ => Err("the frontmatter is no mapping".into()),
        },
        _ => Err("the frontmatter is no mapping".into()),
    }
}

/// What is between the first line `---` and the next.
fn cut(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("---")?;
    let rest = rest.strip_prefix('\n').or_else(|| rest.strip_prefix("\r\n"))?;
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end_matches(['\r', '\n']) == "---" {
            return Some(&rest[..end]);
        }
        end += line.len();
    }
    None
}

fn convert(yaml: &Yaml<'_>) -> Result<Value, String> {
    Ok(match yaml {
        Yaml::Value(scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(it) => Value::Bool(*it),
            Scalar::Integer(it) => Value::Number((*it).into()),
            Scalar::FloatingPoint(it) => Number::from_f64(it.into_inner())
                .map(Value::Number)
                .ok_or("the frontmatter has a number that JSON does not have")?,
            Scalar::String(it) => Value::String(it.clone().into_owned()),
        },
        Yaml::Sequence(items) => Value::Array(items.iter().map(convert).collect::<Result<_, _>>()?),
        Yaml::Mapping(members) => {
            let member = |(key, value): (&Yaml<'_>, &Yaml<'_>)| {
                let key = key.as_str().ok_or("the frontmatter has a key that is no string")?;
                Ok::<_, String>((key.to_owned(), convert(value)?))
            };
            Value::Object(members.iter().map(member).collect::<Result<_, _>>()?)
        }
        _ => return Err("the frontmatter has a value that JSON does not have".into()),
    })
}
