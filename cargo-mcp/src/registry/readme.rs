//! The line of a crate's README by which the registry knows that the crate is the server's.

const TOKEN: &str = "mcp-name: ";

/// Whether the README of a crate names the server, where the registry finds it.
///
/// The registry reads the rendered README, in which HTML comments are left out, and wants the name
/// to end there: a period that follows it belongs to it.
///
/// # Examples
///
/// ```
/// use cargo_mcp::registry::{readme_line, readme_names};
///
/// let readme = format!("# Weather\n\n{}\n", readme_line("io.github.user/weather"));
/// assert!(readme_names(&readme, "io.github.user/weather"));
/// assert!(!readme_names("<!-- mcp-name: io.github.user/weather -->", "io.github.user/weather"));
/// ```
#[must_use]
pub fn readme_names(readme: &str, server: &str) -> bool {
    let shown = without_comments(readme);
    shown.match_indices(TOKEN).any(|(start, _)| {
        shown[start + TOKEN.len()..].strip_prefix(server).is_some_and(|rest| {
            // A mark of Markdown becomes an HTML tag, which ends the name.
            rest.chars().next().is_none_or(|next| next.is_whitespace() || "`*<|".contains(next))
        })
    })
}

/// The line that names the server, as the registry's documentation recommends it.
#[must_use]
pub fn readme_line(server: &str) -> String {
    format!("- MCP Registry name: `{TOKEN}{server}`")
}

fn without_comments(readme: &str) -> String {
    let mut shown = String::with_capacity(readme.len());
    let mut rest = readme;
    while let Some((before, after)) = rest.split_once("<!--") {
        shown.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    shown.push_str(rest);
    shown
}
