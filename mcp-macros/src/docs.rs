//! What a doc comment says to a client's model.
//!
//! The text is kept as it is written, with its paragraphs and lists. Of each line the space after
//! `///` and the white space at the end go, and so do empty lines before and after the text.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use crate::keys::ungroup;

/// The text of the doc comments among `attrs`. A `#[doc]` that is no literal is not known here and
/// is left out.
pub(crate) fn text(attrs: &[Attribute]) -> Option<String> {
    let mut lines = Vec::new();
    for attr in attrs {
        if let Some(comment) = comment(attr) {
            lines.extend(comment.split('\n').map(|line| clean(line).to_owned()));
        }
    }
    let first = lines.iter().position(|line| !line.is_empty())?;
    let last = lines.iter().rposition(|line| !line.is_empty())?;
    Some(lines[first..=last].join("\n"))
}

fn comment(attr: &Attribute) -> Option<String> {
    match &attr.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match ungroup(&meta.value) {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

fn clean(line: &str) -> &str {
    line.strip_prefix(' ').unwrap_or(line).trim_end()
}

#[cfg(test)]
#[path = "docs_tests.rs"]
mod tests;
