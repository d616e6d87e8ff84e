//! Questions in the terminal, line by line. They go to the standard error: the standard output is
//! for the result.

use std::{
    io::{self, IsTerminal as _, Write as _},
    thread,
};

use serde_json::Value;
use tokio::sync::oneshot;

use super::{
    Reply,
    field::{Field, Kind},
};
use crate::{
    error::{Error, Result},
    table::{one_line, without_controls},
};

const DECLINE: &str = ":decline";
const CANCEL: &str = ":cancel";

/// Whether there is somebody to ask.
pub(super) fn is_there() -> bool {
    io::stdin().is_terminal()
}

/// Says what the server asks for.
pub(super) fn introduce(message: &str, is_form: bool) -> Result {
    let mut out = io::stderr().lock();
    writeln!(out, "\nThe server asks: {}", without_controls(message).trim_end())?;
    if is_form {
        writeln!(
            out,
            "(`{DECLINE}` refuses, `{CANCEL}` closes the form; an empty line takes what is in \
             brackets)"
        )?;
    }
    Ok(())
}

/// Asks for a field until the answer fits it. Nothing is an answer where the field can be left out.
pub(super) async fn ask(field: &Field) -> Result<Reply<Option<Value>>> {
    let mut out = io::stderr();
    let name = one_line(&field.name);
    if !field.label.is_empty() {
        writeln!(out, "\n{}", field.label)?;
    }
    if let Kind::One(choices) | Kind::Many { choices, .. } = &field.kind {
        for (index, choice) in choices.iter().enumerate() {
            writeln!(out, "  {}) {}", index + 1, choice.title)?;
        }
    }
    let mut prompt = name;
    let hint = field.kind.hint();
    if !hint.is_empty() {
        prompt += &format!(" ({hint})");
    }
    match field.shown_default() {
        Some(default) => prompt += &format!(" [{default}]"),
        None if !field.is_required => prompt += " [nothing]",
        None => {}
    }
    loop {
        let Some(line) = read_line(&format!("{prompt}: ")).await? else {
            return Ok(Reply::Cancelled);
        };
        match line.trim() {
            DECLINE => return Ok(Reply::Declined),
            CANCEL => return Ok(Reply::Cancelled),
            "" if field.default.is_some() => return Ok(Reply::Given(field.default.clone())),
            "" if !field.is_required => return Ok(Reply::Given(None)),
            text => match field.read(text) {
                Ok(value) => return Ok(Reply::Given(Some(value))),
                Err(wanted) => writeln!(out, "It has to be {wanted}.")?,
            },
        }
    }
}

/// Asks for a yes. Nothing but a yes is one.
pub(super) async fn agree(question: &str) -> Result<Reply<()>> {
    loop {
        let Some(line) = read_line(&format!("{question} (y/n) ")).await? else {
            return Ok(Reply::Cancelled);
        };
        match line.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(Reply::Given(())),
            "n" | "no" | DECLINE => return Ok(Reply::Declined),
            CANCEL => return Ok(Reply::Cancelled),
            _ => {}
        }
    }
}

/// A line, or nothing when the person has closed the input.
async fn read_line(prompt: &str) -> Result<Option<String>> {
    let mut out = io::stderr();
    write!(out, "{prompt}")?;
    out.flush()?;
    let (sender, receiver) = oneshot::channel();
    // A thread of its own: the program can end while nobody types.
    thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line);
        let _ = sender.send(read.map(|bytes| (bytes > 0).then_some(line)));
    });
    let line = receiver.await.map_err(|_| Error::new("the terminal cannot be read"))??;
    if line.is_none() {
        writeln!(out)?;
    }
    Ok(line)
}
