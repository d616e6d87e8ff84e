use super::*;
use crate::store::NewNote;

#[test]
fn a_prompt_holds_the_request_and_the_note() -> Result<()> {
    let notes = Notes::in_memory()?;
    let note = NewNote { title: "Shopping".into(), body: "Milk".into(), tags: vec![] };
    let id = notes.add(note)?.id;
    let [request, note] = summarize(id, Style::Headline, State(notes))?;
    assert_eq!(request, PromptMessage::user("Give this note a headline."));
    let text = "# Shopping\n\nMilk\n";
    let embedded = Content::embedded_text(format!("notes://{id}"), "text/markdown", text);
    assert_eq!(note, PromptMessage::user(embedded));
    Ok(())
}

#[test]
fn a_note_that_does_not_exist_cannot_be_summarized() -> Result<()> {
    let notes = Notes::in_memory()?;
    let error = summarize(404, Style::default(), State(notes)).expect_err("it does not exist");
    assert_eq!(error.to_string(), "there is no note 404");
    Ok(())
}
