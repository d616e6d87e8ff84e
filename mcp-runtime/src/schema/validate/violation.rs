use std::fmt;

/// A place in a value that breaks its schema.
///
/// It never tells the value, which can be a secret.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Violation {
    path: String,
    reason: String,
    fault: Fault,
}

/// What a violation says of the alternative in which it occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A value of another type.
    Type,
    /// Something other than the only value that is possible: the tag of another alternative.
    Tag,
    Other,
}

impl Violation {
    pub(crate) fn new(path: &str, reason: String) -> Self {
        Self::with_fault(path, reason, Fault::Other)
    }

    pub(super) fn with_fault(path: &str, reason: String, fault: Fault) -> Self {
        Self { path: path.to_owned(), reason, fault }
    }

    /// Whether the value at `path` means another alternative than the one that it breaks here.
    pub(super) fn means_another(&self, path: &str) -> bool {
        match self.fault {
            Fault::Type => self.path == path,
            Fault::Tag => true,
            Fault::Other => false,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(&self.reason);
        }
        write!(f, "`{}` {}", self.path, self.reason)
    }
}

/// Where in a value the look is, as a person writes it: `filters[0].min`.
#[derive(Debug, Default)]
pub(super) struct Path(String);

impl Path {
    /// A longer name is cut.
    const MAX_NAME: usize = 64;

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    pub(super) fn push_index(&mut self, index: usize) {
        self.0.push_str(&format!("[{index}]"));
    }

    pub(super) fn push_name(&mut self, name: &str) {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$');
        if !name.is_empty() && name.len() <= Self::MAX_NAME && name.chars().all(plain) {
            if !self.0.is_empty() {
                self.0.push('.');
            }
            self.0.push_str(name);
            return;
        }
        let cut: String = name.chars().take(Self::MAX_NAME).collect();
        let more = if cut.len() < name.len() { "…" } else { "" };
        self.0.push_str(&format!("[{cut:?}{more}]"));
    }
}

/// The name that was probably meant by `name`.
pub(super) fn nearest<'n>(name: &str, known: &'n [String]) -> Option<&'n str> {
    const MAX_DISTANCE: usize = 2;
    known
        .iter()
        .map(|known| (edit_distance(name, known), known.as_str()))
        .filter(|(distance, known)| *distance <= MAX_DISTANCE && distance * 2 < known.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// How many characters to insert, remove or replace; none are compared in names that are too long.
fn edit_distance(a: &str, b: &str) -> usize {
    const MAX_LENGTH: usize = 64;
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (index, a) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, b) in b.chars().enumerate() {
            let replaced = diagonal + usize::from(!a.eq_ignore_ascii_case(&b));
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[row.len() - 1]
}
