use super::*;
use crate::store::NewNote;

fn notes() -> Result<State<Notes>> {
    let notes = Notes::in_memory()?;
    let tags = vec!["home".into(), "food".into()];
    notes.add(NewNote { title: "Shopping".into(), body: "Milk".into(), tags })?;
    notes.add(NewNote { title: "Garden".into(), body: "Roses".into(), tags: vec![] })?;
    Ok(State(notes))
}

#[test]
fn a_note_is_read_as_markdown() -> Result<()> {
    let text = note(1, notes()?)?;
    assert_eq!(text.as_deref(), Some("# Shopping\n\nMilk\n\nTags: home, food\n"));
    assert_eq!(note(404, notes()?)?, None);
    Ok(())
}

#[test]
fn the_index_links_to_each_note() -> Result<()> {
    assert_eq!(all_notes(notes()?)?, "- [Shopping](notes://1)\n- [Garden](notes://2)\n");
    Ok(())
}
