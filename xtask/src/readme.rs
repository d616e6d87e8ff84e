//! The README shows files of the repository; this keeps the two alike.

use std::fs;

/// Each block that names a file, as in `<!-- examples/quickstart/src/main.rs -->`, is that file, or
/// a part of it.
pub fn check() -> Result<(), String> {
    let readme = fs::read_to_string("README.md").map_err(|error| format!("README.md: {error}"))?;
    let mut checked = 0;
    for (position, _) in readme.match_indices("<!-- file: ") {
        let rest = &readme[position + "<!-- file: ".len()..];
        let (path, rest) = rest.split_once(" -->").ok_or("a comment of the README does not end")?;
        let block = rest
            .split_once("```")
            .and_then(|(_, rest)| rest.split_once('\n'))
            .and_then(|(_, rest)| rest.split_once("\n```"))
            .map(|(block, _)| block)
            .ok_or_else(|| format!("no block follows the comment for {path}"))?;
        let file = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        if !file.contains(block) {
            return Err(format!("the README shows another {path} than there is"));
        }
        checked += 1;
    }
    if checked == 0 {
        return Err("the README shows no file".into());
    }
    Ok(())
}
