//! Versions: one concrete version, no range.

use std::sync::LazyLock;

use regex_lite::Regex;

use super::reader::{Faults, Place};

/// Judges the version of a server or of a package.
pub(super) fn judge(version: &str, at: &Place, faults: &mut Faults) {
    if version == "latest" {
        faults.error(at, "version-is-latest", "`latest` is reserved; name the version");
    } else if is_range(version) {
        faults.error(
            at,
            "version-is-range",
            format!("`{version}` is a range to the registry; name a single version"),
        );
    }
}

/// What the official registry takes for a range, which includes an `x` in a pre-release, as in
/// `1.0.0-next`. Everything else is a version, semantic or not.
fn is_range(version: &str) -> bool {
    static RANGES: LazyLock<Regex> = LazyLock::new(|| {
        let one = r"v?\d+(?:\.\d+){0,3}(?:-[0-9A-Za-z.-]+)?";
        let compared = format!(r"(?:\^|~|>=|<=|>|<|=)\s*{one}");
        let hyphen = format!(r"{one}\s-\s*{one}");
        let either = format!(r"{one}\s*(?:\|\|\s*{one}\s*)+");
        let dotted = r"(?:v?\d+|x|X|\*)(?:\.(?:\d+|x|X|\*)){1,2}(?:-[0-9A-Za-z.-]+)?";
        Regex::new(&format!("^(?:(?:{compared})|(?:{hyphen})|(?:{either})|(?P<dotted>{dotted}))$"))
            .expect("a sound pattern")
    });
    let version = version.trim();
    let Some(found) = RANGES.captures(version) else { return false };
    found.name("dotted").is_none() || version.contains(['x', 'X', '*'])
}

/// Whether a version is semantic, and so ordered by its parts.
pub(super) fn is_semantic(version: &str) -> bool {
    static SEMANTIC: LazyLock<Regex> = LazyLock::new(|| {
        let number = r"(?:0|[1-9]\d*)";
        let part = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*";
        Regex::new(&format!(r"^{number}\.{number}\.{number}(?:-{part})?(?:\+{part})?$"))
            .expect("a sound pattern")
    });
    SEMANTIC.is_match(version)
}
