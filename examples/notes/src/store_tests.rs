use std::thread;

use super::*;

fn new(title: &str, body: &str) -> NewNote {
    NewNote { title: title.into(), body: body.into(), tags: vec!["test".into()] }
}

fn titles(notes: &[Note]) -> Vec<&str> {
    notes.iter().map(|note| note.title.as_str()).collect()
}

#[test]
fn a_note_comes_back_as_it_was_added() -> Result<()> {
    let notes = Notes::in_memory()?;
    let added = notes.add(new("Shopping", "Milk, ünïcödé ✓"))?;
    assert_eq!(notes.get(added.id)?, Some(added));
    assert_eq!(notes.get(404)?, None);
    Ok(())
}

#[test]
fn a_search_looks_at_title_and_body_and_not_at_case() -> Result<()> {
    let notes = Notes::in_memory()?;
    for (title, body) in [("Shopping", "Milk"), ("Dairy", "milkshake"), ("100%", "_")] {
        notes.add(new(title, body))?;
    }
    assert_eq!(titles(&notes.search("MILK", 100)?), ["Shopping", "Dairy"]);
    assert_eq!(titles(&notes.search("milk", 1)?), ["Shopping"]);
    assert_eq!(titles(&notes.search("%", 100)?), ["100%"]);
    assert!(notes.search("bread", 100)?.is_empty());
    Ok(())
}

#[test]
fn the_id_of_a_deleted_note_is_not_used_again() -> Result<()> {
    let notes = Notes::in_memory()?;
    let first = notes.add(new("First", ""))?;
    assert!(notes.delete(first.id)?);
    assert!(!notes.delete(first.id)?);
    assert_ne!(notes.add(new("Second", ""))?.id, first.id);
    Ok(())
}

#[test]
fn pages_follow_each_other() -> Result<()> {
    let notes = Notes::in_memory()?;
    for title in ["a", "b", "c"] {
        notes.add(new(title, ""))?;
    }
    assert_eq!(titles(&notes.page(0, 2)?), ["a", "b"]);
    assert_eq!(titles(&notes.page(2, 2)?), ["c"]);
    Ok(())
}

#[test]
fn ids_are_found_by_their_first_digits() -> Result<()> {
    let notes = Notes::in_memory()?;
    for _ in 0..12 {
        notes.add(new("", ""))?;
    }
    let ids: Vec<_> = notes.with_id_prefix("1", 3)?.iter().map(|note| note.id).collect();
    assert_eq!(ids, [1, 10, 11]);
    Ok(())
}

/// Each handle has a connection of its own, as another process would.
#[test]
fn several_can_open_and_write_one_file() -> Result<()> {
    let dir = tempfile::tempdir().expect("a directory for the file");
    let path = dir.path().join("notes.db");
    let write = || -> Result<()> {
        let notes = Notes::open(&path)?;
        (0..25).try_for_each(|_| notes.add(new("Shared", "")).map(drop))
    };
    thread::scope(|scope| {
        let writers: Vec<_> = (0..4).map(|_| scope.spawn(write)).collect();
        writers.into_iter().try_for_each(|writer| writer.join().expect("no panic"))
    })?;
    assert_eq!(Notes::open(&path)?.all()?.len(), 100);
    Ok(())
}
