//! What `tools![..]` and its like are made of.

/// Makes each definition of a list.
#[must_use]
pub fn collect<T>(makers: &[fn() -> T]) -> Vec<T> {
    makers.iter().map(|make| make()).collect()
}

/// Whether the name at `index` stands in front of it already.
#[must_use]
pub const fn occurs_before(names: &[&str], index: usize) -> bool {
    let mut other = 0;
    while other < index {
        if same(names[other].as_bytes(), names[index].as_bytes()) {
            return true;
        }
        other += 1;
    }
    false
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}
