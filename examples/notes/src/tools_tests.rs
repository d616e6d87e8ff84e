use super::*;

fn setup() -> Result<(State<Notes>, ServerHandle)> {
    let notes = Notes::in_memory()?;
    let server = crate::server(notes.clone()).build()?;
    Ok((State(notes), server))
}

#[test]
fn a_note_is_added_and_found() -> Result<()> {
    let (notes, server) = setup()?;
    let added = add_note("Shopping".into(), "Milk".into(), vec![], notes.clone(), server.clone())?;
    assert_eq!(search_notes("milk".into(), 20, notes)?, [added]);
    Ok(())
}

#[test]
fn a_note_is_deleted_once() -> Result<()> {
    let (notes, server) = setup()?;
    let note = add_note("Old".into(), String::new(), vec![], notes.clone(), server.clone())?;
    delete_note(note.id, notes.clone(), server.clone())?;
    let error = delete_note(note.id, notes, server).expect_err("it is gone");
    assert_eq!(error.to_string(), format!("there is no note {}", note.id));
    Ok(())
}
